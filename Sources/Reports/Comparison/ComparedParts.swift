import Report
import Tasks

/// The scores of both runs per class, label or target, on the test set if available, else on the
/// validation set.
package struct ComparedParts: Sendable {
  package let split: String
  package let changes: PartChanges

  /// `nil` if the runs have no predictions of a common split, or if their scores are not
  /// comparable.
  init?(_ a: ComparedRun, _ b: ComparedRun, _ pairs: [String: PairedSplit]) {
    for split in ["test", "validation"] {
      guard let first = a.evidence.predictions[split], let second = b.evidence.predictions[split],
        first.count > 0, second.count > 0, CommonGround.obstacle(split, a, b) == nil,
        first.layout.targets == second.layout.targets,
        first.layout.outputs.count == second.layout.outputs.count,
        let changes = a.task(for: split)?.partChanges(
          first, second, pairs: pairs[split].flatMap { $0.isRepeated ? nil : $0.answers })
      else { continue }
      self.split = split
      self.changes = changes
      return
    }
    return nil
  }
}
