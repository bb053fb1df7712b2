import ExperimentConfig
import Export
import Foundation
import Graph
import MadeWeights
import Models
import Testing

/// The models that ship with the program as ONNX. The structure is checked here; `make test-onnx` compares the
/// outputs with torchvision's.
@Suite struct ModelExportTests {
  private struct Values: Decodable {
    let size: Int
    let batch: Int
    let classes: Int?
    let stride: Int?
    let evaluation: JSONValue
  }

  /// What `Tests/Fixtures/models/make_torchvision.py` wrote values of, with the arguments that differ.
  static let fixtures: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: Exported.fixtures.appending(path: "models").path)
    let suffix = ".values.json"
    return (names ?? []).filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
      .sorted()
  }()

  private static let arguments = [
    "resnet20-B": "shortcut: B",
    "unet-bilinear": "depth: 3, width: 16, norm: group, upsampling: bilinear",
    "unet-plain": "depth: 2, width: 12, norm: none",
  ]

  @Test(arguments: fixtures) func theFileIsValid(fixture: String) throws {
    let golden = try JSONDecoder().decode(
      Values.self,
      from: Data(contentsOf: Exported.fixtures.appending(path: "models/\(fixture).values.json")))
    let model = fixture.split(separator: "-")[0]
    let arguments =
      ["classes: \(golden.classes ?? 10)"] + (Self.arguments[fixture].map { [$0] } ?? [])
    let shape = [3, golden.size, golden.size]
    let graph = try Exported.graph("{\(model): {\(arguments.joined(separator: ", "))}}", [shape])
    // Larger ones take long; make test-onnx writes all.
    if Exported.folder == nil, graph.parameterCount > 1_500_000 { return }
    let weights = graph.parameters.filter { $0.spec.role != .counter }.map {
      Exported.entry($0.name, $0.spec.shape, MadeWeights.values($0.name, $0.spec.shape))
    }
    let file = try Exported.file(graph, weights)
    let summary = try ONNXCheck.check(file)
    let output = graph.shape(of: graph.mainOutput.source).dims
    #expect(summary.outputs == ["values": ONNXType(.float, batchOf: output).description])
    // Batch normalisation is folded into the layers before it, and what is for training only is left out.
    #expect(summary.metadata == ["key": "value"])
    let size = [golden.batch] + shape
    try Exported.write(
      "model-\(fixture)", file,
      Exported.Case(
        inputs: [
          "input0": Exported.input(
            "model-\(fixture)", size, MadeWeights.images(size.reduce(1, *)))
        ], output: "values", expected: Self.numbers(golden.evaluation), stride: golden.stride ?? 1,
        tolerance: 1e-5))
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
