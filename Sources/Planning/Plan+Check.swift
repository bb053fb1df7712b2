import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Graph
import Tasks
import WorkerProtocol

extension Plan {
  /// Checks that the fallback has the same kind of data as the data set.
  static func check(
    _ fallback: (any DatasetDefinition)?, against dataset: any DatasetDefinition,
    _ experiment: Experiment, _ diagnostics: DiagnosticCollector
  ) {
    guard let fallback, let component = experiment.data.fallback else { return }
    let wanted = dataset.dataSchema
    let schema = fallback.dataSchema
    if schema.input.kind != wanted.input.kind || schema.target.kind != wanted.target.kind {
      diagnostics.error(
        "'\(component.name)' cannot replace '\(experiment.data.dataset.name)': it has "
          + "\(schema), not \(wanted)", at: component.origin.range)
    }
  }

  /// Checks that limits and split leave examples on each side, if their number is known.
  static func check(
    _ data: Experiment.Data, against schema: DataSchema, _ task: any Task,
    _ diagnostics: DiagnosticCollector
  ) {
    for (limit, count, name) in [
      (data.trainLimit, schema.counts[.train], "training"),
      (data.testLimit, schema.counts[.test], "test"),
    ] {
      guard let limit, let count, limit > count else { continue }
      diagnostics.warning(
        "the limit of \(limit) \(name) examples has no effect: there are \(count)",
        at: data.limitRange)
    }
    if case .given = data.split.kind, schema.validationCount == nil {
      diagnostics.error(
        "the data set has no validation examples of its own", at: data.split.range,
        hint: "validation: 0.2 holds out a fifth of the training examples")
      return
    }
    if data.sampler == .balanced, !task.targetsAreClasses {
      diagnostics.error(
        "'balanced' needs classes, but the targets are \(schema.target.kind)",
        at: data.samplerRange)
    }
    let isStratified = data.split.isStratified && task.targetsAreClasses
    if data.split.isStratified, !isStratified, let range = data.split.stratifiedRange {
      diagnostics.error(
        "'stratified' needs classes, but the targets are \(schema.target.kind)", at: range,
        hint: "remove it")
    }
    guard let sizes = SplitSizes(data, schema) else { return }
    let needed = isStratified && data.split.folds == nil ? task.outputCount : 1
    if sizes.train < needed || (data.split.hasValidation && sizes.validation < needed) {
      diagnostics.error(
        "the split leaves \(sizes.train) for training and \(sizes.validation) for validation, but "
          + "each side needs "
          + (isStratified ? "one of each of the \(needed) classes" : "one"),
        at: data.split.range)
    }
  }

  /// Checks that answers can be explained if the report is to explain them. Only the data tell how many columns
  /// a table has.
  static func check(
    _ report: ReportSettings, _ dataset: any DatasetDefinition, _ diagnostics: DiagnosticCollector
  ) {
    let most = TableExplanationRequest.mostColumns
    guard report.explains, case .vector(let size) = dataset.dataSchema.input.kind, size > most,
      dataset.missingTexts.isEmpty
    else { return }
    diagnostics.error(
      "'explain' permutes up to \(most) values of an example, but this data set has "
        + "\(dataset.dataSchema.input.kind)", at: report.explainRange,
      hint: "it works for pictures, for tables, and for vectors of up to \(most) values")
  }

  /// Warns about valid settings that are probably unintended.
  static func warn(_ loss: TrainingLoss, _ graph: Graph, _ diagnostics: DiagnosticCollector) {
    guard case .node(let index) = graph.mainOutput.source else { return }
    let node = graph.nodes[index]
    switch (loss.link, node.operation) {
    case (.softmax, .softmax), (.sigmoid, .activation(.sigmoid)):
      diagnostics.warning(
        "'\(loss.name)' applies \(node.layer) itself; applying it twice slows down learning",
        at: node.range, hint: "remove this layer")
    default: break
    }
  }
}
