import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Testing

/// A model with what is said of its training.
struct TrainedModel {
  let graph: Graph
  let trainability: Trainability
  let errors: [String]
  let warnings: [String]
  private let loaded: LoadedExperiment

  /// - Parameter settings: `freeze`, `unfreeze`, `optimizer`, as lines of the experiment.
  init(
    _ layers: String, _ settings: String,
    inputs: [Graph.Input] = [Graph.Input("image", [1, 28, 28])]
  ) throws {
    let collector = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let text = "data: {dataset: digits}\n\(settings)\nmodel:\n\(layers)\n"
    guard
      let loaded = loader.load(SourceFile(name: "test.yaml", text: text), into: collector),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: inputs, output: "label", requirement: nil,
        head: loaded.experiment.head, registry: .standard,
        diagnostics: collector)
    else { throw InputError(collector.sorted) }
    self.graph = graph
    trainability = Trainability(
      graph, freezing: loaded.experiment.freezing, unfreezing: loaded.experiment.unfreezing,
      settings: loaded.experiment.parameterSettings,
      excluded: loaded.experiment.optimizer.excludedParameters, diagnostics: collector)
    errors = collector.sorted.filter { $0.severity == .error }.map(\.message)
    warnings = collector.sorted.filter { $0.severity == .warning }.map(\.message)
    self.loaded = loaded
  }

  var optimizer: any OptimizerDefinition { get throws { loaded.experiment.optimizer } }

  /// What the optimizer changes in an epoch.
  func trained(_ epoch: Int = .max) -> [String] {
    graph.parameters.filter { $0.spec.role == .parameter }.map(\.name).filter {
      trainability.rule(for: $0).firstEpoch.map { $0 <= epoch } ?? false
    }
  }

  static let named = """
      - conv2d: {out_channels: 4, kernel_size: 3, bias: false}
        name: conv1
      - batch_norm2d:
        name: bn1
      - relu
      - conv2d: {out_channels: 4, kernel_size: 3}
        name: conv10
      - batch_norm2d: {affine: false}
        name: bare
      - adaptive_avg_pool2d: 1
      - flatten
      - linear: 10
        name: fc
    """
}

@Suite struct TrainabilityTests {
  @Test func theHeadIsTheLastLayerUnlessItIsNamed() throws {
    #expect(try model("").graph.headParameters == ["fc.weight", "fc.bias"])
    #expect(try model("head: conv10").graph.headParameters == ["conv10.weight", "conv10.bias"])
  }

  private func model(_ settings: String) throws -> TrainedModel {
    try TrainedModel(TrainedModel.named, settings)
  }

  @Test(arguments: [
    (
      "",
      [
        "conv1.weight", "bn1.weight", "bn1.bias", "conv10.weight", "conv10.bias", "fc.weight",
        "fc.bias",
      ]
    ),
    ("freeze: backbone", ["fc.weight", "fc.bias"]),
    (
      "freeze: backbone\nhead: [conv10, fc]",
      ["conv10.weight", "conv10.bias", "fc.weight", "fc.bias"]
    ),
    ("freeze: backbone\nhead: fc.bias", ["fc.bias"]),
    // A name, or its first parts; conv1 is not the start of conv10 as a name.
    (
      "freeze: conv1",
      ["bn1.weight", "bn1.bias", "conv10.weight", "conv10.bias", "fc.weight", "fc.bias"]
    ),
    ("freeze: [conv1.weight, fc]", ["bn1.weight", "bn1.bias", "conv10.weight", "conv10.bias"]),
    ("freeze: conv*", ["bn1.weight", "bn1.bias", "fc.weight", "fc.bias"]),
    ("freeze: \"*.bias\"", ["conv1.weight", "bn1.weight", "conv10.weight", "fc.weight"]),
    ("freeze: \"*n*1*weight\"", ["bn1.bias", "conv10.bias", "fc.weight", "fc.bias"]),
    (
      "freeze: {parameters: [bn1, bare]}",
      ["conv1.weight", "conv10.weight", "conv10.bias", "fc.weight", "fc.bias"]
    ),
  ])
  func patterns(settings: String, trained: [String]) throws {
    let model = try model(settings)
    #expect(model.errors == [])
    #expect(model.trained() == trained)
    let count = model.graph.parameters.filter { trained.contains($0.name) }
      .reduce(0) { $0 + $1.spec.count }
    #expect(model.trainability.trainableCount(in: model.graph) == count)
  }

