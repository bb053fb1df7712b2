import Attribution
import Diagnostics
import Execution
import Glibc
import Graph
import Testing
import Torch

/// The methods against captum's.
@Suite(.serialized) struct AttributionTests {
  private func target(
    _ golden: AttributionGolden, _ attribution: Attribution, _ input: Tensor
  ) throws -> AttributionTarget {
    let output = try attribution.output(input)
    return output.dim == 2
      ? .column(golden.target) : try #require(try .region(golden.target, in: output))
  }

  @Test(arguments: ["resnet18", "cnn", "segmentation"])
  func methodsAreCaptums(name: String) throws {
    let golden = try AttributionGolden(name)
    let model = try #require(AttributionGolden.models[name])
    let graph = try AttributionGolden.graph(model, golden.shape)
    let attribution = try AttributionGolden.attribution(graph)
    let input = try AttributionGolden.image(golden.shape)
    let target = try target(golden, attribution, input)
    let baseline = try Tensor.zeros(like: input)

    let score = try attribution.scores(input, target).sum().item()
    #expect(abs(score - golden.score) <= 1e-5 * max(1, abs(golden.score)))
    try golden.expect(attribution.saliency(input, target), "saliency")
    try golden.expect(attribution.inputTimesGradient(input, target), "input_x_gradient")
    let integrated = try #require(
      try attribution.integratedGradients(input, target, baseline: baseline))
    try golden.expect(integrated.attribution, "integrated_gradients")
    #expect(abs(integrated.scores.baseline - golden.baseline) <= 1e-5)
    let occlusion = try #require(
      try attribution.occlusion(
        input, target, baseline: baseline,
        window: OcclusionWindow(size: golden.window[0], stride: golden.window[1])))
    try golden.expect(occlusion, "occlusion")

    let layer = try graph.spatialNode()
    for (kind, method) in [
      (ClassActivation.gradCAM, "grad_cam"), (.gradCAMPlusPlus, "grad_cam_plus_plus"),
      (.layerCAM, "layer_cam"), (.hiResCAM, "hires_cam"),
    ] {
      let map = try attribution.classActivation(kind, input, target, layer: layer)
      #expect(map.shape == Array(golden.shape.dropFirst()))
      try golden.expect(map, method)
    }
  }

  /// The gradients of each image of a batch are those of the image alone.
  @Test func severalImagesHaveTheMapsOfEach() throws {
    let graph = try AttributionGolden.graph(AttributionGolden.models["cnn"] ?? "", [3, 20, 20])
    let attribution = try AttributionGolden.attribution(graph)
    let first = try AttributionGolden.image([3, 20, 20])
    let second = try first.mul(-0.5)
    let maps = try attribution.gradCAM(Tensor.cat([first, second]), [.column(7), .column(2)])
    #expect(maps.shape == [2, 20, 20])
    let layer = try graph.spatialNode()
    let alone = try attribution.classActivation(.gradCAM, second, .column(2), layer: layer)
    #expect(try maps.narrow(dim: 0, start: 1, length: 1).floats() == alone.floats())
    #expect(try alone.floats().contains { $0 > 0 })
  }

  @Test func moreStepsReduceTheErrorOfTheIntegral() throws {
    let graph = try AttributionGolden.graph(AttributionGolden.models["cnn"] ?? "", [3, 20, 20])
    let attribution = try AttributionGolden.attribution(graph)
    let input = try AttributionGolden.image([3, 20, 20])
    let baseline = try Tensor.zeros(like: input)
    let errors = try [1, 200].map { steps in
      try #require(
        try attribution.integratedGradients(
          input, .column(7), baseline: baseline, steps: steps)
      ).completenessError
    }
    #expect(errors[1] < 0.01)
    #expect(errors[1] < errors[0])
  }

  @Test func layersAreChosenByTheGraphOrByName() throws {
    let graph = try AttributionGolden.graph(
      AttributionGolden.models["resnet18"] ?? "", [3, 64, 64])
    let last = try #require(graph.lastSpatialNode)
    #expect(graph.nodes[last].path.hasPrefix("layer4.1"))
    #expect(graph.nodes[last].output == [512, 2, 2])
    let attribution = try AttributionGolden.attribution(graph)
    let block = try graph.spatialNode(named: "layer2")
    #expect(graph.nodes[block].output == [128, 8, 8])
    #expect(try graph.spatialNode(named: "conv1") == 0)
    for name in ["fc", "avgpool", "layer5", "nonsense"] {
      #expect(throws: InputError.self) { try graph.spatialNode(named: name) }
    }
    let input = try AttributionGolden.image([3, 64, 64])
    let maps = try attribution.featureMaps(input, layer: block)
    #expect(maps.shape == [128, 8, 8])
    #expect(try maps.floats().allSatisfy { $0 >= 0 })
  }

  @Test func modelsWithoutSuchLayersSaySo() throws {
    let graph = try AttributionGolden.graph("[flatten, linear: 5, relu, linear: 3]", [1, 6, 6])
    let attribution = try AttributionGolden.attribution(graph)
    #expect(throws: InputError.self) { try graph.spatialNode() }
    let input = try AttributionGolden.image([1, 6, 6])
    #expect(try attribution.saliency(input, .column(1)).shape == [1, 6, 6])
    #expect(throws: TorchError.self) {
      try attribution.saliency(Tensor.cat([input, input]), .column(1))
    }
  }

  /// The model is trained no more, but its answers are the same bits.
  @Test func explainingLeavesTheModelAsItIs() throws {
    let graph = try AttributionGolden.graph(AttributionGolden.models["cnn"] ?? "", [3, 20, 20])
    let attribution = try AttributionGolden.attribution(graph)
    let input = try AttributionGolden.image([3, 20, 20])
    let before = try attribution.output(input).floats()
    _ = try attribution.saliency(input, .column(0))
    _ = try attribution.gradCAM(input, [.column(0)])
    #expect(try attribution.output(input).floats() == before)
    // An input of inference mode, as prediction makes it, can be explained outside of it.
    let inferred = try withInferenceMode { () throws -> Tensor in try input.mul(1) }
    #expect(
      try attribution.saliency(inferred, .column(0)).floats()
        == attribution.saliency(input, .column(0)).floats())
  }
}

