import Attribution
import Diagnostics
import Execution
import ExperimentConfig
import Foundation
import Graph
import MadeWeights
import Planning
import Testing
import Torch

/// What `Tests/Fixtures/attribution/make.py` wrote of a network, and the same network here.
struct AttributionGolden: Decodable {
  let shape: [Int]
  let target: Int
  let stride: Int
  let window: [Int]
  let score: Double
  let baseline: Double
  let maps: [String: [Double]]
  let spearman: [Spearman]

  /// The rank correlation of two maps.
  struct Spearman: Decodable {
    let first: String
    let second: String
    let value: Double

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      first = try list.decode(String.self)
      second = try list.decode(String.self)
      value = try list.decode(Double.self)
    }
  }

  /// The networks of the script, in the language of experiments.
  static let models = [
    "resnet18": "{resnet18: {classes: 10}}",
    "cnn": """
    [conv2d: {out_channels: 8, kernel_size: 3, padding: 1}, relu, max_pool2d: 2,
     conv2d: {out_channels: 12, kernel_size: 3}, relu, max_pool2d: 2, flatten, linear: 32, relu, linear: 10]
    """,
    "segmentation": """
    [conv2d: {out_channels: 8, kernel_size: 3, padding: 1}, relu,
     conv2d: {out_channels: 4, kernel_size: 3, padding: 1}]
    """,
  ]

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/attribution")
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: folder.appending(path: "\(name).json")))
  }

  static func graph(_ model: String, _ shape: [Int]) throws -> Graph {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let file = SourceFile(name: "test.yaml", text: "data: {dataset: mnist}\nmodel: \(model)\n")
    guard let loaded = loader.load(file, into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: [Graph.Input("image", Shape(shape))], output: "label",
        requirement: nil, registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return graph
  }

  /// The network with the weights that the script gave it.
  static func attribution(_ graph: Graph) throws -> Attribution {
    let model = try Model(graph, seed: 1)
    for (parameter, tensor) in model.state where parameter.spec.role != .counter {
      let values = try Tensor(
        MadeWeights.values(parameter.name, parameter.spec.shape), shape: parameter.spec.shape)
      try withNoGrad { () throws -> Void in try tensor.copy(from: values) }
    }
    return try Attribution(model)
  }

  static func image(_ shape: [Int]) throws -> Tensor {
    try Tensor(MadeWeights.images(shape.reduce(1, *)), shape: [1] + shape)
  }

  /// Expects every `stride`-th value within 1e-5 of the largest of the map.
  func expect(
    _ map: Tensor, _ method: String, sourceLocation: SourceLocation = #_sourceLocation
  )
    throws
  {
    let expected = try #require(maps[method])
    let values = try map.contiguous().floats()
    let sample = Swift.stride(from: 0, to: values.count, by: stride).map { Double(values[$0]) }
    #expect(sample.count == expected.count, sourceLocation: sourceLocation)
    let scale = expected.map(abs).max() ?? 0
    #expect(scale > 0, "a map of zeros shows nothing", sourceLocation: sourceLocation)
    let difference = zip(sample, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(
      difference <= 1e-5 * scale, "\(method): \(difference) of \(scale)",
      sourceLocation: sourceLocation)
  }
}