  /// Patterns with many stars end, and soon.
  @Test func aHostilePatternIsQuick() throws {
    let stars = String(repeating: "*w", count: 2000) + "x"
    let start = ContinuousClock.now
    let model = try model("freeze: \"\(stars)\"")
    #expect(model.errors == ["no parameter of the model matches '\(stars)'"])
    #expect(start.duration(to: .now) < .seconds(5))
  }

  @Test func aPartNamedBackboneIsMeant() throws {
    let model = try TrainedModel(
      """
        - flatten
        - linear: 5
        - linear: 5
          name: backbone
        - linear: 10
      """, "freeze: backbone")
    #expect(model.trained() == ["1.weight", "1.bias", "3.weight", "3.bias"])
  }

  @Test func laterEpochsAndTheirLearningRates() throws {
    let model = try model(
      """
      freeze: backbone
      unfreeze:
        - {epoch: 2, layers: conv10, lr: 1e-5}
        - {epoch: 3, layers: [bn1, conv1]}
      """)
    #expect(model.errors == [])
    #expect(model.trained(1) == ["fc.weight", "fc.bias"])
    #expect(model.trained(2) == ["conv10.weight", "conv10.bias", "fc.weight", "fc.bias"])
    #expect(model.trained(3).count == 7)
    #expect(model.trainability.rule(for: "conv10.bias").learningRate == 1e-5)
    #expect(model.trainability.rule(for: "conv1.weight").learningRate == nil)
  }

  @Test func theFirstGroupThatNamesAParameterCounts() throws {
    let model = try model(
      """
      optimizer:
        adam:
          groups:
            - {parameters: [fc.bias, conv10], lr_multiplier: 10}
            - {parameters: "*.bias", lr_multiplier: 0.5}
      """)
    let multipliers = model.graph.parameters.filter { $0.spec.role == .parameter }
      .map { model.trainability.rule(for: $0.name).multiplier }
    #expect(multipliers == [1, 1, 0.5, 10, 10, 1, 10])
  }

  @Test(arguments: [
    ("freeze: [backbone, conv2]", "no parameter of the model matches 'conv2'"),
    ("freeze: relu", "no parameter of the model matches 'relu'"),
    ("freeze: [backbone, fc]", "everything is frozen, so there is nothing to train"),
    ("freeze: conv1\nunfreeze: {epoch: 2, layers: fc}", "'fc' is not frozen"),
    (
      "freeze: backbone\nunfreeze: {epoch: 2, layers: fd}", "no parameter of the model matches 'fd'"
    ),
    (
      "freeze: conv1\nunfreeze: [{epoch: 2, layers: conv1}, {epoch: 3, layers: conv1}]",
      "'conv1' is already unfrozen from epoch 2 on"
    ),
    (
      "freeze: bare\nunfreeze: [{epoch: 2, layers: bare}, {epoch: 3, layers: bare}]",
      "'bare' is already unfrozen from epoch 2 on"
    ),
    ("freeze: conv1\nunfreeze: {epoch: 2, layers: bare}", "'bare' is not frozen"),
    (
      "optimizer: {sgd: {groups: [{parameters: cnv1, lr_multiplier: 2}]}}",
      "no parameter of the model matches 'cnv1'"
    ),
  ])
  func mistakes(settings: String, message: String) throws {
    #expect(try model(settings).errors == [message])
  }

  // MARK: Batch normalisation

  private func stored(_ settings: String, epoch: Int = 1) throws -> [String] {
    let model = try model(settings)
    #expect(model.errors == [])
    return model.trainability.storedStatistics(in: model.graph, epoch: epoch).sorted()
      .map { model.graph.nodes[$0].path }
  }

  @Test func whichNormalisationsUseTheirStoredStatistics() throws {
    #expect(try stored("") == [])
    #expect(try stored("freeze: backbone") == ["bn1", "bare"])
    #expect(try stored("freeze: {parameters: backbone, batch_norm: update}") == [])
    #expect(try stored("freeze: conv1") == [])
    #expect(try stored("freeze: bn1") == ["bn1"])
    #expect(try stored("freeze: bn1.weight") == [], "its shift is trained")
    #expect(try stored("freeze: [bn1.weight, bn1.bias]") == ["bn1"])
    #expect(try stored("freeze: bare") == ["bare"])
    let later = "freeze: backbone\nunfreeze: {epoch: 3, layers: [bn1, bare]}"
    #expect(try stored(later, epoch: 2) == ["bn1", "bare"])
    #expect(try stored(later, epoch: 3) == [])
    let one = try model("freeze: backbone\nunfreeze: {epoch: 3, layers: bare}")
    #expect(one.errors == [])
    #expect(
      one.trainability.alwaysStored(in: one.graph).map { one.graph.nodes[$0].path } == ["bn1"])
  }
}
