import ExperimentConfig
import Report
import RunRecord
import Tasks

/// Whether the scores of two runs on a split describe the same examples and the same kind of model.
/// Only such scores may be ranked or subtracted from each other.
enum CommonGround {
  /// Why the scores are not comparable; `nil` if they are.
  static func obstacle(_ split: String, _ a: ComparedRun, _ b: ComparedRun) -> String? {
    if a.run.path == b.run.path { return nil }
    return examples(split, a, b) ?? models(split, a, b)
  }

  /// Why the examples differ, or are not known to be the same.
  static func examples(_ split: String, _ a: ComparedRun, _ b: ComparedRun) -> String? {
    if let reason = data(split, a, b) { return reason }
    guard let first = a.evidence.predictions[split], let second = b.evidence.predictions[split]
    else { return "there are no predictions for the \(split) set" }
    let indices = (Set(first.indices), Set(second.indices))
    if indices.0 == indices.1 { return nil }
    let common = NumberText.grouped(indices.0.intersection(indices.1).count)
    let sizes = [indices.0, indices.1].map { NumberText.grouped($0.count) }
    return "the \(split) examples are not the same: \(common) of "
      + (sizes[0] == sizes[1] ? sizes[0] : "\(sizes[0]) and \(sizes[1])") + " are in both"
  }

  /// Why the predictions of the two runs for a split cannot cover the same examples, whatever their
  /// indices.
  static func data(_ split: String, _ a: ComparedRun, _ b: ComparedRun) -> String? {
    for run in [a, b] where run.evidence.predictions[split]?.count ?? 0 == 0 {
      return "\(run.label) has no predictions for the \(split) set"
    }
    for run in [a, b] where run.info("dataset", "fingerprint") == nil {
      return "run.json of \(run.label) does not say which data it used"
    }
    if a.info("dataset", "fingerprint") != b.info("dataset", "fingerprint") {
      let names = [a, b].map { $0.info("dataset", "used") ?? "unknown" }
      return names[0] == names[1]
        ? "the data differ: both are called '\(names[0])', with different contents"
        : "the data differ: '\(names[0])' and '\(names[1])'"
    }
    let layouts = [a, b].compactMap { $0.evidence.predictions[split]?.layout }
    if layouts.count == 2, layouts[0].targets != layouts[1].targets {
      return "\(a.label) and \(b.label) predict different targets"
    }
    if layouts.count == 2, layouts[0].outputs.count != layouts[1].outputs.count {
      // The same answers, with additional columns in one of them.
      if a.evidence.task.recording(as: layouts[1]).layout(layouts[1].link) == layouts[1] {
        let more = layouts[0].outputs.count > layouts[1].outputs.count ? a : b
        return "the predictions of \(more.label) record more, because it has other metrics"
      }
      return "\(a.label) distinguishes \(layouts[0].outputs.count) \(a.terms.parts), \(b.label) "
        + "\(layouts[1].outputs.count)"
    }
    return nil
  }

  /// Why the models are of different kinds. An ensemble usually scores better than any of its
  /// models.
  static func models(_ split: String, _ a: ComparedRun, _ b: ComparedRun) -> String? {
    guard let first = a.evidence.basis(of: split), let second = b.evidence.basis(of: split),
      !first.isComparable(with: second)
    else { return nil }
    func text(_ run: ComparedRun, _ basis: ScoreBasis) -> String {
      let article = basis.by == .ensemble ? "an " : basis.by == .mean ? "the " : ""
      return "\(article)\(basis.modelsText) in \(run.label)"
    }
    return "the \(split) scores are those of \(text(a, first)) and of \(text(b, second))"
  }

  /// Why the losses of two runs are different quantities; `nil` if they are the same, or if a
  /// configuration is unknown.
  static func losses(_ a: ComparedRun, _ b: ComparedRun) -> String? {
    guard let first = a.configuration, let second = b.configuration else { return nil }
    let change = ConfigurationDiff.changes(first, second).first {
      $0.path == "loss" || $0.path.hasPrefix("loss.")
    }
    guard let change else { return nil }
    let values = [change.a, change.b].map { $0?.text ?? "nothing" }
    let reason =
      change.path == "loss"
      ? "\(a.label) was trained with \(values[0]), \(b.label) with \(values[1])"
      : "\(change.path) is \(values[0]) in \(a.label) and \(values[1]) in \(b.label)"
    return "the losses are not comparable: \(reason)"
  }
}
