import CKernels
import Execution
import Randomness
import Torch

/// A chain of layers computed in memory that is laid out once: nothing is allocated in a step and
/// nothing goes through LibTorch but the matrix products.
///
/// The parameters stay the model's own tensors; this reads their memory.
final class ChainComputation {
  let chain: LayerChain
  /// Examples that there is room for.
  let capacity: Int
  let kernels: ck_kernels
  /// [capacity, chain.inputs]: where a batch is put.
  let input: FloatMemory
  /// What keeps the parameters' memory alive.
  private let model: Model
  private let layers: [Layer]

  /// The memory of one stage.
  private struct Layer {
    let stage: LayerChain.Stage
    var weight: UnsafeMutablePointer<Float>?
    var bias: UnsafeMutablePointer<Float>?
    /// After linear layer and activation; ReLU with dropout has the dropout done.
    let values: FloatMemory
    /// Where dropout follows something else than ReLU.
    let dropped: (values: FloatMemory, mask: FloatMemory)?
    /// Of the loss by what comes out.
    let gradient: FloatMemory?

    func output(isTraining: Bool) -> FloatMemory {
      if isTraining, let dropped { dropped.values } else { values }
    }
  }

  /// - Parameter trains: whether there are backward passes.
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

  /// The scores of the first `rows` examples of `input`, [rows, chain.outputs].
  ///
  /// - Parameter training: the place in the training, for dropout; `nil` while evaluating.
  func forward(rows: Int, training: TrainingStep?) throws -> UnsafeMutablePointer<Float> {
    var source = input.start
    for layer in layers {
      let stage = layer.stage
      let values = layer.values.start
      let count = rows * stage.width
      if let linear = stage.linear, let weight = layer.weight {
        // The bias first, then the product is added to it: the order of LibTorch's `addmm`.
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

  /// Shows what the activations gave in the last `forward`, which was an evaluation.
  func report(to activity: ActivityRecorder, rows: Int) {
    for layer in layers {
      guard let node = layer.stage.activation?.node else { continue }
      activity.record(node, layer.values.start, rows: rows)
    }
  }

  /// Where the gradient of the loss by the scores is put before `backward`.
  var scoreGradient: UnsafeMutablePointer<Float>? { layers.last?.gradient?.start }

  /// The gradients of the parameters, after a `forward` in training.
  ///
  /// - Parameters:
  ///   - gradients: by the parameters' names.
  ///   - adding: to what is there, instead of in its place.
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

/// Where the gradients of one linear layer are put.
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