/// Scores that are more than a column of the output, and randomised weights.
@Suite(.serialized) struct AttributionTargetTests {
  @Test func boxesAreExplainedByTheirScore() throws {
    let graph = try AttributionGolden.graph(
      "{fcos: {classes: 5, backbone: resnet18, channels: 32}}", [3, 64, 64])
    let attribution = try AttributionGolden.attribution(graph)
    let input = try AttributionGolden.image([3, 64, 64])
    let output = try attribution.output(input)
    let columns = output.shape[2]
    let values = try output.doubles()
    func probability(_ point: Int, _ column: Int) -> Double {
      1 / (1 + exp(-values[point * columns + column]))
    }
    var best = (score: 0.0, label: 0)
    for point in 0..<output.shape[1] {
      for label in 0..<5 {
        let score = (probability(point, label) * probability(point, columns - 1)).squareRoot()
        if score > best.score { best = (score, label) }
      }
    }
    let target = try AttributionTarget.box(best.label, score: best.score, in: output)
    #expect(abs(try attribution.scores(input, target).sum().item() - best.score) < 1e-5)
    #expect(try attribution.saliency(input, target).floats().contains { $0 > 0 })
    let layer = try graph.spatialNode()
    #expect(graph.nodes[layer].path.hasPrefix("backbone."))
    let map = try attribution.gradCAM(input, [target])
    #expect(map.shape == [1, 64, 64])
    #expect(try map.floats().allSatisfy { $0.isFinite && $0 >= 0 })
    #expect(throws: TorchError.self) { try AttributionTarget.box(5, score: 1, in: output) }
  }

  @Test func aClassWithoutPixelsHasNoRegion() throws {
    let output = try Tensor([1, 1, 1, 1, 0, 0, 0, 0] as [Float], shape: [1, 2, 2, 2])
    #expect(try AttributionTarget.region(1, in: output) == nil)
    let target = try #require(try AttributionTarget.region(0, in: output))
    #expect(try target.score(output).floats() == [1])
    #expect(throws: TorchError.self) { try AttributionTarget.region(2, in: output) }
  }

  @Test func randomisedLayersAreTheLastOnes() throws {
    let graph = try AttributionGolden.graph(AttributionGolden.models["cnn"] ?? "", [3, 20, 20])
    let model = try AttributionGolden.attribution(graph).model
    func changed(_ extent: RandomizedExtent) throws -> [String] {
      let other = try model.randomized(extent, seed: 5)
      return try zip(model.parameters, other.parameters).compactMap { mine, its in
        try mine.tensor.floats() == its.tensor.floats() ? nil : mine.name
      }
    }
    #expect(try changed(.head) == ["9.weight", "9.bias"])
    #expect(try changed(.half) == ["7.weight", "7.bias", "9.weight", "9.bias"])
    #expect(try changed(.all).count == 8)
  }

  @Test func occlusionReachesTheEdges() {
    #expect(OcclusionWindow(size: 6, stride: 4).starts(20) == [0, 4, 8, 12, 16])
    #expect(OcclusionWindow(size: 8, stride: 8).starts(8) == [0])
    #expect(OcclusionWindow(forHeight: 224, width: 300) == OcclusionWindow(size: 28, stride: 14))
    #expect(OcclusionWindow(forHeight: 3, width: 3) == OcclusionWindow(size: 1, stride: 1))
  }
}
