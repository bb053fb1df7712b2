import ExperimentConfig
import Report
import RunRecord
import Tasks

/// Examples that moved between training and validation from one run to the other.
package struct SplitMoves: Sendable {
  /// Examples held out only by A, by index.
  package let onlyA: [Int]
  /// Examples held out only by B, by index.
  package let onlyB: [Int]
  /// The number of examples held out by both runs.
  package let both: Int
  /// Examples held out by both runs, in different folds.
  package let otherFold: [Int]
  /// Whether both runs split the same examples, so that each trains on everything it does not hold
  /// out.
  package let isComplementary: Bool

  package var isEmpty: Bool { onlyA.isEmpty && onlyB.isEmpty && otherFold.isEmpty }

  /// For example `500 examples held out by A alone, 20 examples in a different fold`.
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
    if !otherFold.isEmpty { texts.append("\(count(otherFold)) in a different fold") }
    return texts.joined(separator: ", ")
  }

  /// A clause saying that the other run trained on these examples; empty unless that is certain.
  package func trained(_ other: String) -> String {
    isComplementary ? " and so trained on by \(other)" : ""
  }

  /// `nil` if one of the runs does not say which examples it held out.
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

  /// The number of examples that a training splits into training and held-out examples; `nil` if
  /// unknown.
  private static func pool(_ run: ComparedRun) -> Int? {
    let examples = run.evidence.summary["examples"]
    guard run.parts.isEmpty, !run.hasInnerValidation, let train = examples?["train"]?.integer,
      let validation = examples?["validation"]?.integer
    else { return nil }
    return train + validation
  }
}
