import ExperimentConfig
import Tasks

/// How the scores of classes, labels or numbers of two runs stand in a table.
enum PartWords {
  /// `F1 A`, `F1 B`, `B − A`, `recall A`, `B`: the difference of the leading score alone.
  static func heading(_ scores: [String]) -> [String] {
    scores.enumerated().flatMap { place, name in
      place == 0 ? ["\(name) A", "\(name) B", "B − A"] : ["\(name) A", "B"]
    }
  }

  /// Below ``heading(_:)``.
  static func cells(_ row: PartChanges.Row) -> [String] {
    row.scores.enumerated().flatMap { place, scores in
      [score(scores.a), score(scores.b)] + (place == 0 ? [DiffWords.signed(row.change)] : [])
    }
  }

  static func score(_ value: Double?) -> String {
    value.map { NumberText.fixed($0, 4) } ?? DiffWords.none
  }
}
