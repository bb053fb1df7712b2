import DataSchema
import Diagnostics
import ExperimentConfig
import Export
import Foundation
import Graph
import Models
import Tables
import Tasks
import Testing
import Weights

enum Exported {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  /// Where `make test-onnx` wants the files that it runs; `nil` in other tests.
  static let folder = ProcessInfo.processInfo.environment["RUNNER_ONNX"].flatMap {
    $0.isEmpty ? nil : URL(filePath: $0)
  }

  static let opset =
    ProcessInfo.processInfo.environment["RUNNER_OPSET"].flatMap(Int.init)
    ?? ONNXModel.standardOpset

  /// The graph of a model for inputs of these shapes, named `input0` and so on.
  ///
  /// - Parameter model: in YAML, the list of layers or a built-in model.
  static func graph(_ model: String, _ inputs: [[Int]]) throws -> Graph {
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
    let text = "data: {dataset: anything}\nmodel: \(model)\n"
    guard let loaded = loader.load(SourceFile(name: "test.yaml", text: text), into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model,
        inputs: inputs.enumerated().map { Graph.Input("input\($0)", Shape($1)) }, output: "label",
        requirement: nil, registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return graph
  }

  /// A model's outputs are numbers.
  static let numbers = ONNXExport.Reading(
    link: .identity, prediction: .outputs, target: .numbers([]))

  /// The file of a model.
  ///
  /// - Parameters:
  ///   - ranges: those of the values of layers, for a model of integers.
  ///   - encoder: what the columns of a table are encoded by, for a model that takes them.
  static func file(
    _ graph: Graph, _ weights: [SafeTensors.Entry], _ reading: ONNXExport.Reading = numbers,
    ranges: [Graph.Source: ActivationRange] = [:], encoder: FittedEncoder? = nil
  ) throws -> [UInt8] {
    var member = ONNXExport.Member(
      name: "", weights: Dictionary(weights.map { ($0.name, $0) }) { first, _ in first },
      pipeline: nil)
    member.ranges = ranges
    member.encoder = encoder
    let input = encoder.map { ONNXExport.Input.columns($0, missing: ["", "NA"]) } ?? .tensor
    let model = try ONNXExport(graph, reading, input: input, opset: opset)
      .model(of: [member], name: "test", version: "test", metadata: [("key", "value")])
    return try model.pieces().flatMap(\.self)
  }

  static func entry(_ name: String, _ shape: [Int], _ values: [Float]) -> SafeTensors.Entry {
    SafeTensors.Entry(
      name: name, type: .float32, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
  }

  /// A case for `make test-onnx`: the model beside it is run on the inputs.
  struct Case: Encodable {
    struct Input: Encodable {
      let file: String
      let type: String
      let shape: [Int]
    }

    let inputs: [String: Input]
    let output: String
    /// Every `stride`-th value that the reference gives.
    let expected: [Double]
    let stride: Int
    /// Relative to the largest value; 0 for equality.
    let tolerance: Double
    /// Whether an example's output depends on the other examples.
    var dependsOnBatch = false
    /// Of a detector, the boxes that begin those of each image: score, class and edges.
    var detections: [[[Double]]]?
  }

  /// Writes a case, if there is a folder for it.
  static func write(_ name: String, _ file: [UInt8], _ item: @autoclosure () throws -> Case) throws
  {
    guard let folder else { return }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(file).write(to: folder.appending(path: "\(name).onnx"))
    try JSONEncoder().encode(item()).write(to: folder.appending(path: "\(name).json"))
  }

  /// Writes texts as an input of a case and returns its description.
  static func input(_ name: String, _ shape: [Int], texts: [String]) throws -> Case.Input {
    if let folder {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try JSONEncoder().encode(texts).write(to: folder.appending(path: "\(name).txt"))
    }
    return Case.Input(file: "\(name).txt", type: "str", shape: shape)
  }

  /// Writes an input of a case and returns its description.
  static func input(
    _ name: String, _ shape: [Int], _ values: [some BitwiseCopyable]
  ) throws -> Case.Input {
    let type = values is [UInt8] ? "uint8" : "float32"
    if let folder {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try values.withUnsafeBytes { Data($0) }.write(to: folder.appending(path: "\(name).bin"))
    }
    return Case.Input(file: "\(name).bin", type: type, shape: shape)
  }
}
