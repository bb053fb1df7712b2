import Datasets
import ExperimentConfig
import Graph
import Planning
import Reporting

/// What `runner check` prints of a proven experiment.
enum PlanText {
  static func render(_ plan: Plan, terminal: Terminal) -> String {
    let experiment = plan.experiment
    return terminal.bold(experiment.name) + "\n\n" + layers(plan)
      + "\n" + facts(plan)
  }

  private static func layers(_ plan: Plan) -> String {
    let graph = plan.graph
    var table = TextTable([.left, .left, .left, .right, .right])
    table.add(["node", "layer", "output", "parameters", "FLOPs"])
    table.addRule()
    table.add(["input", "", graph.input.description])
    for node in graph.nodes {
      let count = node.parameters.filter { $0.role == .parameter }
        .reduce(0) { Saturating.add($0, $1.count) }
      table.add([
        node.path, node.layer, node.output.description,
        count == 0 ? "" : NumberText.grouped(count), NumberText.grouped(node.flops),
      ])
    }
    table.addRule()
    table.add([
      "total", "", "", NumberText.grouped(graph.parameterCount), NumberText.grouped(graph.flops),
    ])
    if plan.trainableCount != graph.parameterCount {
      table.add(["trainable", "", "", NumberText.grouped(plan.trainableCount)])
    }
    return table.render()
  }

  private static func facts(_ plan: Plan) -> String {
    let experiment = plan.experiment
    var table = TextTable([.left, .left])
    table.add(["data", data(plan)])
    table.add([
      "training",
      "\(experiment.epochs) epochs of batches of \(experiment.data.batchSize), "
        + "\(experiment.optimizer.name), \(experiment.loss.name), seed \(experiment.seed)",
    ])
    for later in experiment.unfreezing {
      let names = later.patterns.map(\.text).joined(separator: ", ")
      table.add(["", "\(names) from epoch \(later.epoch) on"])
    }
    if let frozen = frozen(plan) { table.add(["frozen", frozen]) }
    if let steps = experiment.maxSteps { table.add(["", "at most \(steps) steps"]) }
    table.add(["memory", "about \(bytes(memory(plan))) for training"])
    table.add(["FLOPs", "for one example forward; a multiply-add counts as two"])
    return table.render()
  }

  /// Where the part of the model ends that is computed once, and why.
  private static func frozen(_ plan: Plan) -> String? {
    let reason = plan.prefixBoundary.reason
    guard plan.experiment.freezing != nil else { return nil }
    guard let prefix = plan.frozenPrefix else { return "nothing is computed once: \(reason)" }
    let last = plan.graph.nodes[prefix.end].path
    return plan.experiment.usesFeatureCache
      ? "up to '\(last)' computed once for each example and kept; then \(reason)"
      : "up to '\(last)', computed in every epoch (cache: false); then \(reason)"
  }

  private static func data(_ plan: Plan) -> String {
    let data = plan.experiment.data
    var text = data.dataset.name
    if let sides = SplitSizes(data, plan.dataset.facts) {
      text +=
        ": \(NumberText.grouped(sides.train)) training, \(NumberText.grouped(sides.validation)) "
        + "validation, \(NumberText.grouped(sides.test)) test"
    }
    if let fallback = data.fallback { text += "; else \(fallback.name)" }
    return text
  }

  /// Bytes for training: the model's and the resident data's.
  private static func memory(_ plan: Plan) -> Int {
    let optimizerStates = plan.experiment.optimizer.name.hasPrefix("adam") ? 2 : 1
    let model = plan.graph.trainingBytes(
      batchSize: plan.experiment.data.batchSize, optimizerStates: optimizerStates)
    let facts = plan.dataset.facts
    let images =
      SplitSizes(plan.experiment.data, facts).map { $0.train + $0.validation + $0.test } ?? 0
    return Saturating.add(
      model, Saturating.product(images, facts.channels, facts.height, facts.width))
  }

  private static func bytes(_ count: Int) -> String {
    let units = [(1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")]
    for (size, name) in units where count >= size {
      return NumberText.fixed(Double(count) / Double(size), 1) + " " + name
    }
    return "\(count) bytes"
  }

  private static func frozenPrefix(_ plan: Plan) -> JSONValue {
    [
      "end": plan.frozenPrefix.map { .string(plan.graph.nodes[$0.end].path) } ?? .null,
      "flops": .integer(plan.frozenPrefix?.flops ?? 0),
      "because": .string(plan.prefixBoundary.reason),
    ]
  }

  static func json(_ plan: Plan) -> JSONValue {
    let layers = plan.graph.nodes.map { node -> JSONValue in
      [
        "node": .string(node.path), "layer": .string(node.layer),
        "output": .array(node.output.dims.map(JSONValue.integer)),
        "parameters": .integer(
          node.parameters.filter { $0.role == .parameter }.reduce(0) { $0 + $1.count }),
        "flops": .integer(node.flops),
      ]
    }
    return [
      "name": .string(plan.experiment.name),
      "parameters": [
        "total": .integer(plan.graph.parameterCount),
        "trainable": .integer(plan.trainableCount),
      ],
      "frozen_prefix": frozenPrefix(plan),
      "flops": .integer(plan.graph.flops),
      "memory_bytes": .integer(memory(plan)),
      "layers": .array(layers),
      "configuration": plan.loaded.resolved.canonicalForm,
    ]
  }
}
