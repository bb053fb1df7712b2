import Classification
import ExperimentConfig
import Report
import RunRecord
import Tasks

/// An example that the two runs answer differently.
package struct FlippedExample: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// A is right, B is not.
    case lost
    /// B is right, A is not.
    case won
    /// Both are wrong, each in its own way.
    case other
  }

  package var split: String
  /// Position in the whole training or test set.
  package var index: Int
  package var fold: Int
  package var label: Int
  package var a: Int
  package var b: Int
  /// Of each run's own answer.
  package var probabilityA: Double
  package var probabilityB: Double
  package var kind: Kind
}

/// All examples of a split that the two runs answer differently.
package struct Flips: Sendable {
  package let split: String
  package let total: Int
  /// The surest changes of mind first.
  package let examples: [FlippedExample]

  package func count(_ kind: FlippedExample.Kind) -> Int { examples.count { $0.kind == kind } }

  /// `nil` if the runs predict no classes.
  init?(_ pairs: PairedSplit) {
    guard let classes = PairedClasses(pairs.answers) else { return nil }
    split = pairs.split
    total = pairs.rows.count
    let (a, b) = (classes.a, classes.b)
    examples = (0..<classes.count).compactMap { row -> FlippedExample? in
      guard a.predictions[row] != b.predictions[row] else { return nil }
      let right = (classes.isRight(a, row), classes.isRight(b, row))
      let i = pairs.rows[row].0
      return FlippedExample(
        split: pairs.split, index: pairs.a.indices[i], fold: pairs.a.folds[i], label: a.labels[row],
        a: a.predictions[row], b: b.predictions[row],
        probabilityA: a.confidence(at: row), probabilityB: b.confidence(at: row),
        kind: right.0 ? .lost : right.1 ? .won : .other)
    }.sorted { Self.rank($0) < Self.rank($1) }
  }

  private static func rank(_ flip: FlippedExample) -> (Int, Double, Int, Int) {
    let sure = flip.probabilityA + flip.probabilityB
    return (flip.kind == .other ? 1 : 0, sure.isNaN ? 0 : -sure, flip.index, flip.fold)
  }
}

/// Examples that changed sides between two splits of the training set.
package struct SplitMoves: Sendable {
  /// Held out by A alone, by B alone, by both.
  package let onlyA: [Int]
  package let onlyB: [Int]
  package let both: Int
  /// Held out by both, in other folds.
  package let otherFold: [Int]
  /// Both divide the same examples, so that each trains on whatever it does not hold out.
  package let isComplementary: Bool

  package var isEmpty: Bool { onlyA.isEmpty && onlyB.isEmpty && otherFold.isEmpty }

  /// `500 examples are held out by A alone, 500 by B alone, which train on each other's`.
  var summary: String {
    func count(_ indices: [Int]) -> String {
      "\(NumberText.grouped(indices.count)) \(indices.count == 1 ? "example" : "examples")"
    }
    var texts: [String] = []
    if !onlyA.isEmpty {
      texts.append("\(count(onlyA)) held out by A alone\(trained("B"))")
    }
    if !onlyB.isEmpty {
      texts.append("\(count(onlyB)) held out by B alone\(trained("A"))")
    }
    if !otherFold.isEmpty { texts.append("\(count(otherFold)) in another fold") }
    return texts.joined(separator: ", ")
  }

  /// That the other run trained on what one held out, where that is certain.
  package func trained(_ other: String) -> String {
    isComplementary ? " and so trained on by \(other)" : ""
  }

  /// `nil` if one of the two does not say which examples it held out.
  init?(_ a: ComparedRun, _ b: ComparedRun) {
    guard let first = a.evidence.predictions["validation"],
      let second = b.evidence.predictions["validation"], first.count > 0, second.count > 0,
      a.info("dataset", "fingerprint") == b.info("dataset", "fingerprint")
    else { return nil }
    let sets = (Set(first.indices), Set(second.indices))
    onlyA = sets.0.subtracting(sets.1).sorted()
    onlyB = sets.1.subtracting(sets.0).sorted()
    both = sets.0.intersection(sets.1).count
    isComplementary = Self.pool(a) == Self.pool(b) && Self.pool(a) != nil
    func folds(_ table: Predictions) -> [Int: Set<Int>] {
      zip(table.indices, table.folds).reduce(into: [:]) { $0[$1.0, default: []].insert($1.1) }
    }
    guard Set(first.folds).count > 1, Set(second.folds).count > 1 else {
      otherFold = []
      return
    }
    let places = (folds(first), folds(second))
    otherFold = sets.0.intersection(sets.1).filter { places.0[$0] != places.1[$0] }.sorted()
  }

  /// How many examples a training divides into those that it trains on and those that it holds out.
  private static func pool(_ run: ComparedRun) -> Int? {
    let examples = run.evidence.summary["examples"]
    guard run.parts.isEmpty, !run.hasInnerValidation, let train = examples?["train"]?.integer,
      let validation = examples?["validation"]?.integer
    else { return nil }
    return train + validation
  }
}
