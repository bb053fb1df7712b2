import Diagnostics
import ExperimentConfig
import Graph
import Testing

/// `no_decay`, groups with arguments of their own, and the kinds of parameters that patterns can name.
@Suite struct ParameterSettingsTests {
  private func groups(
    _ settings: String, _ layers: String = TrainedModel.named
  ) throws -> [String: (rate: Double, decay: Double)] {
    let model = try TrainedModel(layers, settings)
    #expect(model.errors == [])
    var result: [String: (Double, Double)] = [:]
    for group in model.trainability.groups(of: model.graph, by: try model.optimizer) {
      for name in group.parameters {
        result[name] = (group.learningRate, group.optimizer.weightDecay)
      }
    }
    return result
  }

  private func withoutDecay(
    _ noDecay: String, _ layers: String = TrainedModel.named
  ) throws
    -> Set<String>
  {
    let groups = try groups(
      "optimizer: {adamw: {weight_decay: 0.5, no_decay: \(noDecay)}}", layers)
    #expect(groups.values.allSatisfy { $0.decay == 0 || $0.decay == 0.5 })
    return Set(groups.filter { $0.value.decay == 0 }.keys)
  }

  @Test func parametersWithoutDecay() throws {
    let biases: Set = ["bn1.bias", "conv10.bias", "fc.bias"]
    let norms: Set = ["bn1.weight", "bn1.bias"]
    #expect(try withoutDecay("bias") == biases)
    #expect(try withoutDecay("norm") == norms)
    #expect(try withoutDecay("[bias, norm]") == biases.union(norms))
    #expect(try withoutDecay("[norm, conv10.weight]") == norms.union(["conv10.weight"]))
    #expect(try withoutDecay("head") == ["fc.weight", "fc.bias"])
    #expect(try withoutDecay("[]") == [])
  }

