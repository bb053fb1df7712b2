import CKernels
import Execution
import Randomness
import Torch

/// Computes a chain of layers in preallocated memory: a step allocates nothing, and only the matrix products
/// go through LibTorch.
///
/// The parameters remain the model's tensors; this reads their memory.
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

  /// Computes the scores of the first `rows` examples of `input`, [rows, chain.outputs].
  ///
  /// - Parameter training: the training step, which dropout masks depend on; `nil` for evaluation.
  func forward(rows: Int, training: TrainingStep?) throws -> UnsafeMutablePointer<Float> {
    var source = input.start
    for layer in layers {
      let stage = layer.stage
      let values = layer.values.start
      let count = rows * stage.width
      if let linear = stage.linear, let weight = layer.weight {
        // Start from the bias and add the product, in the same order as LibTorch's `addmm`.
        if let bias = layer.bias { kernels.fill_rows(bias, rows, stage.width, values) }
        try multiplyMatrices(
          MatrixOperand(source), MatrixOperand(weight, transposed: true), into: values,
          adding: layer.bias != nil, rows: rows, columns: stage.width, inner: linear.inputs)
      } else {
        values.update(from: source, count: count)
      }
      let mask = training.flatMap { place in stage.dropout?.mask(place.stream(stage.dropout)) }
      if let mask, stage.dropsAfterReLU {
        kernels.relu_dropout(mask, values, count)
      } else {
        if let activation = stage.activation {
          kernels.activate(activation.kind, activation.slope, values, count)
        }
        if let mask, let dropped = layer.dropped {
          kernels.dropout(mask, values, dropped.mask.start, dropped.values.start, count)
        }
      }
      source = layer.output(isTraining: training != nil).start
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

  /// Where the caller writes the gradient of the loss with respect to the scores before calling `backward`.
  var scoreGradient: UnsafeMutablePointer<Float>? { layers.last?.gradient?.start }

  /// Computes the parameters' gradients after a `forward` in training.
  ///
  /// - Parameters:
  ///   - gradients: the destinations, by parameter name.
  ///   - adding: whether to add to the existing gradients instead of overwriting them.
  func backward(
    rows: Int, into gradients: [LayerGradients?], adding: Bool
  ) throws {
    for index in stride(from: layers.count - 1, through: chain.firstLinear, by: -1) {
      let layer = layers[index]
      guard let gradient = layer.gradient?.start else { return }
      let width = layer.stage.width
      elementwiseBackward(layer, gradient, rows * width)
      let below = index > chain.firstLinear ? layers[index - 1].gradient?.start : nil
      guard let linear = layer.stage.linear, let weight = layer.weight else {
        below?.update(from: gradient, count: rows * width)
        continue
      }
      let source = index > 0 ? layers[index - 1].output(isTraining: true).start : input.start
      if let target = gradients[index] {
        try multiplyMatrices(
          MatrixOperand(gradient, transposed: true), MatrixOperand(source), into: target.weight,
          adding: adding, rows: width, columns: linear.inputs, inner: rows)
        if let bias = target.bias {
          if !adding { bias.update(repeating: 0, count: width) }
          kernels.add_columns(gradient, rows, width, bias)
        }
      }
      if let below {
        try multiplyMatrices(
          MatrixOperand(gradient), MatrixOperand(weight), into: below, adding: false, rows: rows,
          columns: linear.inputs, inner: width)
      }
    }
  }

  private func elementwiseBackward(
    _ layer: Layer, _ gradient: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    let values = layer.values.start
    if let dropout = layer.stage.dropout, layer.stage.dropsAfterReLU {
      kernels.relu_dropout_backward(values, dropout.scale, gradient, count)
      return
    }
    if let dropped = layer.dropped { kernels.multiply(dropped.mask.start, gradient, count) }
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
