import Diagnostics
import ExperimentConfig
import Foundation
import Graph
import MadeWeights
import Models
import PyTorchExport
import Testing
import Weights

/// Models as Python files. The text is checked here; `make test-pytorch` runs them and compares their outputs.
enum Python {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  /// Where `make test-pytorch` wants the models that it runs; `nil` in other tests.
  static let folder = ProcessInfo.processInfo.environment["RUNNER_PYTORCH"].flatMap {
    $0.isEmpty ? nil : URL(filePath: $0)
  }

  static let updates = ProcessInfo.processInfo.environment["RUNNER_UPDATE_FIXTURES"] == "1"

  /// A model that was read from YAML.
  struct Model {
    let graph: Graph
    let blocks: [String: String]

    func python(_ title: String = "A model.") throws -> PyTorchModel {
      try PyTorchModel(graph, blocks: blocks, title: [title])
    }
  }

  /// - Parameters:
  ///   - text: the value of `model:`, with `blocks:` after it if it needs some.
  ///   - inputs: the shapes of its inputs, named `input0` and so on.
  static func model(_ text: String, _ inputs: [[Int]]) throws -> Model {
    let catalog = Catalog(
      [
        .layer: LayerRegistry.standard.schemas,
        .dataset: [ComponentSchema("anything", doc: "A data set that is never opened.")],
        .transform: [ComponentSchema("to_tensor", doc: "")],
        .loss: [ComponentSchema("cross_entropy", doc: "")],
        .optimizer: OptimizerRegistry.schemas,
      ], models: Models.all)
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: 1)
    let file = SourceFile(name: "test.yaml", text: "data: {dataset: anything}\nmodel: \(text)\n")
    guard let loaded = loader.load(file, into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model,
        inputs: inputs.enumerated().map { Graph.Input("input\($0)", Shape($1)) }, output: "label",
        requirement: nil, registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return Model(graph: graph, blocks: PyTorchModel.blockNames(loaded.experiment.model))
  }

  /// What `scripts/run-pytorch` runs: the model on inputs, whose outputs are compared with others.
  struct Case: Encodable {
    struct Values: Encodable {
      let shape: [Int]
      let file: String
    }

    let inputs: [Values]
    /// Every `stride`-th value that the reference gives.
    let expected: [Double]
    let stride: Int
    /// Relative to the largest value.
    let tolerance: Double
    var dependsOnBatch = false
  }

  /// Writes a model with its weights and its case, if there is a folder for them.
  static func write(
    _ name: String, _ model: PyTorchModel, _ weights: [SafeTensors.Entry], inputs: [[Float]],
    shapes: [[Int]], expected: [Double], stride: Int = 1, tolerance: Double,
    dependsOnBatch: Bool = false
  ) throws {
    guard let folder = folder?.appending(path: name) else { return }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(model.text.utf8).write(to: folder.appending(path: "model.py"))
    let used = weights.filter { model.parameters.contains($0.name) }
    let pieces = try SafeTensors.encode(used, metadata: ["format": "pt"])
    try Data(pieces.flatMap(\.self)).write(to: folder.appending(path: "weights.safetensors"))
    let item = Case(
      inputs: shapes.enumerated().map { Case.Values(shape: $1, file: "input\($0)") },
      expected: expected, stride: stride, tolerance: tolerance, dependsOnBatch: dependsOnBatch)
    try write(item, inputs: inputs, to: folder)
  }

  /// Writes a case with its inputs.
  static func write(_ item: Case, inputs: [[Float]], to folder: URL) throws {
    for (values, place) in zip(inputs, item.inputs) {
      try values.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: place.file))
    }
    try JSONEncoder().encode(item).write(to: folder.appending(path: "case.json"))
  }

  static func entry(_ name: String, _ shape: [Int], _ values: [Float]) -> SafeTensors.Entry {
    SafeTensors.Entry(
      name: name, type: .float32, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
  }

  /// The counters of a model, which PyTorch wants, too.
  static func counters(_ graph: Graph) -> [SafeTensors.Entry] {
    graph.parameters.filter { $0.spec.role == .counter }.map {
      SafeTensors.Entry(
        name: $0.name, type: .int64, shape: [], bytes: Array(repeating: 0, count: 8))
    }
  }

  /// Compares a text with a fixture, or writes the fixture.
  static func compare(_ text: String, _ name: String) throws {
    let path = fixtures.appending(path: "pytorch/\(name)")
    if updates { try Data(text.utf8).write(to: path) }
    let expected = String(decoding: try Data(contentsOf: path), as: UTF8.self)
    #expect(text == expected, "\(name) differs; RUNNER_UPDATE_FIXTURES=1 rewrites it")
  }
}
