import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
import Planning
import RunRecord
import Tasks
import Weights

/// The output of `runner check` for a valid experiment.
package enum PlanText {
  /// Models with more nodes are shown by their parts.
  private static let longModel = 60

  /// - Parameter allNodes: whether to show all nodes even of a long model.
  package static func render(_ plan: Plan, terminal: Terminal, allNodes: Bool = false) -> String {
    let experiment = plan.experiment
    let groups = ParameterGroupText.render(plan, allNames: allNodes)
    let isShort = allNodes || plan.graph.nodes.count <= longModel
    return terminal.bold(experiment.name) + "\n\n" + layers(plan, allNodes: isShort)
      + (isShort ? "" : "  --layers prints all \(plan.graph.nodes.count) nodes\n")
      + "\n" + (groups.isEmpty ? "" : groups + "\n") + facts(plan)
  }

  private static func layers(_ plan: Plan, allNodes: Bool) -> String {
    let graph = plan.graph
    var table = TextTable([.left, .left, .left, .right, .right])
    table.add(["node", "layer", "output", "parameters", "FLOPs"])
    table.addRule()
    for input in graph.inputs { table.add([input.name, "", input.shape.description]) }
    for part in allNodes ? graph.nodes.map({ [$0] }) : parts(graph) {
      guard let last = part.last else { continue }
      let count = part.reduce(0) { Saturating.add($0, $1.ownParameterCount) }
      let isOne = part.count == 1
      table.add([
        isOne ? last.path : partName(last), isOne ? last.layer : "\(part.count) nodes",
        last.output.description, count == 0 ? "" : NumberText.grouped(count),
        ModuleText.flops(
          part.reduce(0) { Saturating.add($0, $1.flops) },
          isPartial: part.contains { $0.moduleFile != nil }),
      ])
    }
    table.addRule()
    table.add([
      "total", "", "", NumberText.grouped(graph.parameterCount),
      ModuleText.flops(graph.flops, isPartial: graph.hasUnknownFLOPs),
    ])
    if plan.trainableCount != graph.parameterCount {
      table.add(["trainable", "", "", NumberText.grouped(plan.trainableCount)])
    }
    return table.render()
  }

  /// Groups consecutive nodes by the first component of their path.
  private static func parts(_ graph: Graph) -> [[Graph.Node]] {
    var parts: [[Graph.Node]] = []
    for node in graph.nodes {
      if let last = parts.last?.last, partName(last) == partName(node) {
        parts[parts.count - 1].append(node)
      } else {
        parts.append([node])
      }
    }
    return parts
  }

  private static func partName(_ node: Graph.Node) -> String {
    node.path.split(separator: ".").first.map(String.init) ?? node.path
  }

  private static func facts(_ plan: Plan) -> String {
    let experiment = plan.experiment
    var table = TextTable([.left, .left])
    table.add(["data", data(plan)])
    table.add([
      "training",
      experiment.epochs == 0
        ? "none: the weights are scored, in batches of \(experiment.data.batchSize)"
        : "\(experiment.epochs) epochs of batches of \(experiment.data.batchSize), "
          + "\(experiment.optimizer.name), \(plan.loss.name), \(seeds(experiment))"
          + (experiment.precision == .float32 ? "" : ", \(experiment.precision.rawValue)"),
    ])
    if experiment.epochs > 0, let losses = plan.outputLosses.description {
      table.add(["", "minimises \(losses)"])
    }
    for later in experiment.unfreezing {
      let names = later.patterns.map(\.text).joined(separator: ", ")
      table.add(["", "\(names) from epoch \(later.epoch) on"])
    }
    if let match = plan.weights?.match {
      table.add(["weights", "\(NumberText.grouped(match.loaded.count)) tensors match the model"])
      for note in match.notes { table.add(["", note]) }
    }
    for (index, line) in ModuleText.lines(plan.graph).enumerated() {
      table.add([index == 0 ? "programs" : "", line])
    }
    if let frozen = frozen(plan) { table.add(["frozen", frozen]) }
    if let steps = experiment.maxSteps { table.add(["", "at most \(steps) steps"]) }
    if let teacher = plan.teacher {
      table.add(["teacher", teacher.run.path])
      table.add([
        "",
        "\(NumberText.grouped(teacher.graph.parameterCount)) parameters, "
          + "\(NumberText.grouped(teacher.graph.flops)) FLOPs for each training example",
      ])
    }
    table.add([
      "memory",
      "about \(ByteCount.text(plan.memory.total)) for training"
        + (plan.graph.hasUnknownFLOPs ? ", without what programs keep on the way" : ""),
    ])
    table.add(["FLOPs", "for the forward pass of one example; a multiply-add counts as two"])
    return table.render()
  }

  private static func seeds(_ experiment: Experiment) -> String {
    guard case .seeds(let seeds)? = experiment.parts, let last = seeds.last else {
      return "seed \(experiment.seed)"
    }
    return "once with each of the seeds \(experiment.seed) to \(last)"
  }

  /// Which layers are frozen and computed only once, and where and why that ends; `nil` if nothing
  /// is frozen.
  private static func frozen(_ plan: Plan) -> String? {
    let reason = plan.prefixBoundary.reason
    guard plan.experiment.freezing != nil else { return nil }
    guard let prefix = plan.frozenPrefix else { return "nothing can be cached: \(reason)" }
    let last = plan.graph.nodes[prefix.end].path
    return plan.experiment.usesFeatureCache
      ? "up to '\(last)', computed once per example and cached; then \(reason)"
      : "up to '\(last)', computed in every epoch (cache: false); then \(reason)"
  }

  private static func data(_ plan: Plan) -> String {
    let data = plan.experiment.data
    var text = data.dataset.name
    if let sides = SplitSizes(data, plan.dataset.dataSchema) {
      text +=
        ": \(NumberText.grouped(sides.train)) training, \(NumberText.grouped(sides.validation)) "
        + "validation, \(NumberText.grouped(sides.test)) test"
    }
    if let fallback = data.fallback { text += "; else \(fallback.name)" }
    return text
  }

  private static func weights(_ plan: Plan) -> JSONValue {
    guard let weights = plan.weights, let match = weights.match, let path = weights.path else {
      return .null
    }
    return [
      "path": .string(path), "tensors": .integer(match.loaded.count),
      "key": .string(match.key),
      "prefixes": .array(match.prefixes.map(JSONValue.string)),
      "replaced_head": .array(match.replacedHead.map { .string($0.name) }),
      "notes": .array(match.notes.map(JSONValue.string)),
    ]
  }

  private static func frozenPrefix(_ plan: Plan) -> JSONValue {
    [
      "end": plan.frozenPrefix.map { .string(plan.graph.nodes[$0.end].path) } ?? .null,
      "flops": .integer(plan.frozenPrefix?.flops ?? 0),
      "because": .string(plan.prefixBoundary.reason),
    ]
  }

  private static func teacher(_ plan: Plan) -> JSONValue {
    guard let teacher = plan.teacher else { return .null }
    return [
      "run": .string(teacher.run.path),
      "parameters": .integer(teacher.graph.parameterCount),
      "flops": .integer(teacher.graph.flops),
      "memory_bytes": .integer(plan.memory.teacher),
    ]
  }

  private static func named(_ name: String, _ shape: Shape) -> JSONValue {
    ["name": .string(name), "shape": .array(shape.dims.map(JSONValue.integer))]
  }

  package static func json(_ plan: Plan, _ diagnostics: [Diagnostic]) -> JSONValue {
    let layers = plan.graph.nodes.map { node -> JSONValue in
      [
        "node": .string(node.path), "layer": .string(node.layer),
        "output": .array(node.output.dims.map(JSONValue.integer)),
        "parameters": .integer(
          node.ownParameterCount),
        "flops": node.moduleFile == nil ? .integer(node.flops) : .null,
      ]
    }
    return [
      "name": .string(plan.experiment.name),
      "parameters": [
        "total": .integer(plan.graph.parameterCount),
        "trainable": .integer(plan.trainableCount),
      ],
      "weights": weights(plan),
      "teacher": teacher(plan),
      "frozen_prefix": frozenPrefix(plan),
      "flops": plan.graph.hasUnknownFLOPs ? .null : .integer(plan.graph.flops),
      "programs": ModuleText.json(plan.graph),
      "inputs": .array(plan.graph.inputs.map { named($0.name, $0.shape) }),
      "outputs": .array(
        plan.graph.outputs.map { named($0.name, plan.graph.shape(of: $0.source)) }),
      "output_losses": .object(
        Dictionary(
          plan.outputLosses.auxiliary.map { ($0.name, .number($0.weight)) }
            + [(plan.graph.mainOutput.name, .number(plan.outputLosses.main))]
        ) { first, _ in first }),
      "memory_bytes": .integer(plan.memory.total),
      "layers": .array(layers),
      "parameter_groups": ParameterGroupText.json(plan),
      "warnings": DiagnosticJSON.warnings(diagnostics),
      "configuration": plan.loaded.resolved.canonicalForm,
    ]
  }
}
