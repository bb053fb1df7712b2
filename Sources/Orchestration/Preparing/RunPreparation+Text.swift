import Datasets
import ExperimentConfig
import Graph
import Planning
import Reporting
import RunRecord

extension RunPreparation {
  /// Shows a one-line summary of the run before it begins.
  func announce(_ inputs: Inputs, device: String) {
    let experiment = plan.experiment
    var facts = [experiment.name, inputs.dataset.name]
    let all = NumberText.grouped(plan.graph.parameterCount)
    facts.append(
      plan.trainableCount == plan.graph.parameterCount
        ? "\(all) parameters"
        : "\(NumberText.grouped(plan.trainableCount)) of \(all) parameters")
    if let weights = inputs.weights { facts.append("weights: \(weights.used)") }
    if let folds = experiment.data.split.folds {
      facts.append(
        "\(folds.count) folds" + (folds.repeats > 1 ? " × \(folds.repeats)" : ""))
    } else if case .seeds(let seeds)? = experiment.parts {
      facts.append("\(seeds.count) seeds")
    }
    if experiment.precision != .float32 { facts.append(experiment.precision.rawValue) }
    facts.append(
      "\(device), \(experiment.threads) \(experiment.threads == 1 ? "thread" : "threads")")
    context.reporter.say(facts.joined(separator: " · "))
    for note in inputs.weights?.notes ?? [] { context.reporter.say("weights: \(note)") }
  }
}
