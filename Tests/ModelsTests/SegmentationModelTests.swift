import Diagnostics
import Execution
import ExperimentConfig
import Foundation
import Graph
import MadeWeights
import Models
import Testing
import Torch

/// The segmentation models that ship with the program, against torchvision's and against a U-Net in PyTorch.
@Suite(.serialized) struct SegmentationModelTests {
  /// As `make_torchvision.py` writes it.
  private struct Values: Decodable {
    let size: Int
    let batch: Int
    let classes: Int
    let stride: Int
    let learning_rate: Double
    let evaluation: [String: [Double]]
    let training: [String: [Double]]
    let loss: Double
    let steps: [String: Double]
  }

  private func graph(
    _ reference: ModelFiles.Reference, _ golden: Values
  ) throws -> Graph {
    let zeros = reference.model.schema.arguments.fields.map(\.name)
      .filter { $0.hasSuffix("dropout") }
    return try reference.graph(
      ["classes: \(golden.classes)"] + zeros.map { "\($0): 0" },
      image: [3, golden.size, golden.size])
  }

  @Test(arguments: ModelFiles.references.filter(\.isSegmentation))
  func outputsAndOneStepOfSGD(reference: ModelFiles.Reference) throws {
    let name = reference.fixture
    let golden = try JSONDecoder().decode(Values.self, from: ModelFiles.read("\(name).values.json"))
    let graph = try graph(reference, golden)
    let (size, classes) = (golden.size, golden.classes)
    #expect(graph.shape(of: graph.mainOutput.source) == Shape([classes, size, size]))
    guard ModelFiles.computes(graph, name, upTo: 5_000_000) else { return }
    // The main output has the name of the target.
    func named(_ outputs: [String: [Double]]) -> [String: [Double]] {
      Dictionary(uniqueKeysWithValues: outputs.map { ($0 == "out" ? "label" : $0, $1) })
    }
    func compare(_ ours: [String: Tensor], _ theirs: [String: [Double]], _ what: String) throws {
      #expect(Set(ours.keys) == Set(named(theirs).keys))
      for (output, expected) in named(theirs) {
        let tensor = try #require(ours[output])
        #expect(tensor.shape == [golden.batch, classes, size, size])
        let values = try tensor.detach().to(.float32).contiguous().floats()
        let sample = stride(from: 0, to: values.count, by: golden.stride).map { values[$0] }
        ModelFiles.expectClose(sample, expected, "\(name), \(output), \(what)")
      }
    }
    let shape = [golden.batch, 3, size, size]
    let images = try Tensor(MadeWeights.images(shape.reduce(1, *)), shape: shape)
    let labels = try Tensor(
      (0..<(golden.batch * size * size)).map { Int64($0 * 7 / 3 % classes) }, device: .cpu
    ).view([golden.batch, size, size])

    do {
      let model = try ModelFiles.made(graph, .float32)
      try withInferenceMode { () throws -> Void in
        let outputs = try model.outputs([images])
        try compare(outputs, golden.evaluation, "evaluation")
        let main = try #require(golden.evaluation["out"])
        try compare(["label": model(images)], ["out": main], "evaluation of the main output")
        let plan = try model.inferencePlan(rows: golden.batch)
        try compare(["label": plan(images)], ["out": main], "inference plan")
      }
    }
    let model = try ModelFiles.made(graph, .float64)
    let place = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    let outputs = try model.outputs([images.to(.float64)], training: place)
    try compare(outputs, golden.training, "training")
    var loss = try #require(outputs["label"]).crossEntropy(target: labels)
    // As torchvision's reference script.
    if let aux = outputs["aux"] {
      loss = try loss.add(aux.crossEntropy(target: labels).mul(0.5))
    }
    #expect(abs(try loss.item() - golden.loss) <= 1e-6 * golden.loss)
    try loss.backward()
    var options = SGDOptions()
    options.lr = golden.learning_rate
    try fusedSGD(
      model.parameters.map(\.tensor), momentumBuffers: [], isFirstStep: true, options: options)
    try ModelFiles.expectSteps(model, golden.steps)
  }

  @Test(arguments: [
    ("fcn_resnet50", ["classifier.4", "aux_classifier.4"]),
    ("deeplabv3_resnet50", ["classifier.4", "aux_classifier.4"]),
    ("lraspp_mobilenet_v3_large", ["classifier.low_classifier", "classifier.high_classifier"]),
    ("unet", ["classifier"]),
  ])
  func theHeadIsWhatTheClassesDecide(model: String, head: [String]) throws {
    func shapes(_ classes: Int) throws -> [String: [Int]] {
      let graph = try ModelFiles.graph(model, "classes: \(classes)", image: [3, 64, 64])
      #expect(
        graph.headParameters == Set(head.flatMap { ["\($0).weight", "\($0).bias"] }))
      return Dictionary(uniqueKeysWithValues: graph.parameters.map { ($0.name, $0.spec.shape) })
    }
    let few = try shapes(3)
    let changed = try shapes(4).filter { few[$0.key] != $0.value }
    #expect(Set(changed.keys) == Set(head.flatMap { ["\($0).weight", "\($0).bias"] }))
  }

  @Test func theBackbonesClassifierIsLeftOut() throws {
    let graph = try ModelFiles.graph("fcn_resnet50", "classes: 21", image: [3, 64, 64])
    let part = try #require(graph.parts.first)
    #expect(graph.parts.count == 1)
    #expect(part.model == "resnet50")
    #expect(part.path == "backbone")
    #expect(part.omitted.map(\.name) == ["fc.weight", "fc.bias"])
    #expect(part.omitted.map(\.shape) == [[1000, 2048], [1000]])
  }

  @Test(arguments: [32, 16, 8])
  func anOutputStrideKeepsTheSize(stride: Int) throws {
    let graph = try ModelFiles.graph(
      "resnet50", "classes: 10, output_stride: \(stride)", image: [3, 128, 128])
    let last = try #require(graph.nodes.last { $0.path.hasPrefix("layer4.") })
    #expect(last.output == [2048, 128 / stride, 128 / stride])
  }

  @Test(arguments: [
    ("transposed", 4, 64, true), ("bilinear", 4, 40, false), ("transposed", 2, 40, true),
    ("transposed", 6, 96, false),
  ])
  func heightAndWidthHaveToBeHalved(
    upsampling: String, depth: Int, size: Int, fits: Bool
  ) throws {
    let arguments = "classes: 2, width: 8, depth: \(depth), upsampling: \(upsampling)"
    if fits {
      let graph = try ModelFiles.graph("unet", arguments, image: [3, size, size])
      #expect(graph.shape(of: graph.mainOutput.source) == [2, size, size])
    } else {
      #expect(throws: InputError.self) {
        try ModelFiles.graph("unet", arguments, image: [3, size, size])
      }
    }
  }
}
