import RunRecord
import Weights
import WorkerProtocol

/// Whoever wants to know what a training does: files, a progress bar, checkpoints.
package protocol TrainingObserver: AnyObject {
  /// After every step.
  func didStep(_ record: StepRecord) throws
  /// After every epoch and its evaluation.
  func didFinish(_ epoch: EpochEnd) throws
  /// Takes note of something that a person should know.
  func warn(_ text: String) throws
  /// Whether the training is to be interrupted as soon as possible; asked after every step and between
  /// the batches of an evaluation.
  var isInterrupted: Bool { get }
  /// Whether a checkpoint is due after `step`, which perhaps was an epoch's last.
  func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool
  /// Keeps a checkpoint.
  func keep(_ snapshot: TrainingSnapshot) throws
  /// After the last epoch, before the best weights take the place of the last.
  func willEnd(_ snapshot: () throws -> TrainingSnapshot) throws
}

extension TrainingObserver {
  package func willEnd(_ snapshot: () throws -> TrainingSnapshot) throws {}
}

/// The results of an epoch.
package struct EpochEnd {
  package let record: EpochRecord
  package let timing: EpochTiming
}

/// A training at one moment.
package struct TrainingSnapshot {
  package let progress: TrainingProgress
  /// Parameters and buffers that training changes (`model.…`), the optimizer's state
  /// (`optimizer.…`), averages (`average.…`) and the best epoch's weights (`best.…`).
  package let tensors: [SafeTensors.Entry]

  package init(progress: TrainingProgress, tensors: [SafeTensors.Entry]) {
    self.progress = progress
    self.tensors = tensors
  }
}

/// The observer asked for the end, and has a checkpoint to resume from.
package struct TrainingInterrupted: Error, Sendable {
  package init() {}
}
