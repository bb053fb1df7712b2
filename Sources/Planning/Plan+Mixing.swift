import Diagnostics
import ExperimentConfig
import Graph
import Tasks

extension Plan {
  /// Reports that examples of this kind, or batches of this size, cannot be mixed.
  ///
  /// - Parameter shape: of an example as the model gets it.
  static func check(
    _ mixing: MixingSettings?, _ data: Experiment.Data, _ shape: Shape, _ task: any Task,
    _ diagnostics: DiagnosticCollector
  ) {
    guard let mixing else { return }
    if !task.mixesTargets {
      diagnostics.error(
        "'\(mixing.name)' mixes classes, and the targets are \(task.target.kind)", at: mixing.range)
    }
    if let cutmix = mixing.cutmix, shape.dims.count != 3 {
      diagnostics.error(
        "'cutmix' cuts boxes out of images, and the inputs are \(shape)", at: cutmix.range,
        hint: "mixup mixes any inputs")
    }
    if data.batchSize == 1 {
      diagnostics.error(
        "'\(mixing.name)' mixes the examples of a batch, and every batch has one", at: mixing.range,
        hint: "raise batch_size")
    }
  }
}
