import Diagnostics
import Execution
import Graph
import Torch

/// Explains single answers of a model for images: which pixels a score depends on.
///
/// The model computes in evaluation mode and in its own type, without autocast and without the compiled inference
/// plan, which has no gradients.
package struct Attribution {
  package let model: Model
  /// The size of the input in pixels.
  package let height: Int
  package let width: Int
  /// How many inputs are computed at once; with gradients, the outputs of all layers are kept.
  let rows: Int

  /// From now on, gradients are recorded for inputs only, so the model can no longer be trained.
  ///
  /// - Throws: ``InputError`` if the model does not take one image.
  package init(_ model: Model) throws {
    let inputs = model.graph.inputs
    guard inputs.count == 1, inputs[0].shape.rank == 3 else {
      let given = inputs.map { "'\($0.name)' \($0.shape)" }.joined(separator: ", ")
      throw InputError("only models of one image have maps of its pixels; this one takes \(given)")
    }
    self.model = model
    height = inputs[0].shape.dims[1]
    width = inputs[0].shape.dims[2]
    rows = model.graph.evaluationBatch()
    model.autocast = nil
    // In contiguous order, LibTorch's convolutions compute, as in the reference implementations: a unit that another
    // rounding moves across the kink of its ReLU shows in the map.
    model.format = .contiguous
    for (_, tensor) in model.parameters { try tensor.setRequiresGrad(false) }
  }

  /// The model's output for inputs [count, channels, height, width], without gradients.
  package func output(_ inputs: Tensor) throws -> Tensor {
    try withNoGrad { () throws -> Tensor in try model([inputs]) }
  }

  /// The score of each of several inputs, [count].
  package func scores(_ inputs: Tensor, _ target: AttributionTarget) throws -> Tensor {
    try withNoGrad { () throws -> Tensor in try target.score(model([inputs])) }
  }

  /// The gradient of the score of each input with respect to it, [count, channels, height, width].
  func gradients(_ inputs: Tensor, _ target: AttributionTarget) throws -> Tensor {
    // A tensor of inference mode cannot have a gradient, but its copy can.
    let leaf = try inputs.detach().clone()
    try leaf.setRequiresGrad(true)
    // A copy again, because modules of TorchScript may overwrite their input.
    try target.score(model([leaf.clone()])).sum().backward()
    return try leaf.grad() ?? Tensor.zeros(like: leaf.detach())
  }

  /// - Throws: ``TorchError`` if this is not a single input of the model.
  func check(_ input: Tensor) throws(TorchError) {
    let expected = [1] + model.graph.inputs[0].shape.dims
    guard input.shape == expected else {
      throw TorchError(
        operation: "attribution", message: "the input has the shape \(input.shape), not \(expected)"
      )
    }
  }
}

@available(*, unavailable)
extension Attribution: Sendable {}
