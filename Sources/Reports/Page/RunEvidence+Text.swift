import RunRecord
import Tasks

/// Scores as text, as every report of a run shows them.
extension RunEvidence {
  /// A share as a percentage, another score as a plain number.
  package func text(_ key: String, _ value: Double) -> String {
    PageContent.score(self, key, value)
  }

  /// The ends of a score's interval, such as `95%: 90.00% to 95.00%`; empty if it has none.
  package func intervalText(_ split: String, _ key: String) -> String {
    PageContent.interval(self, split, key)
  }

  /// The name of a score, such as `f1 (macro)`.
  package static func label(_ key: String) -> String { PageContent.label(key) }

  /// The keys of the scores of all splits, the loss and the primary score first.
  package var scoreKeys: [String] {
    let all = Set(["validation", "test"].flatMap { (summary[$0]?.object ?? [:]).keys })
    let first = ["loss", primary].filter(all.contains)
    return first + all.subtracting(first).sorted()
  }

  /// Which examples and models the scores come from, and how their intervals were computed, a sentence each.
  package var scoreNotes: [String] { PageContent.notes(self) }
}
