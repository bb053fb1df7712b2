import Execution
import Foundation
import Graph
import PyTorchExport
import Tasks
import Torch

/// Models as TorchScript files, which LibTorch runs here and `make test-pytorch` in Python.
enum Script {
  /// The tensors of a model, by their names in a file.
  typealias Values = (parameter: Graph.Parameter, tensor: Tensor)

  /// The file of models that answer together.
  ///
  /// - Parameters:
  ///   - states: the tensors of each model.
  ///   - prefixes: what their names begin with.
  static func file(
    _ graph: Graph, _ states: [[Values]], prefixes: [String] = [""], link: ScoreLink = .softmax
  ) throws -> [UInt8] {
    let source = try ScriptSource(graph, members: prefixes, link: link, prediction: .outputs)
    let tensors = zip(prefixes, states).flatMap { prefix, state in
      state.filter {
        source.parameters.contains($0.parameter.name) && $0.parameter.spec.role != .counter
      }.map {
        ScriptModule.Named(
          prefix + ScriptSource.path($0.parameter.name), $0.tensor,
          isParameter: $0.parameter.spec.role == .parameter)
      }
    }
    return try ScriptModule.serialize(source.text, tensors: tensors, metadata: "{}")
      .flatMap(\.self)
  }

  /// The outputs of a file for a batch.
  static func outputs(_ file: [UInt8], _ input: Tensor) throws -> Tensor {
    try withNoGrad { try ScriptModule(file)(input) }
  }

  /// The largest difference, relative to the largest value.
  static func difference(_ tensor: Tensor, _ expected: [Double]) throws -> Double {
    let values = try tensor.detach().to(.float32).floats()
    guard values.count == expected.count else { return .infinity }
    let largest = max(expected.map(abs).max() ?? 0, 1e-30)
    return (zip(values, expected).map { abs(Double($0) - $1) }.max() ?? 0) / largest
  }

  /// Writes a file and its case for `scripts/run-pytorch`, if there is a folder for them.
  static func write(
    _ name: String, _ file: [UInt8], input: [Float], shape: [Int], expected: [Double],
    stride: Int = 1, tolerance: Double, dependsOnBatch: Bool = false
  ) throws {
    guard let folder = Python.folder?.appending(path: "script-\(name)") else { return }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(file).write(to: folder.appending(path: "model.pt"))
    try Python.write(
      Python.Case(
        inputs: [Python.Case.Values(shape: shape, file: "input0")], expected: expected,
        stride: stride, tolerance: tolerance, dependsOnBatch: dependsOnBatch),
      inputs: [input], to: folder)
  }
}
