import Graph
import Testing

@Suite struct FrozenPrefixTests {
  /// The paths of a model's prefix, and why it goes no further.
  private func prefix(
    _ layers: String, _ settings: String = "freeze: backbone"
  ) throws -> (nodes: [String], reason: String) {
    let model = try TrainedModel(layers, settings)
    #expect(model.errors == [])
    let (prefix, boundary) = model.graph.frozenPrefix(model.trainability)
    let nodes = (prefix?.nodes ?? []).sorted()
    #expect(prefix == nil || nodes.last == prefix?.end)
    #expect(prefix.map { $0.flops } ?? 0 == nodes.reduce(0) { $0 + model.graph.nodes[$1].flops })
    return (nodes.map { model.graph.nodes[$0].path }, boundary.reason)
  }

  @Test func aSequence() throws {
    let named = TrainedModel.named
    let all = ["conv1", "bn1", "2", "conv10", "bare", "5", "6"]
    #expect(try prefix(named) == (all, "'fc' is trained"))
    #expect(try prefix(named, "freeze: conv1") == (["conv1"], "'bn1' is trained"))
    #expect(try prefix(named, "freeze: [conv1, bn1.weight]") == (["conv1"], "'bn1' is trained"))
    #expect(
      try prefix(named, "freeze: [conv1, bn1]") == (["conv1", "bn1", "2"], "'conv10' is trained"))
    #expect(
      try prefix(named, "freeze: [conv1, bn1, conv10]")
        == (["conv1", "bn1", "2", "conv10"], "'bare' uses the statistics of each batch"))
    #expect(try prefix(named, "") == ([], "'conv1' is trained"))
    #expect(try prefix(named, "freeze: conv10") == ([], "'conv1' is trained"))
    #expect(
      try prefix(named, "freeze: {parameters: backbone, batch_norm: update}")
        == (["conv1"], "'bn1' uses the statistics of each batch"))
  }

  @Test func whatIsTrainedLaterEndsIt() throws {
    #expect(
      try prefix(
        TrainedModel.named, "freeze: backbone\nunfreeze: {epoch: 2, layers: conv10}")
        == (["conv1", "bn1", "2"], "'conv10' is trained from epoch 2 on"))
    #expect(
      try prefix(TrainedModel.named, "freeze: backbone\nunfreeze: {epoch: 9, layers: bare}")
        == (["conv1", "bn1", "2", "conv10"], "'bare' is trained from epoch 9 on"))
  }

  @Test func instanceNormalisationEndsItIfItHasRunningStatistics() throws {
    func model(_ norm: String) -> String {
      "  - {conv2d: {out_channels: 4, kernel_size: 3}, name: conv}\n"
        + "  - {instance_norm2d: {\(norm)}, name: norm}\n  - flatten\n  - {linear: 10, name: fc}"
    }
    let all = ["conv", "norm", "2"]
    #expect(try prefix(model("affine: false")) == (all, "'fc' is trained"))
    let tracked = model("track_running_stats: true")
    #expect(try prefix(tracked) == (all, "'fc' is trained"))
    #expect(
      try prefix(tracked, "freeze: conv") == (["conv"], "'norm' updates its running statistics"))
    #expect(
      try prefix(model("affine: false"), "freeze: conv") == (all, "'fc' is trained"))
  }

  @Test func dropoutEndsItUnlessItDoesNothing() throws {
    func model(_ p: String) -> String {
      "  - flatten\n  - linear: 8\n  - dropout: \(p)\n  - relu\n  - linear: 10"
    }
    #expect(try prefix(model("0.1")) == (["0", "1"], "'2' is random during training"))
    #expect(try prefix(model("0")) == (["0", "1", "2", "3"], "'4' is trained"))
  }

  @Test func withoutWeightsThereIsNothingWorthKeeping() throws {
    #expect(try prefix("  - flatten\n  - relu\n  - linear: 10", "") == ([], "'2' is trained"))
    let model = "  - max_pool2d: 2\n  - flatten\n  - dropout: 0.5\n  - linear: 5\n  - linear: 10"
    #expect(try prefix(model) == ([], "'2' is random during training"))
  }

  private let residual = """
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: stem
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: a
      - relu
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: b
      - add:
        from: [b, stem]
        name: sum
      - flatten
      - linear: 10
        name: fc
    """

  @Test func aResidualBlockIsCutBeforeOrBehind() throws {
    #expect(try prefix(residual).nodes == ["stem", "a", "2", "b", "sum", "5"])
    // Within the block two outputs would have to be kept.
    #expect(try prefix(residual, "freeze: [stem, a]") == (["stem"], "'b' is trained"))
    #expect(try prefix(residual, "freeze: [stem]") == (["stem"], "'a' is trained"))
  }

  @Test func twoBranchesFromTheInputHaveNoCommonEnd() throws {
    let branches = """
        - conv2d: {out_channels: 4, kernel_size: 3}
          name: left
          from: input
        - conv2d: {out_channels: 4, kernel_size: 3}
          name: right
          from: input
        - add:
          from: [left, right]
          name: sum
        - flatten
        - linear: 10
          name: fc
      """
    #expect(try prefix(branches) == (["left", "right", "sum", "3"], "'fc' is trained"))
    #expect(try prefix(branches, "freeze: left") == ([], "'right' is trained"))
  }
}
