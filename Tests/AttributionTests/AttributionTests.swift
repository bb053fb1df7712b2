import Attribution
import Diagnostics
import Execution
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
