import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Testing
import Torch

@testable import Execution

/// Compiled inference against the general path.
@Suite(.serialized) struct InferencePlanTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    /// YAML of the model, and of `blocks` before it.
    let model: String
    var input: [Int] = [8, 13, 11]
    /// How many chains there are, and of how many layers each.
    let chains: [Int]
    var testDescription: String { name }

    init(_ name: String, _ model: String, _ chains: [Int], input: [Int] = [8, 13, 11]) {
      self.name = name
      self.model = model
      self.chains = chains
      self.input = input
    }
  }

  static let conv = "conv2d: {out_channels: 8, kernel_size: 3, padding: 1}"
  static let other = "conv2d: {out_channels: 20, kernel_size: 3, padding: 1}"
  static let fast = "conv2d: {out_channels: 16, kernel_size: 3, padding: 1}"

  static let cases = [
    Case("conv with bias", "[{\(conv)}]", [1]),
    Case(
      "conv + bn", "[{conv2d: {out_channels: 5, kernel_size: 3, bias: false}}, batch_norm2d]", [2]),
    Case("conv with bias + bn", "[{\(conv)}, batch_norm2d]", [2]),
    Case("conv + relu", "[{\(conv)}, relu]", [2]),
    Case("conv + bn + relu", "[{\(conv)}, batch_norm2d, relu]", [3]),
    Case("conv + bn + relu6", "[{\(conv)}, batch_norm2d, relu6, {\(conv)}, relu6]", [3, 2]),
    Case("conv + bn + hardswish", "[{\(conv)}, batch_norm2d, hardswish]", [3]),
    Case(
      "depthwise + silu", "[{conv2d: {out_channels: 8, kernel_size: 3, groups: 8}}, silu]", [2]),
    Case(
      "conv + add + relu6", "[{\(conv), name: a}, {add: , from: [a, input]}, relu6]", [3]),
    Case("conv + add + silu", "[{\(conv), name: a}, {add: , from: [a, input]}, silu]", [3]),
    Case("activations that are not fused", "[{\(conv)}, mish, {\(conv)}, gelu]", [1, 1]),
    Case("bn without scale", "[{\(conv)}, batch_norm2d: {affine: false}, relu]", [3]),
    Case("bn by the batch", "[{\(conv)}, batch_norm2d: {track_running_stats: false}, relu]", [1]),
    Case("bn not behind a conv", "[relu, batch_norm2d, {\(conv)}, tanh, batch_norm2d]", [1]),
    Case(
      "depthwise", "[{conv2d: {out_channels: 8, kernel_size: 3, groups: 8}}, batch_norm2d, relu]",
      [3]),
    Case(
      "grouped",
      "[{conv2d: {out_channels: 6, kernel_size: 3, groups: 2, stride: 2}}, batch_norm2d]", [2]),
    Case("grouped, many", "[{conv2d: {out_channels: 32, kernel_size: 3, groups: 4}}, relu]", [2]),
    Case(
      "dilated and oblong",
      "[{conv2d: {out_channels: 7, kernel_size: [3, 1], dilation: [2, 1], stride: [1, 2], padding: [0, 1]}}, relu]",
      [2]),
    Case(
      "same with an even kernel",
      "[{conv2d: {out_channels: 4, kernel_size: 2, padding: same}}, relu]", [2]),
    Case("dropout", "[{\(conv)}, dropout2d: 0.5, batch_norm2d, relu, dropout: 0.5]", [1]),
    Case(
      "conv + bn + add + relu",
      "[{\(conv), name: a}, {batch_norm2d: , name: b}, {add: , from: [b, input]}, relu]", [4]),
    Case(
      "the other order",
      "[{\(conv), name: a}, {batch_norm2d: , name: b}, {add: , from: [input, b]}, relu]", [4]),
    Case("add without relu", "[{\(conv), name: a}, {add: , from: [a, input]}, tanh]", [2]),
    Case(
      "two convs added",
      "[{\(conv), name: a}, {\(conv), name: b, from: input}, {batch_norm2d: , name: c}, {add: , from: [a, c]}, relu]",
      [3, 2]),
    Case("twice the same", "[{\(conv), name: a}, {add: , from: [a, a]}, relu]", [1]),
    Case(
      "three addends",
      "[{\(conv), name: a}, {\(conv), name: b}, {add: , from: [a, b, input]}, relu]", [1, 1]),
    Case(
      "several readers of a conv",
      "[{\(conv), name: a}, {batch_norm2d: , name: b}, {add: , from: [a, b]}]", [1]),
    Case(
      "several readers of a bn",
      "[{\(conv), name: a}, {batch_norm2d: , name: b}, {relu: , name: c}, {add: , from: [b, c]}]",
      [2]),
    Case(
      "several readers of a sum",
      "[{\(conv), name: a}, {add: , from: [a, input], name: s}, {relu: , name: c}, {multiply: , from: [s, c]}]",
      [2]),
    Case(
      "pools",
      "[{\(conv)}, relu, max_pool2d: {kernel_size: 3, stride: 2, padding: 1}, avg_pool2d: 2, adaptive_avg_pool2d: 2, flatten, linear: 3]",
      [2, 1]),
    Case(
      "oblong pool",
      "[{\(conv)}, max_pool2d: {kernel_size: [3, 2], stride: [1, 3], padding: [1, 0]}, max_pool2d: {kernel_size: 2, ceil_mode: true}, max_pool2d: {kernel_size: 2, dilation: [2, 1]}]",
      [1]),
    Case("pool first", "[{max_pool2d: {kernel_size: 5, padding: 2}}, {\(conv)}]", [1]),
    Case("linear + relu", "[flatten, linear: 9, relu, linear: 4]", [2, 1]),
    Case(
      "linear without bias",
      "[flatten, {linear: {out_features: 9, bias: false}}, batch_norm1d, relu]", [3]),
    Case("linear + hardswish", "[flatten, linear: 9, hardswish, linear: 4, relu6]", [2, 2]),
    Case("linear on rows", "[{reshape: [4, 286]}, linear: 7, relu]", [2]),
    Case("one pixel", "[global_avg_pool, {reshape: [8, 1, 1]}, {\(conv)}, relu]", [2]),
    Case(
      "resized and rearranged",
      "[{\(conv)}, relu, pad: {pad: 1, mode: reflect}, upsample: {scale_factor: 2, mode: bilinear}, channel_shuffle: 4, {\(conv)}, instance_norm2d, local_response_norm: 3, conv_transpose2d: {out_channels: 8, kernel_size: 2, stride: 2}, pixel_shuffle: 2, adaptive_max_pool2d: 3, flatten, linear: 3]",
      [2, 1, 1]),
    Case(
      "sequences",
      "[{reshape: [8, 143]}, conv1d: {out_channels: 6, kernel_size: 3}, instance_norm1d, max_pool1d: 2, conv_transpose1d: {out_channels: 4, kernel_size: 3}, flatten, linear: 3]",
      [1]),
    Case("no convolution", "[tanh, flatten]", []),
    // Convolutions of LibTorch: neither few channels nor a multiple of 16 of them.
    Case(
      "other channels", "[{\(other)}, batch_norm2d, relu6, {\(other)}, hardswish]", [3, 2],
      input: [20, 9, 7]),
    Case(
      "other channels + add + relu",
      "[{\(other), name: a}, {batch_norm2d: , name: b}, {add: , from: [b, input]}, relu]", [4],
      input: [20, 9, 7]),
    Case(
      "other channels + add + silu", "[{\(other), name: a}, {add: , from: [a, input]}, silu]", [3],
      input: [20, 9, 7]),
    // Convolutions by Winograd's algorithm.
    Case("fast", "[{\(fast)}, batch_norm2d, relu]", [3], input: [16, 13, 11]),
    Case("fast + relu6", "[{\(fast)}, relu6, {\(fast)}, hardswish]", [2, 2], input: [16, 13, 11]),
    Case(
      "fast, few zeros around",
      "[{conv2d: {out_channels: 48, kernel_size: 3, padding: [0, 2]}}, batch_norm2d]", [2],
      input: [32, 9, 6]),
    Case(
      "fast residual block",
      "[{\(fast), name: a}, {batch_norm2d: , name: b}, {relu: , name: c}, {\(fast), name: d}, {batch_norm2d: , name: e}, {add: , from: [e, input]}, relu]",
      [3, 4], input: [16, 13, 11]),
    Case(
      "two branches",
      "[{\(fast), name: a}, {batch_norm2d: , name: b}, {\(fast), from: input, name: c}, {batch_norm2d: , name: d}, {add: , from: [b, d], name: e}, relu, {\(fast)}, {batch_norm2d: {affine: false}}, tanh]",
      [4, 2, 2], input: [16, 5, 7]),
    Case(
      "concatenated",
      "[{\(fast), name: a}, {batch_norm2d: , name: b}, {concat: , from: [b, input, b]}, {\(fast)}]",
      [2, 1], input: [16, 8, 8]),
  ]

  @Test(arguments: cases) func equalsTheGeneralPath(_ item: Case) throws {
    let graph = try makeGraph(item.model, input: Shape(item.input))
    let all = Array(graph.nodes.indices)
    let chains = LayerChain.chains(in: graph, nodes: all, wanted: graph.mainOutput.source)
    #expect(chains.map { $0.members(in: graph).count } == item.chains)
    let model = try makeModel(graph)
    // In stages of two examples, of two and more, and in one.
    for cacheBytes in [1, 16 << 10, nil] {
      let plan = try InferencePlan(
        model, nodes: all, wanted: graph.mainOutput.source, rows: 3, cacheBytes: cacheBytes)
      // Batches of another size than the one that it is made for give the same.
      for rows in [3, 1, 5] {
        let images = try input([rows] + item.input)
        let expected = try withNoGrad { () throws in try model(images) }
        let result = try plan(images)
        #expect(result.shape == expected.shape)
        #expect(result.isContiguous() && !result.requiresGrad)
        let difference = try largestDifference(result, expected)
        #expect(difference <= 1e-5, "\(rows) rows: \(difference)")
        #expect(try plan(images).floats() == result.floats())
      }
    }
  }

  /// A ReLU that overwrites its input, or is computed together with the normalisation and the addition before it, changes
  /// neither values nor gradients. Whoever observes a pass gets the values of every node, one after another.
  @Test(
    arguments: cases + [
      Case("linear + relu", "[flatten, linear: 6, relu, linear: 3]", []),
      Case(
        "upward",
        "[{conv_transpose2d: {out_channels: 3, kernel_size: 2, stride: 2}}, relu, {\(conv)}, relu]",
        []),
    ])
  func reluInPlaceIsTheSame(_ item: Case) throws {
    let model = try makeModel(try makeGraph(item.model, input: Shape(item.input)))
    let images = try input([3] + item.input)
    let step = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    func pass(_ observe: ((Int, Tensor) throws -> Void)?) throws -> [[Float]] {
      // The running statistics move with every pass; the result of a training pass does not depend on them.
      let output = try model([images], training: step, observing: observe)
      guard output.requiresGrad else { return [try output.floats()] }
      try output.mul(output).sum(Array(0..<output.dim)).backward()
      let gradients = try model.parameters.map { parameter in
        let gradient = try #require(try parameter.tensor.grad())
        return try gradient.floats()
      }
      try zeroGrad(model.parameters.map(\.tensor))
      return [try output.detach().floats()] + gradients
    }
    let apart = try pass { _, _ in }
    #expect(try pass(nil) == apart)
    #expect(apart.contains { $0.contains { $0 != 0 } })
  }

  /// Evaluation sees the outputs of activations, also behind a frozen prefix.
  @Test func evaluationPlanShowsActivations() throws {
    let graph = try makeGraph(
      "[{\(Self.conv), name: a}, {batch_norm2d: , name: b}, relu, {\(Self.conv)}, relu, flatten, linear: 3]",
      input: [8, 6, 5])
    let model = try makeModel(graph)
    let images = try input([4, 8, 6, 5])
    var expected: [Int: [Float]] = [:]
    let scores = try withNoGrad { () throws in
      try model([images], observing: { expected[$0] = try $1.contiguous().floats() }).floats()
    }
    func check(_ prefix: FrozenPrefix?, _ input: Tensor, relus: [Int]) throws {
      let divided = try InferencePlan(
        model, nodes: graph.nodes.indices.filter { prefix?.nodes.contains($0) != true },
        wanted: graph.mainOutput.source, known: prefix?.end, rows: 4, cacheBytes: 1)
      for plan in [try #require(try model.evaluationPlan(behind: prefix, rows: 4)), divided] {
        var seen: [Int: [Float]] = [:]
        let result = try plan(
          [input], observing: { seen[$0, default: []] += try $1.contiguous().floats() })
        #expect(zip(try result.floats(), scores).allSatisfy { abs($0 - $1) <= 1e-5 })
        for node in relus {
          let (values, truth) = (try #require(seen[node]), try #require(expected[node]))
          #expect(values.count == truth.count)
          #expect(zip(values, truth).allSatisfy { abs($0 - $1) <= 1e-5 })
        }
      }
    }
    try check(nil, images, relus: [2, 4])
    let prefix = FrozenPrefix(end: 2, nodes: [0, 1, 2], flops: 0)
    try check(prefix, model.inferencePlan(upTo: prefix, rows: 4)(images), relus: [4])
    // Without convolutions and in lower precision, the layers themselves are used.
    let after = FrozenPrefix(end: 4, nodes: [0, 1, 2, 3, 4], flops: 0)
    #expect(try model.evaluationPlan(behind: after, rows: 4) == nil)
    model.autocast = Model.Autocast(dtype: .bfloat16)
    #expect(try model.evaluationPlan(behind: nil, rows: 4) == nil)
  }

  @Test func resnet18IsTwentyChains() throws {
    let graph = try makeGraph("resnet18", input: [3, 64, 64])
    let model = try makeModel(graph)
    let end = try #require(graph.nodes.lastIndex { $0.operation != .linear })
    let chains = LayerChain.chains(in: graph, nodes: Array(0...end), wanted: .node(end))
    #expect(chains.count == 20 && chains.filter { $0.residual != nil }.count == 8)
    let images = try input([4, 3, 64, 64])
    let plan = try InferencePlan(model, nodes: Array(0...end), wanted: .node(end), rows: 4)
    let expected = try withNoGrad { () throws in
      try model.outputs(images)[end].floats()
    }
    let result = try plan(images).floats()
    let scale = expected.reduce(0) { max($0, abs($1)) }
    let worst = zip(result, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(worst <= 1e-5 * max(scale, 1), "\(worst) of \(scale)")
  }

  /// The weights are those of the moment when it was made.
  @Test func laterChangesDoNotMatter() throws {
    let model = try makeModel(makeGraph("[{\(Self.conv)}, batch_norm2d, relu]", input: [8, 5, 5]))
    let images = try input([2, 8, 5, 5])
    let plan = try model.inferencePlan(rows: 2)
    let before = try plan(images).floats()
    try withNoGrad { () throws in for item in model.parameters { try item.tensor.fill(0) } }
    #expect(try plan(images).floats() == before)
    #expect(try model.inferencePlan(rows: 2)(images).floats() != before)
  }

  @Test func tensorsAreReleased() throws {
    let graph = try makeGraph(
      "[{\(Self.conv), name: a}, {batch_norm2d: , name: b}, {add: , from: [b, input]}, relu, flatten, linear: 3]",
      input: [8, 5, 5])
    let before = Runtime.liveTensorCountOfThread
    func work() throws {
      let plan = try makeModel(graph).inferencePlan(rows: 2)
      _ = try plan(input([2, 8, 5, 5]))
      #expect(throws: TorchError.self) { try plan(input([2, 7, 5, 5])) }
    }
    try work()
    #expect(Runtime.liveTensorCountOfThread == before)
  }

  // MARK: Material

  func makeGraph(_ model: String, input: Shape) throws -> Graph {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let file = SourceFile(name: "test.yaml", text: "data: {dataset: mnist}\nmodel: \(model)")
    guard let loaded = loader.load(file, into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: [Graph.Input("image", input)], output: "label",
        requirement: nil, registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return graph
  }

  /// A model whose batch normalisations have something to do.
  func makeModel(_ graph: Graph) throws -> Model {
    let model = try Model(graph, seed: 7)
    try withNoGrad { () throws in
      for (parameter, tensor) in model.state where parameter.spec.role != .counter {
        let values = wave(tensor.numel, parameter.name.utf8.count)
        switch parameter.spec.name {
        case "running_mean": try tensor.copy(from: Tensor(values, shape: tensor.shape))
        case "running_var":
          try tensor.copy(from: Tensor(values.map { 1 + $0 * $0 }, shape: tensor.shape))
        case "weight" where tensor.dim == 1:
          try tensor.copy(from: Tensor(values.map { 1 + 0.5 * $0 }, shape: tensor.shape))
        case "bias": try tensor.copy(from: Tensor(values, shape: tensor.shape))
        default: break
        }
      }
    }
    return model
  }

  func input(_ shape: [Int]) throws -> Tensor {
    try Tensor(wave(shape.reduce(1, *), 3), shape: shape)
  }

  /// Numbers from -1 to 1 without a pattern.
  private func wave(_ count: Int, _ salt: Int) -> [Float] {
    var state = UInt32(truncatingIfNeeded: salt) &* 2_654_435_761 | 1
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 23) - 1
    }
  }

  func largestDifference(_ a: Tensor, _ b: Tensor) throws -> Float {
    let (a, b) = (try a.floats(), try b.floats())
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

extension Model {
  /// The output of every node by the general path.
  fileprivate func outputs(_ input: Tensor) throws -> [Tensor] {
    var outputs: [Tensor] = []
    for (index, node) in graph.nodes.enumerated() {
      let inputs = node.inputs.map { source in
        switch source {
        case .input: input
        case .node(let place): outputs[place]
        }
      }
      outputs.append(try apply(index, inputs, training: nil))
    }
    return outputs
  }
}
