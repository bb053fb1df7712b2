import DataSchema
import Execution
import ExperimentConfig
import Foundation
import Graph
import MadeWeights
import Tasks
import Testing
import Torch
import Training

/// FCOS on a small residual network against torchvision's: outputs, losses, one step and the boxes found.
@Suite(.serialized) struct FCOSTests {
  /// As `make_fcos.py` writes it.
  private struct Values: Decodable {
    let height: Int
    let width: Int
    let classes: Int
    let boxes: [Int]
    let stride: Int
    let score_threshold: Double
    let nms_threshold: Double
    let candidates: Int
    let most: Int
    let evaluation: [Double]
    let detections: [[[Double]]]
    let losses: [Double]
    let learning_rate: Double
    let steps: [String: Double]
  }

  private func graph(_ arguments: String = "classes: 5", height: Int, width: Int) throws -> Graph {
    try ModelFiles.graph(
      "fcos", "backbone: resnet18, channels: 32, \(arguments)", image: [3, height, width])
  }

  @Test func outputsAndLossesAndOneStepOfSGD() throws {
    let golden = try JSONDecoder().decode(Values.self, from: ModelFiles.read("fcos.model.json"))
    let graph = try graph(height: golden.height, width: golden.width)
    let images = golden.boxes.count
    let shape = [images, 3, golden.height, golden.width]
    let input = try Tensor(MadeWeights.images(shape.reduce(1, *)), shape: shape)
    let decoding = BoxDecoding(
      scoreThreshold: golden.score_threshold, nmsThreshold: golden.nms_threshold,
      candidates: golden.candidates, most: golden.most)
    do {
      let model = try ModelFiles.made(graph, .float32)
      try withInferenceMode { () throws -> Void in
        let outputs = try model(input)
        let values = try outputs.contiguous().floats()
        let sample = stride(from: 0, to: values.count, by: golden.stride).map { values[$0] }
        ModelFiles.expectClose(sample, golden.evaluation, "outputs")
        let plan = try model.inferencePlan(rows: images)(input).floats()
        ModelFiles.expectClose(
          stride(from: 0, to: plan.count, by: golden.stride).map { plan[$0] }, golden.evaluation,
          "inference plan")
        let found = try BoxDecoder(decoding, input: Array(shape.dropFirst())).boxes(
          outputs, PointCase.placements(images, golden.height, golden.width))
        PointCase.expectSame(found, golden.detections, within: 1e-3, "the model")
      }
    }
    let model = try ModelFiles.made(graph, .float64)
    let outputs = try model(
      [input.to(.float64)], training: TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1))
    let targets = try PointCase.targets(
      "model", golden.boxes, golden.height, golden.width, golden.classes
    ).to(.float64)
    let loss = try LossFunction(
      PointCase.objective(classes: golden.classes), width: golden.classes,
      input: Array(shape.dropFirst()), device: .cpu, dtype: .float64)
    let value = try loss(outputs, targets)
    let expected = golden.losses.reduce(0, +)
    #expect(abs(try value.item() - expected) <= 1e-6 * expected)
    try value.backward()
    var options = SGDOptions()
    options.lr = golden.learning_rate
    try fusedSGD(
      model.parameters.map(\.tensor), momentumBuffers: [], isFirstStep: true, options: options)
    try ModelFiles.expectSteps(model, golden.steps)
  }

  @Test func theHeadsOfAllLevelsAreOne() throws {
    let graph = try graph(height: 240, width: 320)
    #expect(graph.shape(of: graph.mainOutput.source) == [1606, 10])
    let names = graph.parameters.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.hasPrefix("backbone.") || $0.hasPrefix("head.") })
    #expect(
      graph.headParameters
        == [
          "head.classification_head.cls_logits.weight", "head.classification_head.cls_logits.bias",
        ])
    let part = try #require(graph.parts.first { $0.model == "resnet18" })
    #expect(part.path == "backbone.body")
    #expect(part.omitted.map(\.name) == ["fc.weight", "fc.bias"])
    let counts = graph.nodes.reduce(0) { $0 + $1.ownParameterCount }
    #expect(counts == graph.parameterCount)
  }

  @Test(arguments: [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2",
    "resnext50_32x4d",
  ])
  func everyBackboneFits(name: String) throws {
    let graph = try ModelFiles.graph(
      "fcos", "backbone: \(name), channels: 64, convs: 2, classes: 3", image: [3, 333, 250])
    let points = [8, 16, 32, 64, 128].reduce(0) {
      $0 + (333 + $1 - 1) / $1 * ((250 + $1 - 1) / $1)
    }
    #expect(graph.shape(of: graph.mainOutput.source) == Shape([points, 8]))
  }
}
