import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Graph
import Planning
import Torch

/// `Tests/Fixtures/layers/<layer>.json`, made by PyTorch (see make.py beside it).
struct LayerGolden: Decodable {
  struct Values: Decodable {
    let shape: [Int]
    let data: [Double]

    func tensor(requiresGrad: Bool = false) throws -> Tensor {
      let tensor = try Tensor(data, shape: shape)
      if requiresGrad { try tensor.setRequiresGrad(true) }
      return tensor
    }
  }

  struct Case: Decodable {
    let name: String
    let arguments: [String: JSONValue]
    let inputs: [Values]
    let parameters: [String: Values]
    let buffers: [String: Values]
    let training: Bool
    let output: Values
    let buffersAfter: [String: Values]
    let gradOutput: Values
    let gradInputs: [Values]
    let gradParameters: [String: Values]
  }

  let layer: String
  let cases: [Case]

  var testDescription: String { layer }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/layers")

  static func load(_ layer: String) throws -> LayerGolden {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      LayerGolden.self, from: Data(contentsOf: folder.appending(path: "\(layer).json")))
  }

  /// The operation that a layer with these arguments becomes for these inputs.
  static func plan(
    _ layer: String, _ arguments: [String: JSONValue], inputs: [[Int]]
  ) throws -> LayerPlan {
    // JSON is YAML.
    let text = String(decoding: try JSONText.encode(JSONValue.object(arguments)), as: UTF8.self)
    return try plan(layer, text, inputs: inputs)
  }

  /// The operation that a layer with these arguments, written in YAML, becomes for these inputs.
  static func plan(_ layer: String, _ text: String, inputs: [[Int]]) throws -> LayerPlan {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let file = SourceFile(
      name: "golden.yaml", text: "data: {dataset: mnist}\nmodel:\n  - \(layer): \(text)\n")
    guard let loaded = loader.load(file, into: diagnostics),
      case .layer(let component) = loaded.experiment.model[0].kind,
      let type = LayerRegistry.standard.find(layer)
    else { throw InputError(diagnostics.sorted) }
    return try type.init(component.arguments).plan(inputs.map { Shape(Array($0.dropFirst())) })
  }
}
