import CKernels
import Execution
import Randomness
import Torch

/// Computes a chain of layers in preallocated memory: a step allocates nothing, and only the matrix products
/// go through LibTorch.
///
/// The parameters remain the model's tensors; this reads their memory. Rows are independent of each other, as are
/// the gradients of different units, so that threads can compute some each; results depend on how they are divided
/// as far as the rounding of matrix products depends on their sizes.
final class ChainComputation {
  let chain: LayerChain
  /// The maximum batch size.
  let capacity: Int
  let kernels: ck_kernels
  /// The batch to compute, [capacity, chain.inputs].
  let input: FloatMemory
  private let layers: [Layer]
  /// What keeps the memory of `layers` alive.
  private let model: Model
  private let memory: [FloatMemory]
  private let convolutions: [DirectConvolution]

  /// The buffers of one stage. It refers to no object, whose references threads would count.
  private struct Layer {
    let kind: Kind
    let activation: LayerChain.Activation?
    let dropout: LayerChain.Dropout?
    let dropsAfterReLU: Bool
    let width: Int
    let pixels: Int
    var weight: UnsafeMutablePointer<Float>?
    var bias: UnsafeMutablePointer<Float>?
    /// The output of layer and activation; for ReLU followed by dropout, the output after dropout.
    let values: UnsafeMutablePointer<Float>
    /// The dropout output and mask if dropout follows anything other than ReLU.
    let dropped: (values: UnsafeMutablePointer<Float>, mask: UnsafeMutablePointer<Float>)?
    /// The gradient of the loss with respect to the stage's output.
    let gradient: UnsafeMutablePointer<Float>?

    /// - Parameter row: the first one of a batch's.
    func output(of row: Int, isTraining: Bool) -> UnsafeMutablePointer<Float> {
      let start = if isTraining, let dropped { dropped.values } else { values }
      return start + row * width
    }
  }

  private enum Kind {
    case copy
    case linear(inputs: Int)
    case convolution(Unmanaged<DirectConvolution>)
    case pooling(ck_pool)
    case reordering(channels: Int, pixels: Int, toChannelsLast: Bool)
  }

  /// - Parameters:
  ///   - parts: of the rows of a batch that are computed at the same time, at most.
  ///   - trains: whether backward passes will be run.
  init(
    _ chain: LayerChain, _ model: Model, capacity: Int, parts: Int = 1, kernels: ck_kernels,
    trains: Bool
  ) throws {
    self.chain = chain
    self.model = model
    self.capacity = capacity
    self.kernels = kernels
    input = FloatMemory(capacity * chain.inputs)
    let tensors = Dictionary(model.parameters.map { ($0.name, $0.tensor) }) { first, _ in first }
    var memory: [FloatMemory] = []
    var convolutions: [DirectConvolution] = []
    func allocate(_ stage: LayerChain.Stage) -> UnsafeMutablePointer<Float> {
      memory.append(FloatMemory(capacity * stage.width))
      return memory[memory.count - 1].start
    }
    layers = try chain.stages.enumerated().map { index, stage in
      let kind: Kind
      switch stage.layer {
      case .linear(let parameters): kind = .linear(inputs: parameters.unitSize)
      case .convolution(let settings):
        let convolution = DirectConvolution(
          settings, lanes: parts, trains: trains, hasGradient: index > chain.firstTrained)
        guard let convolution else {
          throw TorchError(operation: "convolution", message: "there are no kernels for it")
        }
        convolutions.append(convolution)
        kind = .convolution(Unmanaged.passUnretained(convolution))
      case .pooling(let pool): kind = .pooling(pool)
      case .reordering(let channels, let pixels, let toChannelsLast):
        kind = .reordering(channels: channels, pixels: pixels, toChannelsLast: toChannelsLast)
      case nil: kind = .copy
      }
      var layer = Layer(
        kind: kind, activation: stage.activation, dropout: stage.dropout,
        dropsAfterReLU: stage.dropsAfterReLU, width: stage.width, pixels: stage.pixels,
        values: allocate(stage),
        dropped: trains && stage.dropout != nil && !stage.dropsAfterReLU
          ? (allocate(stage), allocate(stage)) : nil,
        gradient: trains ? allocate(stage) : nil)
      if let parameters = stage.parameters {
        layer.weight = try tensors[parameters.weight]?.floatMemory().baseAddress
        layer.bias = try parameters.bias.flatMap { try tensors[$0]?.floatMemory().baseAddress }
      }
      return layer
    }
    self.memory = memory
    self.convolutions = convolutions
  }

