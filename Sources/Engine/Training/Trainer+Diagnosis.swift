import Execution
import Torch

extension Trainer {
  /// Explains a non-finite loss: names inputs or weights that were not finite before the step; otherwise
  /// training has diverged.
  ///
  /// - Parameter indices: the step's examples in the data set.
  func explained(_ failure: TrainingFailure, epoch: Int, indices: [Int]) throws -> TrainingFailure {
    let before = "the loss of epoch \(epoch), step \(progress.step) is not finite because "
    for index in indices {
      let values = try job.examples.batch([index], augmenting: job.augmentation(epoch: epoch))
        .inputs.floats()
      guard let bad = values.first(where: { !$0.isFinite }) else { continue }
      let count = values.count { !$0.isFinite }
      return TrainingFailure(
        description: before
          + "training example \(index) reaches the model with \(Self.word(bad)) in \(count) of "
          + "\(values.count) values: check the data and the transforms, such as the std of normalize"
      )
    }
    for (name, tensor) in model.parameters {
      guard let bad = try tensor.floats().first(where: { !$0.isFinite }) else { continue }
      let isFirst = progress.step == 1
      return TrainingFailure(
        description: isFirst
          ? before + "the weights '\(name)' start with \(Self.word(bad))"
          : failure.description + " (the weights '\(name)' hold \(Self.word(bad)))")
    }
    return failure
  }

  private static func word(_ value: Float) -> String { value.isNaN ? "NaN" : "infinity" }
}
