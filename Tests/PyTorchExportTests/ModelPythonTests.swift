import ExperimentConfig
import Foundation
import Graph
import MadeWeights
import PyTorchExport
import Testing
import Torch

/// The models that ship with the program, in Python. `make test-pytorch` compares their outputs with torchvision's.
@Suite struct ModelPythonTests {
  private struct Values: Decodable {
    let size: Int
    let batch: Int
    let classes: Int?
    let stride: Int?
    let evaluation: JSONValue
  }

  /// What `Tests/Fixtures/models/make_torchvision.py` wrote values of.
  static let fixtures: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: Python.fixtures.appending(path: "models").path)
    let suffix = ".values.json"
    return (names ?? []).filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
      .sorted()
  }()

  private static let arguments = [
    "resnet20-B": "shortcut: B",
    "unet-bilinear": "depth: 3, width: 16, norm: group, upsampling: bilinear",
    "unet-plain": "depth: 2, width: 12, norm: none",
  ]

  @Test(arguments: fixtures) func everyModelIsWritten(fixture: String) throws {
    let golden = try JSONDecoder().decode(
      Values.self,
      from: Data(contentsOf: Python.fixtures.appending(path: "models/\(fixture).values.json")))
    let name = fixture.split(separator: "-")[0]
    let arguments =
      ["classes: \(golden.classes ?? 10)"] + (Self.arguments[fixture].map { [$0] } ?? [])
    let shape = [3, golden.size, golden.size]
    let model = try Python.model("{\(name): {\(arguments.joined(separator: ", "))}}", [shape])
    let python = try model.python()
    let needed = Set(model.graph.needed(for: [model.graph.mainOutput.source]))
    #expect(
      python.parameters
        == Set(model.graph.parameters.filter { needed.contains($0.node) }.map(\.name)))
    #expect(python.text.contains("class Model(nn."))
    // Classes for blocks, not a line for each layer.
    let lines = python.text.split(separator: "\n").count
    #expect(lines < 260, "\(lines) lines")
    guard Python.folder != nil else { return }
    let weights = model.graph.parameters.filter { $0.spec.role != .counter }.map {
      Python.entry($0.name, $0.spec.shape, MadeWeights.values($0.name, $0.spec.shape))
    }
    let size = [golden.batch] + shape
    try Python.write(
      "model-\(fixture)", python, weights + Python.counters(model.graph),
      inputs: [MadeWeights.images(size.reduce(1, *))], shapes: [size],
      expected: Self.numbers(golden.evaluation), stride: golden.stride ?? 1, tolerance: 1e-5)
    let state = try model.graph.parameters.filter { $0.spec.role != .counter }.map {
      ($0, try Tensor(MadeWeights.values($0.name, $0.spec.shape), shape: $0.spec.shape))
    }
    try Script.write(
      "model-\(fixture)", Script.file(model.graph, [state]),
      input: MadeWeights.images(size.reduce(1, *)), shape: size,
      expected: Self.numbers(golden.evaluation), stride: golden.stride ?? 1, tolerance: 1e-5)
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }

  /// Of several outputs, those of the main one.
  private static func numbers(_ value: JSONValue) -> [Double] {
    switch value {
    case .array(let values): values.compactMap(number)
    case .object(let outputs): outputs["out"].map(numbers) ?? []
    default: []
    }
  }
}
