import ExperimentConfig
import Foundation

/// What a layer computes in PyTorch: one case of `Tests/Fixtures/layers/LAYER.json`.
struct LayerCase: Decodable {
  struct Values: Decodable {
    let shape: [Int]
    let data: [Double]
    var floats: [Float] { data.map { Float($0) } }
  }

  private struct Golden: Decodable {
    let cases: [LayerCase]
  }

  let name: String
  let arguments: JSONValue
  let inputs: [Values]
  let parameters: [String: Values]
  let buffers: [String: Values]
  let training: Bool
  let output: Values

  static func all(of layer: String) throws -> [LayerCase] {
    try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: Python.fixtures.appending(path: "layers/\(layer).json"))
    ).cases
  }
}
