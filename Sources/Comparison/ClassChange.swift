import Classification
import Report
import RunRecord
import Statistics
import Tasks

/// One class in both runs.
package struct ClassChange: Sendable {
  package struct Scores: Sendable, Equatable {
    package var precision: Double
    package var recall: Double
    package var f1: Double
  }

  package var label: Int
  package var name: String
  /// Examples of the class in A's set.
  package var support: Int
  package var a: Scores
  package var b: Scores
  /// Examples of this class that only one of the two gets right; nothing where they are not paired.
  package var onlyA: Int?
  package var onlyB: Int?
  /// McNemar's, by Holm over the classes.
  package var adjusted: Double?

  package var differs: Bool { a != b || (onlyA ?? 0) > 0 || (onlyB ?? 0) > 0 }

  /// The classes that occur among the labels or the predictions of either run. `nil` if one of the two has
  /// no predictions of a common split, other classes, or if their scores do not compare.
  static func table(
    _ a: ComparedRun, _ b: ComparedRun, _ pairs: [String: PairedSplit]
  ) -> (split: String, rows: [ClassChange])? {
    for split in ["test", "validation"] {
      guard let first = a.pooled(split), let second = b.pooled(split),
        first.count > 0, second.count > 0, first.classes == second.classes,
        CommonGround.obstacle(split, a, b) == nil
      else { continue }
      let matrices = (first.confusionMatrix, second.confusionMatrix)
      let all = Array(0..<first.classes)
      let reports = (
        ClassificationReport(matrices.0, labels: all), ClassificationReport(matrices.1, labels: all)
      )
      let occurring = Set(ClassificationReport(matrices.0).labels)
        .union(ClassificationReport(matrices.1).labels)
      let names = (a.evidence.task as? ClassificationTask)?.classNames ?? []
      let paired = pairs[split].flatMap {
        $0.isRepeated ? nil : PairedClasses($0.answers).map(discordant)
      }
      var rows = all.filter(occurring.contains).map { label in
        ClassChange(
          label: label, name: names.count == first.classes ? names[label] : String(label),
          support: reports.0.classes[label].row.support,
          a: Scores(reports.0.classes[label].row), b: Scores(reports.1.classes[label].row),
          onlyA: paired?[label].onlyA, onlyB: paired?[label].onlyB)
      }
      let tests = rows.map { row in
        row.onlyA.flatMap { onlyA in
          row.onlyB.map { McNemar(onlyFirst: onlyA, onlySecond: $0).pValue }
        }
      }
      for (place, p) in Holm.adjusted(tests).enumerated() { rows[place].adjusted = p }
      return (split, rows)
    }
    return nil
  }

  private static func discordant(_ pairs: PairedClasses) -> [(onlyA: Int, onlyB: Int)] {
    var counts = [(onlyA: Int, onlyB: Int)](repeating: (0, 0), count: pairs.a.classes)
    for row in 0..<pairs.count {
      let right = (pairs.isRight(pairs.a, row), pairs.isRight(pairs.b, row))
      if right.0 && !right.1 { counts[pairs.a.labels[row]].onlyA += 1 }
      if right.1 && !right.0 { counts[pairs.a.labels[row]].onlyB += 1 }
    }
    return counts
  }
}

extension ClassChange.Scores {
  fileprivate init(_ row: ClassificationReport.Row) {
    self.init(precision: row.precision, recall: row.recall, f1: row.f1)
  }
}
