import Foundation
import Testing
import Torch

/// All suites of this target, one test after another: they count the process's tensors and switch
/// its modes.
@Suite(.serialized) struct TorchTests {}

/// The numbers in `Tests/Fixtures/torch/NAME.json`, which `make_goldens.py` there wrote.
func goldens<Value: Decodable>(_ name: String) throws -> [String: Value] {
  let file = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/torch/\(name).json")
  return try JSONDecoder().decode([String: Value].self, from: Data(contentsOf: file))
}

/// `start`, `start + step`, …: numbers that float32 holds exactly, as in `make_goldens.py`.
func ramp(_ shape: [Int], start: Float = -1, step: Float = 0.0625) throws -> Tensor {
  let count = shape.reduce(1, *)
  return try Tensor((0..<count).map { start + step * Float($0) }, shape: shape)
}

/// The largest difference between the elements of `tensor` and `expected`; infinite if their counts
/// differ.
func distance(_ tensor: Tensor, _ expected: [Double]) throws -> Double {
  let values = try tensor.doubles()
  guard values.count == expected.count else { return .infinity }
  return zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
