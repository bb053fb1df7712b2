import DataSchema
import Diagnostics
import ExperimentConfig
import TaskRegistry
import Tasks

extension Plan {
  /// The task of an experiment.
  ///
  /// - Returns: `nil` if an error was reported: the data, the loss or a metric do not fit the task.
  static func task(
    _ experiment: Experiment, _ loss: TrainingLoss, _ schema: DataSchema,
    _ diagnostics: DiagnosticCollector
  ) -> (any Task)? {
    let component = experiment.data.dataset
    guard let task = TaskRegistry.task(for: schema.target) else {
      diagnostics.error(
        "there is no task for \(schema.target.kind) of '\(component.name)'",
        at: component.origin.range)
      return nil
    }
    let before = diagnostics.errorCount
    let names = TaskRegistry.all.map { $0.name }
    if let asked = experiment.task, asked != task.name {
      diagnostics.error(
        names.contains(asked)
          ? "'\(component.name)' has \(schema.target.kind), which are for \(task.name) and not for "
            + asked
          : "unknown task '\(asked)'", at: experiment.taskRange,
        hint: names.contains(asked)
          ? "remove 'task', or choose other data"
          : Suggestion.hint(for: asked, among: names) ?? "known: " + names.joined(separator: ", "))
    }
    loss.problems(task.name).forEach(diagnostics.report)
    for metric in experiment.metrics where task.metric(metric.name) == nil {
      let known = type(of: task).metrics.map { $0.schema }
      diagnostics.error(
        "'\(metric.name)' does not measure \(task.name)", at: metric.origin.range,
        hint: Suggestion.hint(for: metric.name, among: known)
          ?? "its metrics are " + known.map(\.name).joined(separator: ", "))
    }
    if diagnostics.errorCount > before { return nil }
    guard let options = experiment.taskOptions else { return task }
    do {
      let configured = try task.configured(options)
      if let option = configured.fittedOption {
        experiment.requireExamples(for: option, at: options.range(option), into: diagnostics)
      }
      return diagnostics.errorCount > before ? nil : configured
    } catch {
      diagnostics.error("\(error)", at: experiment.taskRange)
      return nil
    }
  }
}

extension DataFacts {
  /// What experiments with this data and task need and have by default.
  init(_ task: any Task, _ schema: DataSchema) {
    self.init(
      outputs: task.outputCount,
      outputsText: task.targetsAreClasses || schema.target.kind.isMask
        || schema.target.kind.areBoxes ? "classes" : "targets",
      defaults: [
        "loss": type(of: task).defaultLoss, "metrics": type(of: task).defaultMetrics,
        "split.stratified": task.targetsAreClasses ? "true" : "false",
      ])
    if schema.validationCount != nil { defaults["data.split"] = "{validation: given}" }
    if schema.image == nil, schema.largestImage == nil { defaults["data.transforms"] = "[]" }
  }
}

extension Plan {
  /// Placeholder distributions for when the targets are unknown. They affect the value of a loss
  /// but no prediction.
  package var lossTargets: LossTargets {
    LossTargets(
      task.lossTarget,
      (0..<task.outputCount).map { _ in TargetDistribution(values: [(0, 1), (1, 1)]) },
      task.target.kind)
  }
}
