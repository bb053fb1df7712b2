import RunRecord
import Weights
import WorkerProtocol

/// Receives the events of a training: to write files, show progress or save checkpoints.
package protocol TrainingObserver: AnyObject {
  /// Called after every step.
  func didStep(_ record: StepRecord) throws
  /// Called during an evaluation with the number of examples so far.
  func didEvaluate(_ done: Int, of total: Int)
  /// Called after every epoch and its evaluation.
  func didFinish(_ epoch: EpochEnd) throws
  /// Reports a warning to the user.
  func warn(_ text: String) throws
  /// Whether to interrupt training as soon as possible; checked after every step and between batches of an
  /// evaluation.
  var isInterrupted: Bool { get }
  /// Whether a checkpoint is due after `step`, which may be the last of an epoch.
  func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool
  /// Saves a checkpoint.
  func keep(_ snapshot: TrainingSnapshot) throws
  /// Called after the last epoch, before the best weights replace the last ones.
  func willEnd(_ snapshot: () throws -> TrainingSnapshot) throws
}

extension TrainingObserver {
  package func didEvaluate(_ done: Int, of total: Int) {}

  package func willEnd(_ snapshot: () throws -> TrainingSnapshot) throws {}
}

/// The results of an epoch.
package struct EpochEnd {
  package let record: EpochRecord
  package let timing: EpochTiming
}

/// The state of a training between two steps.
package struct TrainingSnapshot {
  package let progress: TrainingProgress
  /// Parameters and buffers that training changes (`model.…`), the optimizer's state (`optimizer.…`), the
  /// weight average (`average.…`) and the best epoch's weights (`best.…`).
  package let tensors: [SafeTensors.Entry]

  package init(progress: TrainingProgress, tensors: [SafeTensors.Entry]) {
    self.progress = progress
    self.tensors = tensors
  }
}

/// Thrown when the observer interrupts training; a checkpoint to resume from has been saved.
package struct TrainingInterrupted: Error, Sendable {
  package init() {}
}
