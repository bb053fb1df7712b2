import RunRecord
import Schedules

extension TrainingProgress {
  /// Checks that a training of this job can be in this state.
  ///
  /// - Parameter groups: the number of parameter groups.
  /// - Throws: ``TrainingFailure`` naming the invalid value.
  func check(against job: TrainingJob, groups: Int) throws(TrainingFailure) {
    do throws(RecordProblem) {
      try checkPosition(job)
      try checkSums(job)
      try checkChoices(job)
      guard groupSteps.count == groups else {
        throw RecordProblem("groupSteps", "expected \(groups) numbers, found \(groupSteps.count)")
      }
      for (index, count) in groupSteps.enumerated() {
        try RecordProblem.require("groupSteps.\(index)", count, in: 0...step)
      }
      try RecordProblem.require(
        "averagedSteps", averagedSteps, in: 0...averageLimit(job))
    } catch {
      throw TrainingFailure(description: "the checkpoint does not match this training: \(error)")
    }
  }

  /// The largest possible number of weight-average updates.
  private func averageLimit(_ job: TrainingJob) -> Int {
    if let swa = job.swa { return max(0, epochs - swa.startEpoch + 1) }
    return job.averageDecay == nil ? 0 : step
  }

  private func checkPosition(_ job: TrainingJob) throws(RecordProblem) {
    try RecordProblem.require("epochs", epochs, in: 0...job.epochs)
    try RecordProblem.require("stepInEpoch", stepInEpoch, in: 0...job.stepsPerEpoch)
    // The last epoch may have been cut short.
    let expected =
      stepInEpoch == 0
      ? min(job.totalSteps, epochs * job.stepsPerEpoch) : epochs * job.stepsPerEpoch + stepInEpoch
    try RecordProblem.require("step", step, in: expected...expected)
  }

  private func checkSums(_ job: TrainingJob) throws(RecordProblem) {
    try RecordProblem.require("sums.examples", sums.examples, in: 0...job.trainIndices.count)
    try RecordProblem.require("sums.correct", sums.correct, in: 0...sums.examples)
    if !sums.loss.isFinite { throw RecordProblem("sums.loss", "is not a finite number") }
  }

  private func checkChoices(_ job: TrainingJob) throws(RecordProblem) {
    try RecordProblem.require("best.epoch", best?.epoch, in: 1...max(epochs, 1))
    if best == nil ? epochs > 0 : epochs == 0 {
      throw RecordProblem("best", "does not match \(epochs) epochs")
    }
    if let state = earlyStopping {
      if job.earlyStopping == nil {
        throw RecordProblem("earlyStopping", "this training has no early stopping")
      }
      try RecordProblem.require("earlyStopping.epoch", state.epoch, in: 0...epochs)
      try RecordProblem.require("earlyStopping.waited", state.waited, in: 0...state.epoch)
      try RecordProblem.require(
        "earlyStopping.bestEpoch", state.bestEpoch, in: 1...max(state.epoch, 1))
    }
    if let state = schedule {
      if job.schedule == nil { throw RecordProblem("schedule", "this training has no schedule") }
      guard state.factor.isFinite, state.factor > 0 else {
        throw RecordProblem("schedule.factor", "\(state.factor) is not above 0")
      }
      try RecordProblem.require("schedule.badEpochs", state.badEpochs, in: 0...epochs)
      try RecordProblem.require("schedule.cooldownLeft", state.cooldownLeft, in: 0...(1 << 40))
    }
  }
}
