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
  /// Keeps the parameters' memory alive.
  private let model: Model
  private let layers: [Layer]

  /// The buffers of one stage.
  private struct Layer {
    let stage: LayerChain.Stage
    var weight: UnsafeMutablePointer<Float>?
    var bias: UnsafeMutablePointer<Float>?
    /// The output of linear layer and activation; for ReLU followed by dropout, the output after dropout.
    let values: FloatMemory
    /// The dropout output and mask if dropout follows anything other than ReLU.
    let dropped: (values: FloatMemory, mask: FloatMemory)?
    /// The gradient of the loss with respect to the stage's output.
    let gradient: FloatMemory?

    func output(isTraining: Bool) -> FloatMemory {
      if isTraining, let dropped { dropped.values } else { values }
    }
  }

  /// - Parameter trains: whether backward passes will be run.
  init(
    _ chain: LayerChain, _ model: Model, capacity: Int, kernels: ck_kernels, trains: Bool
  ) throws {
    self.chain = chain
    self.model = model
    self.capacity = capacity
    self.kernels = kernels
    input = FloatMemory(capacity * chain.inputs)
    let tensors = Dictionary(model.parameters.map { ($0.name, $0.tensor) }) { first, _ in first }
    layers = try chain.stages.map { stage in
      let size = capacity * stage.width
      var layer = Layer(
        stage: stage, values: FloatMemory(size),
        dropped: trains && stage.dropout != nil && !stage.dropsAfterReLU
          ? (FloatMemory(size), FloatMemory(size)) : nil,
        gradient: trains ? FloatMemory(size) : nil)
      if let linear = stage.linear {
        layer.weight = try tensors[linear.weight]?.floatMemory().baseAddress
        layer.bias = try linear.bias.flatMap { try tensors[$0]?.floatMemory().baseAddress }
      }
      return layer
    }
  }

  /// The part of `input` for some rows.
  func inputs(of rows: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      start: input.start + rows.lowerBound * chain.inputs, count: rows.count * chain.inputs)
  }

  /// Computes the scores of some examples of `input`, [rows.count, chain.outputs].
  ///
  /// - Parameters:
  ///   - rows: the first one is a multiple of 4.
  ///   - training: the training step, which dropout masks depend on; `nil` for evaluation.
  func forward(
    _ rows: Range<Int>, training: TrainingStep?
  ) throws(TorchError) -> UnsafeMutablePointer<Float> {
    var source = input.start + rows.lowerBound * chain.inputs
    for layer in layers {
      let stage = layer.stage
      let first = rows.lowerBound * stage.width
      let values = layer.values.start + first
      let count = rows.count * stage.width
      if let linear = stage.linear, let weight = layer.weight {
        // Start from the bias and add the product, in the same order as LibTorch's `addmm`.
        if let bias = layer.bias { kernels.fill_rows(bias, rows.count, stage.width, values) }
        try multiplyMatrices(
          MatrixOperand(source), MatrixOperand(weight, transposed: true), into: values,
          adding: layer.bias != nil, rows: rows.count, columns: stage.width, inner: linear.inputs)
      } else {
        values.update(from: source, count: count)
      }
      let mask = training.flatMap { place in
        stage.dropout?.mask(place.stream(stage.dropout), from: first)
      }
      if let mask, stage.dropsAfterReLU {
        kernels.relu_dropout(mask, values, count)
      } else {
        if let activation = stage.activation {
          kernels.activate(activation.kind, activation.slope, values, count)
        }
        if let mask, let dropped = layer.dropped {
          kernels.dropout(
            mask, values, dropped.mask.start + first, dropped.values.start + first, count)
        }
      }
      source = layer.output(isTraining: training != nil).start + first
    }
    return source
  }

  /// Reports the activations of the last `forward`, which must have been an evaluation.
  func report(to activity: ActivityRecorder, rows: Int) {
    for layer in layers {
      guard let node = layer.stage.activation?.node else { continue }
      activity.record(node, layer.values.start, rows: rows)
    }
  }

  /// Where the caller writes the gradient of the loss with respect to the scores of some rows before calling
  /// `backward`.
  func scoreGradient(of rows: Range<Int>) -> UnsafeMutablePointer<Float>? {
    layers.last?.gradient.map { $0.start + rows.lowerBound * chain.outputs }
  }

  /// Computes the gradients of the layers' outputs after a `forward` in training of the same rows.
  func backward(_ rows: Range<Int>) throws(TorchError) {
    for index in stride(from: layers.count - 1, through: chain.firstLinear, by: -1) {
      let layer = layers[index]
      let width = layer.stage.width
      guard let gradient = layer.gradient.map({ $0.start + rows.lowerBound * width }) else { return }
      elementwiseBackward(layer, rows, gradient)
      guard index > chain.firstLinear,
        let below = layers[index - 1].gradient.map({
          $0.start + rows.lowerBound * layers[index - 1].stage.width
        })
      else { continue }
      if let linear = layer.stage.linear, let weight = layer.weight {
        try multiplyMatrices(
          MatrixOperand(gradient), MatrixOperand(weight), into: below, adding: false,
          rows: rows.count, columns: linear.inputs, inner: width)
      } else {
        below.update(from: gradient, count: rows.count * width)
      }
    }
  }

  /// Computes the gradients of some units' parameters after `backward` of all rows.
  ///
  /// - Parameters:
  ///   - rows: those of the batch.
  ///   - units: of each layer.
  ///   - gradients: the destinations, layer by layer.
  ///   - adding: whether to add to the existing gradients instead of overwriting them.
  func parameterGradients(
    rows: Int, _ units: [Range<Int>], into gradients: [LayerGradients?], adding: Bool
  ) throws(TorchError) {
    for index in stride(from: layers.count - 1, through: chain.firstLinear, by: -1) {
      let layer = layers[index]
      let units = units[index], width = layer.stage.width
      guard let linear = layer.stage.linear, let target = gradients[index], !units.isEmpty,
        let gradient = layer.gradient.map({ $0.start + units.lowerBound })
      else { continue }
      let source = index > 0 ? layers[index - 1].output(isTraining: true).start : input.start
      try multiplyMatrices(
        MatrixOperand(gradient, transposed: true, stride: width), MatrixOperand(source),
        into: target.weight + units.lowerBound * linear.inputs, adding: adding, rows: units.count,
        columns: linear.inputs, inner: rows)
      if let bias = target.bias.map({ $0 + units.lowerBound }) {
        if !adding { bias.update(repeating: 0, count: units.count) }
        kernels.add_columns(gradient, width, rows, units.count, bias)
      }
    }
  }

  private func elementwiseBackward(
    _ layer: Layer, _ rows: Range<Int>, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let first = rows.lowerBound * layer.stage.width, count = rows.count * layer.stage.width
    let values = layer.values.start + first
    if let dropout = layer.stage.dropout, layer.stage.dropsAfterReLU {
      kernels.relu_dropout_backward(values, dropout.scale, gradient, count)
      return
    }
    if let dropped = layer.dropped {
      kernels.multiply(dropped.mask.start + first, gradient, count)
    }
    if let activation = layer.stage.activation {
      kernels.activate_backward(activation.kind, activation.slope, values, gradient, count)
    }
  }
}

/// Where the gradients of one linear layer are written.
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
