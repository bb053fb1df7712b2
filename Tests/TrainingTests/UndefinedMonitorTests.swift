import DataSchema
import Diagnostics
import ExperimentConfig
import RunRecord
import Schedules
import Testing
import Training
import Weights

/// Monitored results without a value, and why trainings end.
@Suite struct UndefinedMonitorTests {
  /// A job on the formula images, whose validation examples are `validation`.
  private func job(_ train: String, metrics: String, validation: [Int]) throws -> TrainingJob {
    var job = try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [to_tensor]
        batch_size: 64
      model: [flatten, linear: 10]
      metrics: \(metrics)
      \(train)
      """, FormulaImages.make(salt: 0), train: 0..<320, validation: 320..<321)
    job.validationIndices = validation
    return job
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return (error as? InputError)?.diagnostics.first?.message ?? "\(error)"
    }
  }

  /// A single class has no ROC curve.
  private func oneClass(_ job: TrainingJob) -> [Int] {
    let label = job.examples.targets.values[320]
    return (320..<1000).filter { job.examples.targets.values[$0] == label }
  }

  @Test(arguments: [2, 3]) func earlyStoppingByWhatIsNeverDefinedIsAnError(patience: Int) throws {
    var job = try job(
      "train: {epochs: 6, early_stopping: {monitor: roc_auc, patience: \(patience)}}",
      metrics: "[accuracy, roc_auc]", validation: [320])
    job.validationIndices = oneClass(job)
    let log = TrainingLog()
    let text = message { _ = try Trainer(job).run(log) }
    #expect(
      text.hasPrefix(
        "early stopping has nothing to monitor: 'roc_auc_macro' of the validation examples was "
          + "undefined "
          + "in each of the first \(patience) epochs ("), "\(text)")
    #expect(log.epochs.count == patience, "the epochs are recorded all the same")
    #expect(log.epochs[0].record.undefined["val_roc_auc_macro"] != nil)
    #expect(log.warnings.count == 1, "\(log.warnings)")
  }

  @Test func aPlateauOfWhatIsNeverDefinedIsAnErrorAtTheEnd() throws {
    var job = try job(
      "schedule: {reduce_on_plateau: {monitor: roc_auc, patience: 20}}\ntrain: {epochs: 2}",
      metrics: "[accuracy, roc_auc]", validation: [320])
    job.validationIndices = oneClass(job)
    let text = message { _ = try Trainer(job).run(TrainingLog()) }
    #expect(text.contains("reduce_on_plateau has nothing to monitor"), "\(text)")
  }

  @Test func aTrainingSaysWhyItEnded() throws {
    let all = Array(320..<400)
    func end(_ train: String) throws -> TrainingEnd {
      try Trainer(job("train: \(train)", metrics: "[accuracy]", validation: all))
        .run(TrainingLog()).end
    }
    let whole = try end("{epochs: 2}")
    #expect(whole.reason == .completed && whole.epoch == 2 && whole.steps == 10)
    #expect(whole.partialEpoch == nil && whole.stopping == nil)
    let cut = try end("{epochs: 3, max_steps: 7}")
    #expect(cut.reason == .maxSteps && cut.epoch == 2 && cut.epochs == 3)
    #expect(cut.partialEpoch == .init(steps: 2, of: 5))
    #expect(try end("{epochs: 2, max_steps: 10}").reason == .completed)
    let stopped = try end(
      "{epochs: 9, early_stopping: {monitor: accuracy, patience: 2, min_delta: 1}}")
    #expect(stopped.reason == .earlyStopping && stopped.epoch == 3)
    #expect(stopped.stopping?.patience == 2 && stopped.stopping?.bestEpoch == 1)
    #expect(stopped.stopping?.monitor == "accuracy" && stopped.stopping?.value != nil)
  }

  @Test func withoutValidationExamplesTheLastEpochCounts() throws {
    var job = try job("train: {epochs: 2}", metrics: "[accuracy]", validation: [])
    job.selection = .lastEpoch
    let log = TrainingLog()
    let result = try Trainer(job).run(log)
    #expect(result.bestEpoch == 2)
    #expect(result.bestWeights.map(\.bytes) == result.lastWeights.map(\.bytes))
    #expect(Set(log.values[0].keys) == ["train_loss", "train_accuracy", "lr"])
  }
}
