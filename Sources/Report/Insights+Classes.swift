import Classification
import ExperimentConfig
import RunRecord
import Tasks

extension Insights {
  /// Accuracy of always answering the most frequent class.
  var guessing: Double? {
    guard let matrix = classes?.matrix, matrix.total > 0 else { return nil }
    let largest = (0..<matrix.classes).map(matrix.support).max() ?? 0
    return Double(largest) / Double(matrix.total)
  }

  var overall: Insight? {
    if let remark { return Insight(.overall, remark.isGood ? .good : .warning, remark.text) }
    guard let classes, let guessing, classes.matrix.total > 0 else { return nil }
    let matrix = classes.matrix
    let accuracy = Double(matrix.correct) / Double(matrix.total)
    let wrong = matrix.total - matrix.correct
    return Insight(
      .overall, accuracy > guessing ? .good : .warning,
      "\(Self.percent(accuracy, 2)) of \(classes.answersText) "
        + "are right (\(Self.count(wrong, "error", "errors"))); always answering the most frequent "
        + "class would give \(Self.percent(guessing)).")
  }

  var easiest: Insight? {
    guard let ranked, let first = ranked.first, let last = ranked.last, first.f1 > last.f1 else {
      return nil
    }
    let names = ranked.prefix(share(ranked)).map { "\(name($0.label)) (F1 \(Self.percent($0.f1)))" }
    return Insight(.easiest, .neutral, "Easiest: \(Self.joined(names)).")
  }

  var hardest: Insight? {
    guard let classes, let ranked, let first = ranked.first, let last = ranked.last,
      first.f1 > last.f1
    else { return nil }
    let recall = classes.matrix.perClass("recall")
    let names = ranked.suffix(share(ranked)).reversed()
      .map {
        "\(name($0.label)) (F1 \(Self.percent($0.f1)), \(Self.percent(recall[$0.label] ?? 0)) found)"
      }
    return Insight(
      .hardest, last.f1 < 0.5 ? .warning : .neutral, "Hardest: \(Self.joined(names)).")
  }

  /// How many classes each end of the ranking names, so that no class stands at both.
  private func share(_ ranked: [(label: Int, f1: Double)]) -> Int {
    max(1, min(Self.named, ranked.count / 2))
  }

  /// Classes that have examples, best F1 first, equal ones in their order.
  private var ranked: [(label: Int, f1: Double)]? {
    guard let matrix = classes?.matrix else { return nil }
    let scores = matrix.perClass("f1")
    let known = scores.indices.filter { matrix.support($0) > 0 }
      .map { (label: $0, f1: scores[$0] ?? 0) }
    return known.count < 2 ? nil : known.sorted { ($1.f1, $0.label) < ($0.f1, $1.label) }
  }

  /// The pairs of classes that are most often taken for one another.
  var confusions: Insight? {
    guard let matrix = classes?.matrix, matrix.correct < matrix.total else { return nil }
    var pairs: [(a: Int, b: Int, count: Int)] = []
    for a in 0..<matrix.classes {
      for b in (a + 1)..<max(a + 1, matrix.classes) where matrix[a, b] + matrix[b, a] > 0 {
        pairs.append((a, b, matrix[a, b] + matrix[b, a]))
      }
    }
    pairs.sort { ($1.count, $0.a, $0.b) < ($0.count, $1.a, $1.b) }
    let top = pairs.prefix(Self.named)
    let texts = top.map { pair in
      // The direction that happens more often comes first.
      let (a, b) =
        matrix[pair.a, pair.b] >= matrix[pair.b, pair.a] ? (pair.a, pair.b) : (pair.b, pair.a)
      let back = matrix[b, a] > 0 ? ", the other way round \(matrix[b, a])" : ""
      return "\(name(a)) taken for \(name(b)) \(Self.times(matrix[a, b]))\(back)"
    }
    let covered = Double(top.reduce(0) { $0 + $1.count }) / Double(matrix.total - matrix.correct)
    let end =
      pairs.count > top.count
      ? " These pairs make up \(Self.percent(covered, 0)) of all errors." : ""
    return Insight(
      .confusions, .neutral, "Most often confused: \(texts.joined(separator: "; ")).\(end)")
  }