  /// Takes over parameters that have changed.
  func pack() {
    for layer in layers {
      if case .convolution(let convolution) = layer.kind, let weight = layer.weight {
        convolution._withUnsafeGuaranteedRef { $0.pack(weight, layer.bias) }
      }
    }
  }

  /// The part of `input` for some rows.
  func inputs(of rows: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      start: input.start + rows.lowerBound * chain.inputs, count: rows.count * chain.inputs)
  }

  /// What a stage reads.
  private func source(of index: Int, row: Int, isTraining: Bool) -> UnsafeMutablePointer<Float> {
    index > 0
      ? layers[index - 1].output(of: row, isTraining: isTraining)
      : input.start + row * chain.inputs
  }

  /// Computes the scores of some examples of `input`, [rows.count, chain.outputs].
  ///
  /// - Parameters:
  ///   - rows: the first one is a multiple of 4.
  ///   - part: the rows' number among those that are computed at the same time.
  ///   - training: the training step, which dropout masks depend on; `nil` for evaluation.
  func forward(
    _ rows: Range<Int>, part: Int = 0, training: TrainingStep?
  ) throws(TorchError) -> UnsafeMutablePointer<Float> {
    // One picture after another, so that it stays in the processor's cache.
    for row in rows where chain.pictureStages > 0 {
      for index in 0..<chain.pictureStages {
        try forward(index, row..<row + 1, part: part, training: training)
      }
    }
    for index in chain.pictureStages..<layers.count {
      try forward(index, rows, part: part, training: training)
    }
    return source(of: layers.count, row: rows.lowerBound, isTraining: training != nil)
  }

  private func forward(
    _ index: Int, _ rows: Range<Int>, part: Int, training: TrainingStep?
  ) throws(TorchError) {
    let layer = layers[index]
    let first = rows.lowerBound * layer.width, count = rows.count * layer.width
    let values = layer.values + first
    let source = source(of: index, row: rows.lowerBound, isTraining: training != nil)
    switch layer.kind {
    case .linear(let inputs):
      guard let weight = layer.weight else { return }
      // Start from the bias and add the product, in the same order as LibTorch's `addmm`.
      if let bias = layer.bias { kernels.fill_rows(bias, rows.count, layer.width, values) }
      try multiplyMatrices(
        MatrixOperand(source), MatrixOperand(weight, transposed: true), into: values,
        adding: layer.bias != nil, rows: rows.count, columns: layer.width, inner: inputs)
    case .convolution(let convolution):
      convolution._withUnsafeGuaranteedRef { $0.output(source, values, lane: part) }
    case .pooling(let pool): kernels.max_pool(pool, source, values)
    case .reordering(let channels, let pixels, let toChannelsLast):
      Self.transpose(source, values, rows: toChannelsLast ? channels : pixels, of: count)
    case .copy: values.update(from: source, count: count)
    }
    let mask = training.flatMap { place in
      layer.dropout?.mask(place.stream(layer.dropout), from: first)
    }
    if let mask, layer.dropsAfterReLU {
      kernels.relu_dropout(mask, values, count)
      return
    }
    if let activation = layer.activation {
      kernels.activate(activation.kind, activation.slope, values, count)
    }
    if let mask, let dropped = layer.dropped {
      kernels.dropout(mask, values, dropped.mask + first, dropped.values + first, count)
    }
  }

  /// Writes a matrix of `count` values with its rows as columns.
  private static func transpose(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, rows: Int, of count: Int
  ) {
    let columns = count / rows
    for row in 0..<rows {
      for column in 0..<columns { to[column * rows + row] = from[row * columns + column] }
    }
  }

  /// Reports the activations of the last `forward`, which must have been an evaluation.
  func report(to activity: ActivityRecorder, rows: Int) {
    for layer in layers {
      guard let node = layer.activation?.node else { continue }
      activity.record(node, layer.values, rows: rows * layer.pixels)
    }
  }

  /// Where the caller writes the gradient of the loss with respect to the scores of some rows before calling
  /// `backward`.
  func scoreGradient(of rows: Range<Int>) -> UnsafeMutablePointer<Float>? {
    layers.last?.gradient.map { $0 + rows.lowerBound * chain.outputs }
  }

  /// Computes the gradients of the layers' outputs after a `forward` in training of the same rows and part.
  func backward(_ rows: Range<Int>, part: Int) throws(TorchError) {
    for convolution in convolutions { convolution.clearGradients(lane: part) }
    let last = layers.count - 1, first = chain.firstTrained
    for index in stride(from: last, through: max(first, chain.pictureStages), by: -1) {
      try backward(index, rows, part: part)
    }
    for row in rows where chain.pictureStages > first {
      for index in stride(from: chain.pictureStages - 1, through: first, by: -1) {
        try backward(index, row..<row + 1, part: part)
      }
    }
  }

  private func backward(_ index: Int, _ rows: Range<Int>, part: Int) throws(TorchError) {
    let layer = layers[index]
    let width = layer.width, row = rows.lowerBound
    guard let gradient = layer.gradient.map({ $0 + row * width }) else { return }
    elementwiseBackward(layer, rows, gradient)
    let source = source(of: index, row: row, isTraining: true)
    if case .convolution(let convolution) = layer.kind {
      convolution._withUnsafeGuaranteedRef {
        $0.addGradients(source, gradient, lane: part, kernels)
      }
    }
    guard index > chain.firstTrained,
      let below = layers[index - 1].gradient.map({ $0 + row * layers[index - 1].width })
    else { return }
    switch layer.kind {
    case .linear(let inputs):
      guard let weight = layer.weight else { return }
      try multiplyMatrices(
        MatrixOperand(gradient), MatrixOperand(weight), into: below, adding: false,
        rows: rows.count, columns: inputs, inner: width)
    case .convolution(let convolution):
      convolution._withUnsafeGuaranteedRef { $0.inputGradient(gradient, below, lane: part) }
    case .pooling(let pool):
      kernels.max_pool_backward(pool, source, layer.values + row * width, gradient, below)
    case .reordering(let channels, let pixels, let toChannelsLast):
      Self.transpose(gradient, below, rows: toChannelsLast ? pixels : channels, of: width)
    case .copy: below.update(from: gradient, count: rows.count * width)
    }
  }

  /// Computes the gradients of some units' parameters after `backward` of all rows.
  ///
  /// - Parameters:
  ///   - rows: those of the batch.
  ///   - parts: into which they were divided.
  ///   - units: of each layer.
  ///   - gradients: the destinations, layer by layer.
  ///   - adding: whether to add to the existing gradients instead of overwriting them.
  func parameterGradients(
    rows: Int, parts: Int, _ units: [Range<Int>], into gradients: [LayerGradients?], adding: Bool
  ) throws(TorchError) {
    for index in stride(from: layers.count - 1, through: chain.firstTrained, by: -1) {
      let layer = layers[index]
      let units = units[index]
      guard let target = gradients[index], !units.isEmpty else { continue }
      if case .convolution(let convolution) = layer.kind {
        convolution._withUnsafeGuaranteedRef {
          $0.writeGradients(lanes: parts, units, into: target, adding: adding)
        }
      }
      guard case .linear(let inputs) = layer.kind,
        let gradient = layer.gradient.map({ $0 + units.lowerBound })
      else { continue }
      try multiplyMatrices(
        MatrixOperand(gradient, transposed: true, stride: layer.width),
        MatrixOperand(source(of: index, row: 0, isTraining: true)),
        into: target.weight + units.lowerBound * inputs, adding: adding, rows: units.count,
        columns: inputs, inner: rows)
      if let bias = target.bias.map({ $0 + units.lowerBound }) {
        if !adding { bias.update(repeating: 0, count: units.count) }
        kernels.add_columns(gradient, layer.width, rows, units.count, bias)
      }
    }
  }

  private func elementwiseBackward(
    _ layer: Layer, _ rows: Range<Int>, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let first = rows.lowerBound * layer.width, count = rows.count * layer.width
    let values = layer.values + first
    if let dropout = layer.dropout, layer.dropsAfterReLU {
      kernels.relu_dropout_backward(values, dropout.scale, gradient, count)
      return
    }
    if let dropped = layer.dropped { kernels.multiply(dropped.mask + first, gradient, count) }
    if let activation = layer.activation {
      kernels.activate_backward(activation.kind, activation.slope, values, gradient, count)
    }
  }
}

/// Where the gradients of one layer are written.
struct LayerGradients {
  let weight: UnsafeMutablePointer<Float>
  let bias: UnsafeMutablePointer<Float>?
}

extension TrainingStep {
  fileprivate func stream(_ dropout: LayerChain.Dropout?) -> RandomStream {
    RandomStream(
      seed: seed, purpose: .dropout, fold: fold, epoch: epoch, step: step,
      unit: dropout?.unit ?? 0)
  }
}

@available(*, unavailable)
extension ChainComputation: Sendable {}
