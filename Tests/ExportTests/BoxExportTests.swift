import DataSchema
import Export
import Foundation
import Graph
import MadeWeights
import Tasks
import Testing
import Weights

/// Detectors as ONNX. The structure is checked here; `make test-onnx` compares the boxes with torchvision's.
@Suite struct BoxExportTests {
  /// As `Tests/Fixtures/models/make_fcos.py` writes it.
  private struct Values: Decodable {
    let height: Int
    let width: Int
    let classes: Int
    let boxes: [Int]
    let score_threshold: Double
    let nms_threshold: Double
    let candidates: Int
    let most: Int
    let detections: [[[Double]]]
  }

  private func reading(_ decoding: BoxDecoding) -> ONNXExport.Reading {
    ONNXExport.Reading(
      link: .identity, prediction: .outputs, target: .boxes(.init([], ids: [], most: 1)),
      boxes: decoding)
  }

  private func graph(
    _ classes: Int, channels: Int = 32, height: Int, width: Int
  ) throws -> Graph {
    try Exported.graph(
      "{fcos: {backbone: resnet18, channels: \(channels), classes: \(classes)}}",
      [[3, height, width]])
  }

  private func weights(_ graph: Graph) -> [SafeTensors.Entry] {
    graph.parameters.filter { $0.spec.role != .counter }.map {
      Exported.entry($0.name, $0.spec.shape, MadeWeights.values($0.name, $0.spec.shape))
    }
  }

  @Test func theFileGivesBoxes() throws {
    let golden = try JSONDecoder().decode(
      Values.self,
      from: Data(contentsOf: Exported.fixtures.appending(path: "models/fcos.model.json")))
    let graph = try graph(golden.classes, height: golden.height, width: golden.width)
    let decoding = BoxDecoding(
      scoreThreshold: golden.score_threshold, nmsThreshold: golden.nms_threshold,
      candidates: golden.candidates, most: golden.most)
    let file = try Exported.file(graph, weights(graph), reading(decoding))
    let summary = try ONNXCheck.check(file)
    #expect(
      summary.outputs == [
        "boxes": "float[detections, 4]", "labels": "int64[detections]",
        "scores": "float[detections]", "batch": "int64[detections]",
      ])
    // The heads of the five levels share their weights, which are stored once.
    #expect(file.count < 4 * graph.parameterCount * 11 / 10)
    let shape = [golden.boxes.count, 3, golden.height, golden.width]
    try Exported.write(
      "boxes", file,
      Exported.Case(
        inputs: [
          "input0": Exported.input("boxes", shape, MadeWeights.images(shape.reduce(1, *)))
        ], output: "boxes", expected: [], stride: 1, tolerance: 1e-3,
        detections: golden.detections))
  }

  @Test func fewPointsAndFewBoxesAreAllowed() throws {
    let graph = try graph(1, channels: 64, height: 32, width: 32)
    let decoding = BoxDecoding(scoreThreshold: 0, nmsThreshold: 1, candidates: 2, most: 1000)
    let summary = try ONNXCheck.check(
      Exported.file(graph, weights(graph), reading(decoding)))
    #expect(summary.outputs["boxes"] == "float[detections, 4]")
  }
}
