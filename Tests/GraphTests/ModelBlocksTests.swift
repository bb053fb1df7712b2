import Graph
import Testing

/// Layer-wise learning rates: which block a parameter belongs to, seen by its learning rate.
@Suite struct ModelBlocksTests {
  /// The number of blocks from each parameter's block to the head, by the name of its node.
  private func distances(_ layers: String, _ more: String = "") throws -> [String: Int] {
    let model = try TrainedModel(layers, "optimizer: {adam: {layer_decay: 0.5}}\n\(more)")
    #expect(model.errors == [])
    var result: [String: Int] = [:]
    for parameter in model.graph.parameters where parameter.spec.role == .parameter {
      var (distance, multiplier) = (0, model.trainability.rule(for: parameter.name).multiplier)
      while multiplier < 1 { (distance, multiplier) = (distance + 1, multiplier * 2) }
      #expect(multiplier == 1, "\(parameter.name)")
      let path = model.graph.nodes[parameter.node].path
      #expect(result[path] == nil || result[path] == distance, "\(path)")
      result[path] = distance
    }
    return result
  }

  @Test func withoutBlocksEveryLayerIsOneAndNormalisationJoinsIt() throws {
    #expect(
      try distances(TrainedModel.named) == ["conv1": 2, "bn1": 2, "conv10": 1, "fc": 0])
    #expect(
      try distances("  [flatten, linear: 8, relu, linear: 6, relu, linear: 4]")
        == ["1": 2, "3": 1, "5": 0])
  }

  @Test func aHeadOfSeveralLayersIsOneBlock() throws {
    #expect(
      try distances(TrainedModel.named, "head: [conv10, fc]")
        == ["conv1": 1, "bn1": 1, "conv10": 0, "fc": 0])
  }

  private static let blocks = """
    blocks:
      residual:
        layers:
          - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
            name: conv1
          - batch_norm2d:
            name: bn1
          - narrow:
            name: branch
          - add:
            from: [branch, input]
      narrow:
        layers:
          - conv2d: {out_channels: 4, kernel_size: 1}
          - batch_norm2d
      stage:
        layers: [residual, residual]
      encoder:
        layers:
          - conv2d: {out_channels: 4, kernel_size: 1}
            name: positions
          - dropout: 0.1
          - sequence:
            name: layers
          - batch_norm2d:
            name: ln
      sequence:
        layers:
          - residual:
            name: encoder_layer_0
          - residual:
            name: encoder_layer_1
      plain:
        layers:
          - conv2d: {out_channels: 4, kernel_size: 1}
          - conv2d: {out_channels: 4, kernel_size: 1}
      branches:
        layers:
          - narrow:
            name: branch1
          - narrow:
            name: branch2
      forked:
        layers: [branches, branches]
      features:
        layers:
          - conv2d: {out_channels: 4, kernel_size: 1}
          - residual
          - max_pool2d: 2
          - residual
    """
  private static let stem = """
      - conv2d: {out_channels: 4, kernel_size: 3}
        name: conv1
      - batch_norm2d:
        name: bn1

    """
  private static let end = """

      - global_avg_pool
      - linear: 10
        name: fc
    """

  /// The same number for a node and everything in it.
  private func expect(_ layers: String, _ expected: [String: Int]) throws {
    let found = try distances(Self.stem + layers + Self.end, Self.blocks)
    for (path, distance) in found {
      let matches = expected.filter { path == $0.key || path.hasPrefix($0.key + ".") }
      #expect(matches.count == 1, "\(path)")
      #expect(distance == matches.first?.value, "\(path)")
    }
  }

  /// As timm has it for ResNet: a stem, then every residual block.
  @Test func stagesAreOpenedIntoTheirBlocks() throws {
    try expect(
      "  - stage:\n    name: layer1\n  - stage:\n    name: layer2",
      [
        "conv1": 5, "bn1": 5, "layer1.0": 4, "layer1.1": 3, "layer2.0": 2, "layer2.1": 1, "fc": 0,
      ])
  }

  /// As BEiT and timm have it for a vision transformer: what comes before the first block is the stem.
  @Test func anEncoderIsOpenedIntoItsBlocks() throws {
    try expect(
      "  - encoder:\n    name: encoder",
      [
        "conv1": 3, "bn1": 3, "encoder.positions": 3, "encoder.layers.encoder_layer_0": 2,
        "encoder.layers.encoder_layer_1": 1, "encoder.ln": 1, "fc": 0,
      ])
  }

  @Test func aBlockOfLayersStaysWhole() throws {
    try expect("  - plain:\n    name: body", ["conv1": 2, "bn1": 2, "body": 1, "fc": 0])
    try expect("  - residual\n  - residual", ["conv1": 3, "bn1": 3, "2": 2, "3": 1, "fc": 0])
  }

  /// Branches within a numbered block are no sequence.
  @Test func branchesAreNotASequence() throws {
    try expect(
      "  - forked:\n    name: stage2",
      ["conv1": 3, "bn1": 3, "stage2.0": 2, "stage2.1": 1, "fc": 0])
  }

  @Test func layersBesideNumberedBlocks() throws {
    try expect(
      "  - features:\n    name: features",
      ["conv1": 3, "bn1": 3, "features.0": 3, "features.1": 2, "features.3": 1, "fc": 0])
  }

  @Test func aFactorOfOneChangesNothing() throws {
    let model = try TrainedModel(TrainedModel.named, "optimizer: {adam: {layer_decay: 1}}")
    #expect(model.trainability.groups(of: model.graph, by: try model.optimizer).count == 1)
  }
}
