import Diagnostics
import Execution
import ExperimentConfig
import FoundationEssentials
import Graph
import Planning
import Testing
import Torch
import Weights

/// Models with several outputs, and weights for a part of a model.
@Suite struct OutputTests {
  private func loaded(_ text: String) throws -> Experiment {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let file = SourceFile(name: "test.yaml", text: "data: {dataset: mnist}\n\(text)")
    guard let loaded = loader.load(file, into: diagnostics) else {
      throw InputError(diagnostics.sorted)
    }
    return loaded.experiment
  }

  private func graph(_ experiment: Experiment, input: Shape) throws -> Graph {
    let diagnostics = DiagnosticCollector()
    guard
      let graph = GraphBuilder.build(
        experiment.model, inputs: [Graph.Input("image", input)], output: "label",
        outputs: experiment.outputs, requirement: nil, registry: .standard,
        diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return graph
  }

  private static let heads = """
    model:
      - conv2d: {out_channels: 4, kernel_size: 3}
        name: stem
      - relu:
        name: body
      - conv2d: {out_channels: 3, kernel_size: 1}
        name: main
      - batch_norm2d:
        name: norm
        from: body
      - conv2d: {out_channels: 3, kernel_size: 1}
        name: side
    outputs: [main, side]
    """

  @Test func onlyWhatIsAskedForIsComputed() throws {
    let graph = try graph(loaded(Self.heads), input: [2, 6, 6])
    let model = try Model(graph, seed: 1)
    let images = try Tensor((0..<(2 * 72)).map { Float($0 % 31) / 31 }, shape: [2, 2, 6, 6])
    let place = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    func statistics() throws -> [Float] {
      try #require(model.state.first { $0.parameter.name == "norm.running_mean" }).tensor.floats()
    }
    var computed: [Int] = []
    let main = try model([images], training: place) { index, _ in computed.append(index) }
    #expect(computed == [0, 1, 2])
    #expect(try statistics() == [0, 0, 0, 0])

    let outputs = try model.outputs([images], training: place)
    #expect(Set(outputs.keys) == ["label", "side"])
    #expect(try outputs["label"]?.floats() == main.floats())
    #expect(outputs["side"]?.shape == [2, 3, 4, 4])
    #expect(try statistics() != [0, 0, 0, 0])

    let side = try model.outputs([images], named: ["side"])
    #expect(Set(side.keys) == ["side"])
    let all = try model.outputs([images])
    #expect(try side["side"]?.floats() == all["side"]?.floats())
    let plan = try model.inferencePlan(rows: 2)(images)
    #expect(try zip(plan.floats(), main.floats()).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(throws: TorchError.self) { try model.outputs([images], named: ["sides"]) }
  }

  @Test func outputsFollowAFrozenPrefix() throws {
    let graph = try graph(loaded(Self.heads), input: [2, 6, 6])
    let model = try Model(graph, seed: 1)
    let images = try Tensor((0..<(2 * 72)).map { Float($0 % 31) / 31 }, shape: [2, 2, 6, 6])
    let prefix = FrozenPrefix(end: 1, nodes: [0, 1], flops: 0)
    let features = try model.inferencePlan(upTo: prefix, rows: 2)(images)
    let behind = try model.outputs(features, behind: prefix)
    let whole = try model.outputs(images, behind: nil)
    for name in ["label", "side"] {
      let (ours, expected) = (try #require(behind[name]), try #require(whole[name]))
      #expect(
        try zip(ours.floats(), expected.floats()).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
    }
  }

  @Test func aBackboneTakesTheWeightsOfTheWholeModel() throws {
    let path =
      FileManager.default.temporaryDirectory.path
      + "/runner-part-\(UInt64.random(in: 0 ... .max)).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = try Model(
      graph(loaded("model: {resnet20: {classes: 7}}"), input: [3, 32, 32]), seed: 5)
    let state = try whole.stateDict()
    func write(_ entries: [SafeTensors.Entry]) throws {
      let bytes = try SafeTensors.encode(entries).flatMap(\.self)
      try Data(bytes).write(to: URL(filePath: path))
    }
    try write(state)
    func experiment(into part: String) throws -> Experiment {
      try loaded(
        """
        model:
          - resnet20:
            name: backbone
          - conv2d: {out_channels: 5, kernel_size: 1}
            name: scores
            from: backbone.layer2
        weights: {file: \(path), into: \(part)}
        """)
    }
    let chosen = try experiment(into: "backbone")
    let graph = try self.graph(chosen, input: [3, 32, 32])
    let model = try Model(graph, seed: 6)
    func check() throws {
      let (entries, kept) = try StateDictFile(reading: path)
        .entries(for: graph, chosen.weights)
      #expect(kept == ["scores.weight", "scores.bias"])
      try model.load(entries, keeping: kept)
      let given = Dictionary(uniqueKeysWithValues: state.map { ("backbone." + $0.name, $0.bytes) })
      let loaded = try model.stateDict().filter { $0.name.hasPrefix("backbone.") }
      #expect(loaded.count == graph.parameters.count - 2)
      for entry in loaded { #expect(entry.bytes == given[entry.name], "\(entry.name)") }
    }
    try check()
    // A file without the layers that are left out is as good, and one that lacks others is not.
    let omitted = Set(try #require(graph.parts.first).omitted.map(\.name))
    #expect(omitted.contains("fc.weight"))
    try write(state.filter { !omitted.contains($0.name) })
    try check()
    try write(state.filter { $0.name != "layer1.0.conv1.weight" })
    let lacking = try StateDictFile(reading: path)
    #expect(throws: InputError.self) { try lacking.match(graph, chosen.weights) }
    let unknown = try experiment(into: "back").weights
    #expect(throws: InputError.self) { try lacking.match(graph, unknown) }
  }
}
