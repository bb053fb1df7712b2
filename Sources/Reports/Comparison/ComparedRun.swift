import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import Report
import RunRecord
import TaskRegistry
import Tasks
import YAMLSyntax

/// One side of a comparison: the contents of the run directory, and its configuration as a tree.
/// Missing or damaged files are listed in ``problems``.
package struct ComparedRun: Sendable {
  /// `A` or `B` in a diff; `A` to `Z`, then 27 and so on, if several runs are compared.
  package let label: String
  package let evidence: RunEvidence
  package let configuration: ConfigurationTree?
  /// What is unknown about this run, and why.
  package let problems: [String]

  package init(_ run: RunDirectory, label: String) {
    self.label = label
    let evidence = RunEvidence(reading: run)
    self.evidence = evidence
    var problems: [String] = []
    if evidence.status != "finished" {
      let reason =
        switch evidence.status {
        case "running": "it has not finished: it is still running"
        case "unknown": "its status is not known"
        default: "its status is '\(evidence.status)', not 'finished'"
        }
      problems.append(reason)
    }
    problems += evidence.problems
    do {
      configuration = try ConfigurationTree(of: run)
    } catch {
      configuration = nil
      if evidence.configuration != nil {
        problems.append("resolved.yaml: cannot be read as YAML, so configurations are not compared")
      }
    }
    for split in ["validation", "test"] {
      let lost = (evidence.summary[split]?.object ?? [:])
        .filter { $0.value.number.map { !$0.isFinite } ?? false }.keys.sorted()
      if !lost.isEmpty {
        problems.append("summary.json: \(split) \(lost.joined(separator: ", ")) is not a number")
      }
    }
    self.problems = problems
  }

  package var run: RunDirectory { evidence.run }
  package var name: String { evidence.directoryName }

  func info(_ keys: String...) -> String? {
    keys.reduce(evidence.info as JSONValue?) { $0?[$1] }?.text
  }

  /// The entries of `summary.json` for each fold or seed; empty for a single training.
  var parts: [JSONValue] { evidence.parts }

  /// What the parts are called: `fold` or `seed`.
  package var partWord: String { evidence.partWord }

  /// Whether each fold has an inner validation set, so that some examples are neither trained on
  /// nor held out.
  var hasInnerValidation: Bool {
    configuration?.root["data"]?["split"]?["inner_validation"] != nil
  }

  /// The directory names of the parts, in order.
  package var partNames: [String] {
    parts.enumerated().map { place, value in
      "\(partWord)-\(value[partWord]?.integer ?? place + 1)"
    }
  }

  /// The number of examples in each split, from the run's files or else from its plan; `nil` where
  /// unknown.
  func sizes() -> (train: String?, validation: String?, test: String?) {
    if !parts.isEmpty {
      func range(_ key: String) -> String? {
        let counts = parts.compactMap { $0[key]?.integer }
        guard let low = counts.min(), let high = counts.max() else { return nil }
        let text = NumberText.grouped(low)
        return "\(low == high ? text : "\(text) to \(NumberText.grouped(high))") per \(partWord)"
      }
      return (range("train_examples"), range("validation_examples"), count("test"))
    }
    func recorded(_ key: String) -> String? {
      evidence.summary["examples"]?[key]?.integer.map(NumberText.grouped)
    }
    if let train = recorded("train"), let validation = recorded("validation") {
      return (train, count("validation") ?? validation, count("test") ?? recorded("test"))
    }
    let plan = Plan.make(
      of: run, processors: 1, needsWeights: false, diagnostics: DiagnosticCollector())
    let planned = plan.flatMap { SplitSizes($0.experiment.data, $0.dataset.dataSchema) }
    return (
      planned.map { NumberText.grouped($0.train) },
      count("validation") ?? planned.map { NumberText.grouped($0.validation) },
      count("test") ?? planned.map { NumberText.grouped($0.test) }
    )
  }

  private func count(_ split: String) -> String? {
    evidence.predictions[split].map { NumberText.grouped(Set($0.indices).count) }
  }

  /// Whether the run recorded the scores behind its probabilities (older versions and `mse` do
  /// not); `nil` if it has no predictions.
  var hasScores: Bool? { evidence.predictions.values.first.map(\.layout.hasScores) }

  /// A note on those `runs` that recorded no scores although others did: their log loss and ranking
  /// metrics were computed from rounded probabilities. `nil` if all runs are alike.
  static func withoutScores(_ runs: [ComparedRun]) -> String? {
    let known = runs.filter { $0.hasScores != nil }
    let lacking = known.filter { $0.hasScores == false }.map(\.label)
    if lacking.isEmpty || lacking.count == known.count { return nil }
    return
      "\(lacking.joined(separator: ", ")) recorded no scores alongside "
      + "\(lacking.count == 1 ? "its" : "their") probabilities, so log loss and ranking metrics "
      + "are not comparable"
  }

  /// The task that fits the predictions of a split; `nil` if there are none.
  func task(for split: String) -> (any Task)? {
    guard let predictions = evidence.predictions[split], predictions.count > 0 else { return nil }
    let layout = predictions.layout
    let task = evidence.task.recording(as: layout)
    return task.layout(layout.link) == layout ? task : TaskRegistry.task(of: layout)
  }

  /// The terms that comparisons use for the run's task.
  package var terms: ComparisonTerms { type(of: evidence.task).comparison }
}