  private static func times(_ count: Int) -> String {
    switch count {
    case 1: "once"
    case 2: "twice"
    default: "\(NumberText.grouped(count)) times"
    }
  }

  var confidence: Insight? {
    guard let table = classes?.predictions, table.count > 0 else { return nil }
    var errors = 0
    var confident = 0
    var sum = 0.0
    for row in 0..<table.count {
      let stated = table.confidence(at: row)
      sum += stated
      if table.predictions[row] == table.labels[row] { continue }
      errors += 1
      if stated >= Self.confident { confident += 1 }
    }
    guard errors > 0, sum.isFinite else { return nil }
    let accuracy = Double(table.count - errors) / Double(table.count)
    let mean = sum / Double(table.count)
    let limit = Self.percent(Self.confident, 0)
    let opening =
      confident == 0
      ? "None of the errors was made with a probability of \(limit) or more."
      : "\(NumberText.grouped(confident)) of \(Self.count(errors, "error", "errors")) "
        + "\(confident == 1 ? "was" : "were") made with a probability of \(limit) or more; "
        + "wrong labels are worth looking for there."
    let difference = mean - accuracy
    let verdict =
      abs(difference) <= 0.02
      ? "which fits its accuracy"
      : difference > 0 ? "which is more than its accuracy bears out" : "less than it could be"
    return Insight(
      .confidence, difference > 0.05 ? .warning : .neutral,
      "\(opening) On average the model was \(Self.percent(mean)) sure, \(verdict).")
  }

  var balance: Insight? {
    guard let classes else { return nil }
    let matrix = classes.matrix
    // With seeds each example has one answer of every model.
    let examples = classes.basis.map { max(1, $0.examples) }
    let copies = classes.isRepeated ? examples.map { matrix.total / $0 } ?? 1 : 1
    let supports = (0..<matrix.classes).map { matrix.support($0) / max(1, copies) }
    if let missing = missingClasses(matrix, classes.split) { return missing }
    guard supports.count > 1, let most = supports.indices.max(by: { supports[$0] < supports[$1] }),
      let least = supports.indices.min(by: { supports[$0] < supports[$1] })
    else { return nil }
    let ratio = Double(supports[most]) / Double(supports[least])
    if ratio < Self.imbalance { return nil }
    let words =
      "The classes are out of balance: \(name(most)) has \(NumberText.grouped(supports[most])) "
      + "\(classes.split) examples, \(name(least)) \(NumberText.grouped(supports[least])). "
      + "Macro F1 says more than accuracy here."
    return Insight(.balance, ratio >= Self.strongImbalance ? .warning : .neutral, words)
  }

  /// The classes without an example, and what the averages make of them.
  private func missingClasses(_ matrix: ConfusionMatrix, _ split: String) -> Insight? {
    let (predicted, absent) = matrix.withoutExamples
    if predicted.isEmpty, absent.isEmpty { return nil }
    func names(_ labels: [Int]) -> String {
      let more = labels.count > Self.listed ? ["\(labels.count - Self.listed) more"] : []
      return Self.joined(labels.prefix(Self.listed).map(name) + more)
    }
    var text =
      "The \(split) set has no example of \(names((predicted + absent).sorted())), so it does not "
      + "show how well the model recognises them."
    if !absent.isEmpty {
      text +=
        " Macro averages leave out \(predicted.isEmpty ? "them" : names(absent)), as scikit-learn does."
    }
    if !predicted.isEmpty {
      text +=
        " The model predicted \(names(predicted)) all the same, which counts as 0 in macro averages."
    }
    return Insight(.balance, .warning, text)
  }

  /// So many classes are listed by name.
  private static let listed = 12
}
