import DeviceChecks
import Diagnostics
import Execution
import ExperimentConfig
import FoundationEssentials
import Graph
import Planning
import Testing
import Torch
import Weights

@Suite struct ModelTests {
  private func makeGraph(_ model: String, input: Shape = [1, 28, 28]) throws -> Graph {
    try makeGraph(model, inputs: [Graph.Input("image", input)])
  }

  private func makeGraph(_ model: String, inputs: [Graph.Input]) throws -> Graph {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let file = SourceFile(name: "test.yaml", text: "data: {dataset: mnist}\n\(model)")
    guard let loaded = loader.load(file, into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: inputs, output: "label", requirement: nil,
        registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return graph
  }

  private func ones(_ shape: [Int]) throws -> Tensor { try Tensor.ones(shape) }

  @Test func namesAreThoseOfSequential() throws {
    let graph = try makeGraph("model: [flatten, linear: 128, relu, {linear: 10}]")
    let model = try Model(graph, seed: 1)
    let names = try model.stateDict().map(\.name)
    #expect(names == ["1.weight", "1.bias", "3.weight", "3.bias"])
    #expect(model.parameters.count == 4)
  }

  @Test func initializationIsAFunctionOfSeedFoldAndName() throws {
    let graph = try makeGraph("model: [flatten, linear: 30]")
    func weights(_ seed: UInt64, _ fold: Int = 0, _ graph: Graph) throws -> [UInt8] {
      try #require(try Model(graph, seed: seed, fold: fold).stateDict().first).bytes
    }
    let first = try weights(1, 0, graph)
    #expect(try weights(1, 0, graph) == first)
    #expect(try weights(2, 0, graph) != first)
    #expect(try weights(1, 1, graph) != first)
    // Another layer behind it does not change the first one's values.
    #expect(try weights(1, 0, makeGraph("model: [flatten, linear: 30, relu, linear: 5]")) == first)
  }

  @Test func severalInputsAreGivenInTheirOrder() throws {
    let graph = try makeGraph(
      """
      model:
        - linear: 2
          from: left
          name: a
        - linear: 2
          from: right
          name: b
        - multiply:
          from: [a, b]
      """, inputs: [Graph.Input("left", [3]), Graph.Input("right", [5])])
    let model = try Model(graph, seed: 1)
    let left = try Tensor((1...6).map(Float.init), shape: [2, 3])
    let right = try Tensor((1...10).map { 1 / Float($0) }, shape: [2, 5])
    let parameters = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.tensor) })
    func linear(_ input: Tensor, _ name: String) throws -> Tensor {
      let weight = try #require(parameters["\(name).weight"])
      return try input.linear(weight: weight, bias: parameters["\(name).bias"])
    }
    let expected = try linear(left, "a").mul(linear(right, "b")).floats()
    #expect(try model([left, right]).floats() == expected)
    let plan = try model.inferencePlan(rows: 2)
    let planned = try plan([left, right]).floats()
    #expect(zip(planned, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(throws: TorchError.self) { try model([left]) }
    #expect(throws: TorchError.self) { try plan(left) }
  }

  /// A frozen beginning gives the same bits whether it is computed with the rest or was kept.
  @Test func autocastLeavesAFrozenBeginningAlone() throws {
    let graph = try makeGraph(
      "model: [{conv2d: {out_channels: 4, kernel_size: 3, padding: 1}}, relu, max_pool2d: 2, "
        + "{conv2d: {out_channels: 4, kernel_size: 3}}, relu, flatten, linear: 10]")
    let model = try Model(graph, seed: 1)
    let values = (0..<(2 * 784)).map { Float($0 % 53) / 53 }
    let images = try Tensor(values, shape: [2, 1, 28, 28])
    let prefix = FrozenPrefix(end: 2, nodes: [0, 1, 2], flops: 0)
    let exact = try model(images)
    let features = try model.inferencePlan(upTo: prefix, rows: 2)(images)
    model.autocast = Model.Autocast(dtype: .bfloat16)
    let everywhere = try model(images)
    model.autocast = Model.Autocast(dtype: .bfloat16, exact: prefix.nodes)
    let mixed = try model(images)
    #expect([exact, everywhere, mixed].allSatisfy { $0.dtype == .float32 })
    #expect(try everywhere.floats() != exact.floats())
    #expect(try mixed.floats() != exact.floats())
    #expect(try mixed.floats() != everywhere.floats())
    let behind = try model(features, behind: prefix)
    let worst = try zip(mixed.floats(), behind.floats()).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-3, "the plan rounds float32 elsewhere, and bfloat16 sometimes shows it")
  }

  @Test func dropoutInLowerPrecisionRoundsOnce() throws {
    let place = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    func dropped(_ dtype: ScalarType) throws -> [Float] {
      let input = try Tensor((1...64).map(Float.init)).to(dtype)
      return try Lowering.apply(
        .dropout(p: 0.1, wholeChannels: false), [input], parameters: [:], path: "0", training: place
      ).to(.bfloat16).floats()
    }
    #expect(try dropped(.bfloat16) == dropped(.float32))
  }

  /// Counters may be missing, a head may keep its initialisation; nothing else may be absent.
  @Test func loadsWhatItIsGiven() throws {
    let graph = try makeGraph(
      "model: [{conv2d: {out_channels: 2, kernel_size: 3}}, batch_norm2d, flatten, linear: 10]")
    let source = try Model(graph, seed: 1)
    let model = try Model(graph, seed: 2)
    let own = try model.stateDict()
    let given = try source.stateDict()
    let head: Set = ["3.weight", "3.bias"]
    let entries = given.filter {
      !head.contains($0.name) && !$0.name.hasSuffix("num_batches_tracked")
    }
    #expect(throws: TorchError.self) { try model.load(entries) }
    try model.load(entries, keeping: head)
    for (index, entry) in try model.stateDict().enumerated() {
      let isKept = head.contains(entry.name)
      #expect(entry.bytes == (isKept ? own : given)[index].bytes, "\(entry.name)")
    }
    try model.load(given)
    #expect(try model.stateDict().map(\.bytes) == given.map(\.bytes))
  }

  /// The distribution of PyTorch's defaults; the fixture says what torch itself draws.
  @Test func initializationHasPyTorchsDistribution() throws {
    struct File: Decodable {
      struct Layer: Decodable {
        struct Parameter: Decodable {
          let distribution: String
          let bound: Double?
          let std: Double?
          let constant: Double?
        }
        let layer: String
        let arguments: [String: JSONValue]
        let input_shape: [Int]
        let parameters: [String: Parameter]
      }
      let layers: [Layer]
    }
    let url = LayerGolden.folder.deletingLastPathComponent()
      .appending(path: "initialization/initialization.json")
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    #expect(!file.layers.isEmpty)
    for layer in file.layers {
      let arguments = String(
        decoding: try JSONText.encode(JSONValue.object(layer.arguments)), as: UTF8.self)
      let graph = try makeGraph(
        "model:\n  - \(layer.layer): \(arguments)\n",
        input: Shape(Array(layer.input_shape.dropFirst())))
      let model = try Model(graph, seed: 3)
      for (parameter, tensor) in model.state where parameter.spec.role == .parameter {
        let expected = try #require(layer.parameters[parameter.spec.name])
        let values = try tensor.detach().doubles()
        guard expected.distribution == "uniform", let bound = expected.bound else {
          #expect(values.allSatisfy { $0 == expected.constant })
          continue
        }
        #expect(values.allSatisfy { abs($0) <= bound * (1 + 1e-6) })
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let deviation = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count).squareRoot()
        // Five standard errors of the mean and of the deviation of a uniform distribution.
        let std = bound / 3.0.squareRoot()
        #expect(abs(mean) <= 5 * std / count.squareRoot())
        #expect(abs(deviation / std - 1) <= 5 * 0.45 / count.squareRoot())
      }
    }
  }

  @Test func dropoutIsAFunctionOfItsPlace() throws {
    let graph = try makeGraph("model: [flatten, dropout: 0.25, identity, dropout: 0.25]")
    let model = try Model(graph, seed: 1)
    let input = try ones([64, 1, 28, 28])
    func output(_ step: TrainingStep?) throws -> [Float] {
      try model(input, training: step).floats()
    }
    let place = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    let first = try output(place)
    #expect(try output(place) == first)
    for other in [
      TrainingStep(seed: 2, fold: 0, epoch: 1, step: 1),
      TrainingStep(seed: 1, fold: 1, epoch: 1, step: 1),
      TrainingStep(seed: 1, fold: 0, epoch: 2, step: 1),
      TrainingStep(seed: 1, fold: 0, epoch: 1, step: 2),
    ] { #expect(try output(other) != first) }
    #expect(try output(nil).allSatisfy { $0 == 1 })
    // Two independent layers keep (1 - p)² and scale by 1 / (1 - p)².
    let kept = Double(first.count { $0 != 0 }) / Double(first.count)
    #expect(abs(kept - 0.5625) < 0.01)
    #expect(first.allSatisfy { $0 == 0 || abs($0 - 1 / 0.5625) < 1e-5 })
  }

  @Test func dropout2dZeroesWholeChannels() throws {
    let graph = try makeGraph("model: [dropout2d: 0.5]", input: [8, 3, 3])
    let output = try Model(graph, seed: 1)(
      ones([16, 8, 3, 3]), training: TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    ).floats()
    let channels = (0..<(16 * 8)).map { Set(output[($0 * 9)..<($0 * 9 + 9)]) }
    #expect(channels.allSatisfy { $0.count == 1 })
    #expect(Set(channels.compactMap(\.first)) == [0, 2])
  }

  @Test func dropoutOfEverythingGivesZeros() throws {
    let graph = try makeGraph("model: [flatten, dropout: 1]")
    let step = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    let output = try Model(graph, seed: 1)(ones([2, 1, 28, 28]), training: step).floats()
    #expect(output.allSatisfy { $0 == 0 })
  }

  @Test func stateDictRoundTrip() throws {
    let model = "model: [conv2d: {out_channels: 4, kernel_size: 3}, batch_norm2d, relu]"
    let graph = try makeGraph(model)
    let source = try Model(graph, seed: 1)
    let step = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    _ = try source(ones([2, 1, 28, 28]), training: step)
    let target = try Model(graph, seed: 2)
    try target.load(source.stateDict())
    let (left, right) = (try source.stateDict(), try target.stateDict())
    #expect(left.map(\.name) == right.map(\.name))
    #expect(left.map(\.bytes) == right.map(\.bytes))
    // One batch has been counted, and is still counted after loading.
    #expect(left.last?.name == "1.num_batches_tracked")
    #expect(right.last?.bytes == [1, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func blocksAndBranches() throws {
    let graph = try makeGraph(
      """
      blocks:
        twice:
          parameters: {size: }
          layers:
            - linear: {out_features: "${size}", bias: false}
              name: body
            - add:
              from: [body, body]
      model:
        - flatten
        - twice: {size: 784}
          name: double
        - concat:
          from: [double, double]
      """)
    #expect(graph.parameters.map(\.name) == ["double.body.weight"])
    let output = try Model(graph, seed: 1)(ones([2, 1, 28, 28]))
    #expect(output.shape == [2, 1568])
  }
}
