import ExperimentConfig
import Tasks

/// Formats the scores of two runs per class, label or target as table rows.
enum PartWords {
  /// For example `F1 A`, `F1 B`, `B − A`, `recall A`, `B`: only the leading score has a difference.
  static func heading(_ scores: [String]) -> [String] {
    scores.enumerated().flatMap { place, name in
      place == 0 ? ["\(name) A", "\(name) B", "B − A"] : ["\(name) A", "B"]
    }
  }

  /// The cells below ``heading(_:)``.
  static func cells(_ row: PartChanges.Row) -> [String] {
    row.scores.enumerated().flatMap { place, scores in
      [score(scores.a), score(scores.b)] + (place == 0 ? [DiffWords.signed(row.change)] : [])
    }
  }

  static func score(_ value: Double?) -> String {
    value.map { NumberText.fixed($0, 4) } ?? DiffWords.none
  }
}
