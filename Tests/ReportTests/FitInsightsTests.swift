import ExperimentConfig
import Report
import RunRecord
import Tasks
import Testing

/// Diagnoses of a training, each from the numbers that it rests on.
@Suite struct FitInsightsTests {
  private func insights(
    training: [Double], validation: [Double] = [], sample: Double? = nil,
    accuracy: Double? = nil, _ change: (inout FitEvidence) -> Void = { _ in }
  ) -> [Insight] {
    let records = training.indices.map { index in
      var values = ["train_loss": training[index], "lr": 1e6]
      if index < validation.count { values["val_loss"] = validation[index] }
      return EpochRecord(fold: 0, epoch: index + 1, values: values)
    }
    var insights = Insights(
      curve: LearningCurve(records), bestEpoch: 1, primary: .accuracy,
      validation: accuracy.map { SplitScore($0, count: 12_000) })
    insights.evidence.trainScore = sample
    (insights.evidence.sampleCount, insights.evidence.trainCount) = (5_000, 48_000)
    (insights.evidence.baselineLoss, insights.evidence.baselineScore) = (2.301, 0.112)
    change(&insights.evidence)
    return insights.all
  }

  private func text(_ topic: Insight.Topic, _ all: [Insight]) -> String {
    all.first { $0.topic == topic }?.text ?? "nothing"
  }

  @Test func aHugeLearningRateIsDivergenceAndNothingElse() {
    // The validation loss rises while the training loss falls, as in overfitting.
    let all = insights(
      training: [9e11, 6e11, 4e11, 3e11], validation: [1e11, 2e11, 5e11, 9e11], sample: 0.98,
      accuracy: 0.8)
    let words = text(.divergence, all)
    #expect(words.hasPrefix("Diverged: the training loss ended at"), "\(words)")
    #expect(
      words.contains("2.301") && words.contains("learning rate of 1e+06")
        || words.contains("1000000"))
    for topic in [Insight.Topic.fit, .convergence, .bestEpoch] {
      #expect(text(topic, all) == "nothing")
    }
  }

  @Test func aLossBelowGuessingHasNotDiverged() {
    #expect(text(.divergence, insights(training: [2.4, 2.3, 2.2])) == "nothing")
    // Without a baseline the first epoch is what there is.
    let all = insights(training: [1, 2, 3]) { $0.baselineLoss = nil }
    #expect(text(.divergence, all).contains("that of the first epoch"))
  }

  @Test func aGapToTheTrainingSampleIsOverfitting() {
    let words = text(
      .fit,
      insights(training: [1, 0.5, 0.4], validation: [1, 0.5, 0.5], sample: 0.99, accuracy: 0.8))
    #expect(
      words.hasPrefix(
        "Overfit: 99.0% of 5,000 of 48,000 training examples in evaluation mode are classified correctly, "
          + "but only 80.0% of the validation examples."), "\(words)")
  }

  @Test func aGapWithinChanceIsNotOverfitting() {
    let all = insights(training: [1, 0.5], validation: [1, 0.5], sample: 0.9, accuracy: 0.84) {
      $0.sampleCount = 40
    }
    #expect(text(.fit, all).hasPrefix("No sign of over- or underfitting: 90.0% of 40 of 48,000"))
  }

  @Test func poorTrainingAccuracyIsUnderfitting() {
    let flat = Array(repeating: 2.2, count: 6)
    let all = insights(training: flat, validation: flat, sample: 0.2, accuracy: 0.2)
    #expect(text(.fit, all).hasPrefix("Underfit: even 20.0% of 5,000"))
    #expect(text(.fit, all).contains("A larger model"))
    let falling = [2.2, 2.1, 2, 1.9, 1.8, 1.7]
    let early = insights(training: falling, validation: falling, sample: 0.2, accuracy: 0.2)
    #expect(text(.fit, early).contains("More epochs"))
    #expect(text(.convergence, early).hasPrefix("Not converged"))
  }

  @Test func theRunningMeanProvesNothing() {
    let all = insights(training: [1, 0.5, 0.3], validation: [1, 0.5, 0.3], accuracy: 0.9)
    #expect(text(.fit, all) == "nothing")
  }

  @Test func overfittingCannotBeSeenWithoutValidationExamples() {
    let all = insights(training: [1, 0.5, 0.3, 0.2, 0.1], sample: 0.99)
    #expect(text(.fit, all).hasPrefix("Overfitting cannot be judged without validation examples"))
    #expect(text(.convergence, all).contains("training loss (running mean)"))
  }

  @Test func deadAndSaturatedUnitsAreCountedByLayer() {
    let all = insights(training: [1, 0.5]) {
      $0.activity = [
        .init(
          name: nil,
          activity: UnitActivity(
            split: "validation", examples: 12_000,
            layers: [
              .init(node: "2", activation: "relu", units: 128, dead: 59, saturated: 0),
              .init(node: "4", activation: "relu", units: 64, dead: 1, saturated: 0),
              .init(node: "6", activation: "tanh", units: 10, dead: 0, saturated: 1),
            ]))
      ]
    }
    #expect(
      text(.deadUnits, all)
        == "Dead units: 59 of 128 units of ‘2’ (relu) do not fire on any of the 12,000 validation "
        + "examples. A lower learning rate keeps units alive.")
    #expect(
      text(.saturatedUnits, all)
        == "Saturated units: 1 of 10 units of ‘6’ (tanh) stay within 1% of an end of their range on all "
        + "of the 12,000 validation examples.")
    #expect(text(.deadUnits, insights(training: [1, 0.5])) == "nothing")
  }

  @Test func whyATrainingEndedIsSaid() {
    let stopping = TrainingEnd.Stopping(
      monitor: "f1_macro", value: 0.7, best: 0.75, bestEpoch: 4, patience: 3, skippedEpochs: 2)
    let end = TrainingEnd(.earlyStopping, epoch: 9, epochs: 50, steps: 90, stopping: stopping)
    #expect(
      text(.ending, insights(training: [1]) { $0.ends = [end] })
        == "How the training ended: early stopping after epoch 9 of 50: validation f1 macro has not improved on 0.7500 "
        + "(epoch 4) for 3 epochs; it ended at 0.7000; 2 epochs without a value were skipped.")
    let whole = TrainingEnd(.completed, epoch: 3, epochs: 3)
    #expect(text(.ending, insights(training: [1]) { $0.ends = [whole] }) == "nothing")
    let folds = insights(training: [1]) {
      $0.ends = [end, whole, end]
      $0.parts = ("fold", 3)
    }
    #expect(
      text(.ending, folds)
        == "Of 3 folds 2 ended before their last epoch: early stopping in 2.")
    let cut = TrainingEnd(
      .maxSteps, epoch: 2, epochs: 5, steps: 7, partialEpoch: .init(steps: 2, of: 5))
    #expect(cut.text == "max_steps (7 steps) in epoch 2 of 5, which ran 2 of its 5 steps")
    #expect(
      TrainingEnd(.pruned, epoch: 1, epochs: 9).text == "pruned by the sweep after epoch 1 of 9")
  }

  @Test func undefinedResultsAreNamedWithTheirReason() {
    let all = insights(training: [1]) {
      $0.undefined = [
        "test": ["roc_auc_macro": "the labels contain only one class"],
        "validation": ["roc_auc_macro": "the labels contain only one class"],
      ]
    }
    #expect(
      text(.undefinedMetrics, all)
        == "Undefined: test and validation roc auc macro (the labels contain only one class).")
  }
}
