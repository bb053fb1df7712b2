import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Graph
import Planning

/// A value of PyTorch's golden files.
struct Golden: Decodable {
  struct Tensor: Decodable {
    let shape: [Int]
  }

  struct Case: Decodable {
    let name: String
    let arguments: JSONValue
    let inputs: [Tensor]
    let parameters: [String: Tensor]
    let buffers: [String: Tensor]
    let output: Tensor
  }

  struct ShapeError: Decodable {
    let arguments: JSONValue
    let input_shapes: [[Int]]
    let training: Bool
    let reason: String
  }

  let layer: String
  let cases: [Case]
  let shape_errors: [ShapeError]

  static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Fixtures/layers"

  /// A TorchScript file cannot be planned without running it.
  static let layers = LayerRegistry.standard.schemas.map(\.name).filter { $0 != "torchscript" }

  static func read(_ layer: String) throws -> Golden {
    let bytes = FileManager.default.contents(atPath: "\(folder)/\(layer).json") ?? Data()
    return try JSONText.decode(Golden.self, from: Array(bytes))
  }
}

/// Models written as YAML, with any input.
enum Built {
  /// The typed layers of a model, and the errors of typing.
  static func model(_ layers: String, blocks: String = "") -> (nodes: [ModelNode], errors: [String])
  {
    let (experiment, errors) = experiment(layers, blocks: blocks)
    return (experiment?.model ?? [], errors)
  }

  /// An experiment with a model, and the errors of typing.
  private static func experiment(
    _ layers: String, blocks: String
  ) -> (experiment: Experiment?, errors: [String]) {
    let collector = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let text = "data: {dataset: digits}\n\(blocks)\nmodel:\n\(layers)\n"
    let loaded = loader.load(SourceFile(name: "test.yaml", text: text), into: collector)
    return (loaded?.experiment, collector.sorted.map(\.message))
  }

  static func graph(
    _ layers: String, blocks: String = "", input: Shape = [1, 28, 28],
    requirement: OutputRequirement? = nil
  ) -> (graph: Graph?, errors: [String]) {
    graph(
      layers, blocks: blocks, inputs: [Graph.Input("image", input)], requirement: requirement)
  }

  static func graph(
    _ layers: String, blocks: String = "", inputs: [Graph.Input],
    requirement: OutputRequirement? = nil
  ) -> (graph: Graph?, errors: [String]) {
    let (experiment, errors) = experiment(layers, blocks: blocks)
    guard let experiment, errors.isEmpty else { return (nil, errors) }
    let collector = DiagnosticCollector()
    let graph = GraphBuilder.build(
      experiment.model, inputs: inputs, output: "label", outputs: experiment.outputs,
      requirement: requirement, registry: .standard, diagnostics: collector)
    return (graph, collector.sorted.map(\.message))
  }

  /// What one layer makes of its inputs, or why it does not.
  static func plan(
    _ layer: String, _ arguments: JSONValue, inputs: [Shape]
  ) throws -> LayerPlan {
    let text = String(decoding: try JSONText.encode(arguments), as: UTF8.self)
    // JSON is YAML.
    let (nodes, errors) = model("  - {\"\(layer)\": \(text)}")
    guard let node = nodes.first, case .layer(let component) = node.kind,
      let type = LayerRegistry.standard.find(layer)
    else { throw ShapeMismatch(errors.joined(separator: "; ")) }
    return try type.init(component.arguments).plan(inputs)
  }
}
