import Comparison
import ExperimentConfig
import Report

/// What all comparison pages show about their runs.
enum RunHeading {
  /// - Parameter settings: those in which the run differs from the others; may be empty.
  static func make(_ run: ComparedRun, _ index: Int, settings: String) -> PageModel.Run {
    var facts = settings.isEmpty ? [] : [settings]
    facts.append(run.evidence.status)
    if let dataset = run.evidence.info["dataset"]?["used"]?.text { facts.append(dataset) }
    if let seed = run.evidence.info["seed"]?.text { facts.append("seed \(seed)") }
    if let started = run.evidence.info["started"]?.text { facts.append(started) }
    return .init(
      label: run.label, style: ComparisonStyle.run(index), name: run.name, facts: facts)
  }

  static func keys(_ labels: [String]) -> [PageModel.Key] {
    labels.enumerated().map { .init(style: ComparisonStyle.run($0.offset), text: $0.element) }
  }

  /// Charts with the curves of all runs overlaid.
  static func charts(_ curves: [LearningCurve], _ primary: String) -> [PageModel.Chart] {
    let score = DiffWords.label(primary)
    return
      [
        ("train_loss", "Training loss (running mean)"), ("val_loss", "Validation loss"),
        ("train_\(primary)", "Training \(score) (running mean)"),
        ("val_\(primary)", "Validation \(score)"),
      ].compactMap { key, caption in
        let series = curves.enumerated().map { index, curve in
          CurveDrawing.Series(style: ComparisonStyle.run(index), points: curve.points(key))
        }
        return CurveDrawing.svg(caption, series, best: nil)
          .map { .init(svg: $0, caption: "\(caption) by epoch") }
      }
  }
}
