import Randomness
import Statistics

/// A paired bootstrap of every score that can be computed from confusion matrices.
///
/// Examples with the same label and the same two answers are exchangeable, so a resample is a
/// multinomial draw over these cells: the same distribution as drawing individual examples, at a
/// cost that does not depend on their number. Resample r uses the stream (`bootstrap`, step r, unit
/// 2) with the fixed seed 0.
package struct CellBootstrap {
  private struct Cell: Hashable {
    var label: Int
    var a: Int
    var b: Int
  }

  private let classes: Int
  /// Most frequent first.
  private let cells: [(cell: Cell, count: Int)]
  private let total: Int

  static let unit: UInt64 = 2

  package init(_ pairs: PairedClasses) {
    classes = pairs.a.classes
    var counts: [Cell: Int] = [:]
    for row in 0..<pairs.count {
      let cell = Cell(
        label: pairs.a.labels[row], a: pairs.a.predictions[row], b: pairs.b.predictions[row])
      counts[cell, default: 0] += 1
    }
    cells = counts.map { (cell: $0.key, count: $0.value) }.sorted {
      ($1.count, $0.cell.label, $0.cell.a, $0.cell.b)
        < ($0.count, $1.cell.label, $1.cell.a, $1.cell.b)
    }
    total = pairs.count
  }

  /// The differences B - A of each score over the resamples, by `summary.json` key.
  package func differences(resamples: Int = PairedBootstrap.standardResamples) -> [String: [Double]]
  {
    var found = Dictionary(
      uniqueKeysWithValues: ClassCounts.keys.map { ($0, [Double](repeating: 0, count: resamples)) })
    var a = ClassCounts(classes)
    var b = ClassCounts(classes)
    for resample in 0..<resamples {
      a.clear()
      b.clear()
      var draw = BinomialDraw(
        RandomStream(seed: 0, purpose: .bootstrap, step: resample, unit: Self.unit))
      var left = total
      var weight = total
      for (cell, count) in cells where left > 0 {
        let drawn =
          count == weight ? left : draw.draw(left, Double(count) / Double(weight))
        left -= drawn
        weight -= count
        if drawn == 0 { continue }
        a.add(cell.label, cell.a, drawn)
        b.add(cell.label, cell.b, drawn)
      }
      for (key, value) in zip(ClassCounts.keys, zip(a.scores(), b.scores())) {
        found[key]?[resample] = value.1 - value.0
      }
    }
    return found
  }
}

/// The number of correct answers, answers and examples of each class.
package struct ClassCounts {
  private var right: [Int]
  private var predicted: [Int]
  private var support: [Int]

  package init(_ classes: Int) {
    right = Array(repeating: 0, count: classes)
    predicted = right
    support = right
  }

  mutating func clear() {
    for label in right.indices {
      right[label] = 0
      predicted[label] = 0
      support[label] = 0
    }
  }

  package mutating func add(_ label: Int, _ answer: Int, _ count: Int) {
    support[label] += count
    predicted[answer] += count
    if label == answer { right[label] += count }
  }

  /// The keys of ``scores()``, in the same order.
  package static let keys = [
    "accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro",
    "precision_weighted", "recall_weighted", "f1_weighted", "precision_micro", "recall_micro",
    "f1_micro",
  ]

  /// The scores, as in scikit-learn with `zero_division=0`: macro averages are over the classes
  /// that occur among the labels or the answers, balanced accuracy over those that have examples.
  package func scores() -> [Double] {
    func ratio(_ a: Int, _ b: Int) -> Double { b == 0 ? 0 : Double(a) / Double(b) }
    var precision = 0.0
    var recall = 0.0
    var f1 = 0.0
    var weighted = (precision: 0.0, f1: 0.0)
    var correct = 0
    var total = 0
    var labelled = 0
    var occurring = 0
    for label in right.indices {
      let p = ratio(right[label], predicted[label])
      let f = ratio(2 * right[label], predicted[label] + support[label])
      precision += p
      recall += ratio(right[label], support[label])
      f1 += f
      weighted.precision += p * Double(support[label])
      weighted.f1 += f * Double(support[label])
      correct += right[label]
      total += support[label]
      if support[label] > 0 { labelled += 1 }
      if support[label] + predicted[label] > 0 { occurring += 1 }
    }
    let count = Double(max(occurring, 1))
    let all = Double(max(total, 1))
    let accuracy = ratio(correct, total)
    return [
      accuracy, recall / Double(max(labelled, 1)), precision / count, recall / count, f1 / count,
      weighted.precision / all, accuracy, weighted.f1 / all, accuracy, accuracy, accuracy,
    ]
  }
}
