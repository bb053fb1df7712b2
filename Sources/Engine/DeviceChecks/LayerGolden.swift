import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Graph
import Planning
import Torch

/// Cases of one layer with what PyTorch computes for them in float64: `Tests/Fixtures/layers/<layer>.json`, made by
/// make.py beside it.
package struct LayerGolden: Decodable {
  /// A tensor in a file.
  package struct Values: Decodable {
    package let shape: [Int]
    package let data: [Double]

    package func tensor(
      requiresGrad: Bool = false, dtype: ScalarType = .float64, device: Device = .cpu
    ) throws -> Tensor {
      let tensor = try Tensor(data, shape: shape).to(dtype).to(device)
      if requiresGrad { try tensor.setRequiresGrad(true) }
      return tensor
    }
  }

  package struct Case: Decodable {
    package let name: String
    package let arguments: [String: JSONValue]
    package let inputs: [Values]
    package let parameters: [String: Values]
    package let buffers: [String: Values]
    package let training: Bool
    package let output: Values
    package let buffersAfter: [String: Values]
    package let gradOutput: Values
    package let gradInputs: [Values]
    package let gradParameters: [String: Values]
  }

  package let layer: String
  package let cases: [Case]

  /// - Parameter folder: the one of the files.
  package init(_ layer: String, in folder: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(
      LayerGolden.self, from: Data(contentsOf: URL(filePath: "\(folder)/\(layer).json")))
  }

  /// The layers that have a file: all but those whose computation comes from a file of the user.
  package static let layers = LayerRegistry.standard.schemas.map(\.name).filter {
    $0 != "torchscript"
  }

  /// The operation that a layer with these arguments becomes for these inputs.
  package static func plan(
    _ layer: String, _ arguments: [String: JSONValue], inputs: [[Int]]
  ) throws -> LayerPlan {
    // JSON is YAML.
    let text = String(decoding: try JSONText.encode(JSONValue.object(arguments)), as: UTF8.self)
    return try plan(layer, text, inputs: inputs)
  }

  /// The operation that a layer with these arguments, written in YAML, becomes for these inputs.
  package static func plan(_ layer: String, _ text: String, inputs: [[Int]]) throws -> LayerPlan {
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

extension LayerGolden.Case {
  /// Where a value of the case stands.
  package enum Place: Equatable {
    case input(Int)
    case parameter(String)
  }

  /// The inputs and parameters.
  package var differentiated: [(Place, LayerGolden.Values)] {
    inputs.enumerated().map { (.input($0), $1) }
      + parameters.sorted { $0.key < $1.key }.map { (.parameter($0.key), $0.value) }
  }
}