  /// A part that is named like a kind does not hide the kind; a model need not have any of it.
  @Test func kindsInNoDecay() throws {
    let layers = """
        - conv2d: {out_channels: 4, kernel_size: 3, bias: false}
          name: bias
        - batch_norm2d:
          name: first
        - batch_norm2d:
          name: norm
        - flatten
        - linear: {out_features: 10, bias: false}
      """
    #expect(
      try withoutDecay("norm", layers)
        == ["first.weight", "first.bias", "norm.weight", "norm.bias"])
    #expect(try withoutDecay("bias", layers) == ["first.bias", "norm.bias"])
    #expect(
      try withoutDecay("[bias, norm]", "  [flatten, linear: {out_features: 10, bias: false}]") == []
    )
  }

  @Test func kindsInGroupsAndFreeze() throws {
    let groups = try groups(
      """
      optimizer:
        sgd:
          lr: 0.1
          weight_decay: 0.5
          groups: [{parameters: head, lr_multiplier: 10}, {parameters: [bias, norm], weight_decay: 0}]
      """)
    #expect(try #require(groups["fc.bias"]) == (1, 0.5), "the first group counts")
    #expect(try #require(groups["bn1.weight"]) == (0.1, 0))
    #expect(try #require(groups["conv10.bias"]) == (0.1, 0))
    #expect(try #require(groups["conv1.weight"]) == (0.1, 0.5))
    let frozen = try TrainedModel(TrainedModel.named, "freeze: norm")
    #expect(frozen.errors == [])
    #expect(!frozen.trained().contains { $0.hasPrefix("bn1") })
    #expect(frozen.trainability.alwaysStored(in: frozen.graph).count == 2, "bn1 and bare")
    #expect(
      try TrainedModel("  [flatten, linear: 10]", "freeze: norm").errors
        == ["no parameter of the model matches 'norm'"])
  }

  /// A part that has the name of a kind is meant, as with `backbone`.
  @Test func aPartNamedLikeAKindIsMeant() throws {
    let layers = """
        - conv2d: {out_channels: 4, kernel_size: 3, bias: false}
        - batch_norm2d
        - batch_norm2d:
          name: norm
        - flatten
        - linear: 10
      """
    let model = try TrainedModel(layers, "freeze: norm")
    #expect(model.trained() == ["0.weight", "1.weight", "1.bias", "4.weight", "4.bias"])
  }

  @Test func aGroupDecidesAboutItsWeightDecay() throws {
    let groups = try groups(
      """
      optimizer:
        adamw:
          weight_decay: 0.5
          no_decay: [bias, norm]
          groups: [{parameters: fc, weight_decay: 0.1}, {parameters: conv10, lr_multiplier: 2}]
      """)
    #expect(try #require(groups["fc.bias"]) == (1e-3, 0.1))
    #expect(try #require(groups["conv10.bias"]) == (2e-3, 0))
    #expect(try #require(groups["conv10.weight"]) == (2e-3, 0.5))
  }

  /// A multiplier comes on top of layer-wise decay; a learning rate replaces it.
  @Test func groupsAndLayerDecay() throws {
    let groups = try groups(
      """
      optimizer:
        adam:
          lr: 0.1
          layer_decay: 0.5
          groups: [{parameters: conv10, lr_multiplier: 3}, {parameters: bn1, lr: 0.7}]
      """)
    #expect(try #require(groups["conv1.weight"]).rate == 0.1 * 0.25)
    #expect(try #require(groups["bn1.weight"]).rate == 0.7)
    #expect(try #require(groups["conv10.weight"]).rate == 0.1 * 1.5)
    #expect(try #require(groups["fc.weight"]).rate == 0.1)
  }

  @Test func unfrozenLayersKeepTheirPlace() throws {
    let model = try TrainedModel(
      TrainedModel.named,
      """
      freeze: backbone
      unfreeze: {epoch: 2, layers: conv10, lr: 0.01}
      optimizer: {adam: {lr: 0.1, layer_decay: 0.5}}
      """)
    let groups = model.trainability.groups(of: model.graph, by: try model.optimizer)
    #expect(groups.map(\.firstEpoch) == [2, 1])
    #expect(groups.map(\.learningRate) == [0.01 * 0.5, 0.1])
    #expect(
      groups.map(\.parameters) == [["conv10.weight", "conv10.bias"], ["fc.weight", "fc.bias"]])
  }

  @Test(arguments: [
    (
      "{adam: {groups: [{parameters: fc, lr: 0.1, lr_multiplier: 2}]}}",
      "'lr' and 'lr_multiplier' exclude each other"
    ),
    (
      "{adam: {groups: [{parameters: fc}]}}",
      "the group gives its parameters no arguments of their own"
    ),
    (
      "{sgd: {groups: [{parameters: fc, nesterov: true}]}}",
      "Nesterov's momentum needs 'momentum' above 0 and no 'dampening'"
    ),
    ("{adam: {groups: [{parameters: fc, momentum: 0.9}]}}", "unknown key 'momentum' in 'groups'"),
    ("{adam: {layer_decay: 0}}", "'layer_decay' must be above 0 and at most 1, found 0"),
    ("{adam: {no_decay: nrm}}", "no parameter of the model matches 'nrm'"),
    ("{muon: {others: {parameters: hed}}}", "no parameter of the model matches 'hed'"),
    (
      "{muon: {groups: [{parameters: fc, others: {parameters: fc}}]}}",
      "unknown key 'parameters' in 'others'"
    ),
  ])
  func mistakes(_ optimizer: String, _ message: String) throws {
    do {
      let model = try TrainedModel(TrainedModel.named, "optimizer: \(optimizer)")
      #expect(model.errors == [message])
    } catch let error as InputError {
      #expect(error.diagnostics.map(\.message) == [message])
    }
  }

  @Test func noDecayWithoutWeightDecayIsAWarning() throws {
    let model = try TrainedModel(TrainedModel.named, "optimizer: {adam: {no_decay: bias}}")
    #expect(model.warnings == ["'no_decay' changes nothing without weight decay"])
    for optimizer in ["{adamw: {no_decay: bias}}", "{muon: {weight_decay: 0, no_decay: bias}}"] {
      #expect(try TrainedModel(TrainedModel.named, "optimizer: \(optimizer)").warnings == [])
    }
  }
}
