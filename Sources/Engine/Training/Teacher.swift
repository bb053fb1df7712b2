import Execution
import ExperimentConfig
import Graph
import Torch
import Weights

/// The model that a training imitates (Hinton, Vinyals and Dean, 2015). It is evaluated on the inputs that the
/// trained model gets, random transforms and mixing included, and never changes.
package final class Teacher {
  private let model: Model
  private let temperature: Double
  private let alpha: Double

  /// - Parameter entries: the values of all parameters and buffers.
  package init(
    _ graph: Graph, _ entries: [SafeTensors.Entry], _ settings: TeacherSettings, device: Device
  ) throws {
    model = try Model(graph, seed: 0, device: device)
    try model.load(entries)
    for (_, tensor) in model.parameters { try tensor.setRequiresGrad(false) }
    temperature = settings.temperature
    alpha = settings.alpha
  }

  /// The loss to minimise: α T² KL(teacher ‖ model) + (1 − α) loss, where the Kullback–Leibler divergence is
  /// that of the softmax of both models' scores over T, as the mean over the examples.
  ///
  /// - Parameters:
  ///   - loss: the batch's part in the loss of the step, and its mean; see ``LossFunction/part(_:_:of:)``.
  ///   - outputs: of the trained model, [examples, classes].
  ///   - inputs: of the trained model.
  func part(
    _ loss: (part: Tensor, mean: Tensor), _ outputs: Tensor, _ inputs: Tensor, of step: LossStep
  ) throws -> (part: Tensor, mean: Tensor) {
    let (shares, logarithms) = try withNoGrad { () throws -> (Tensor, Tensor) in
      let scores = try model(inputs).div(temperature)
      return (try scores.softmax(dim: 1), try scores.logSoftmax(dim: 1))
    }
    let own = try outputs.div(temperature).logSoftmax(dim: 1)
    let divergence = try shares.mul(logarithms.sub(own)).sum([1]).mean()
    let imitation = try divergence.mul(alpha * temperature * temperature)
    let mean = try imitation.add(loss.mean.mul(1 - alpha))
    let share = Double(outputs.shape.first ?? 0) / Double(step.examples)
    if share == 1 { return (mean, mean) }
    return (try imitation.mul(share).add(loss.part.mul(1 - alpha)), mean)
  }
}

@available(*, unavailable)
extension Teacher: Sendable {}
