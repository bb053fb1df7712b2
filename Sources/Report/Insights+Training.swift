import ExperimentConfig

extension Insights {
  private var lastEpoch: Int? { curve.epochs.last }

  var divergence: Insight? {
    for (key, words) in [("train_loss", "training"), ("val_loss", "validation")] {
      guard let epoch = curve.firstNotFinite(key) else { continue }
      return Insight(
        .divergence, .warning,
        "The \(words) loss was no finite number in epoch \(epoch): the training diverged. "
          + "A lower learning rate is the usual remedy.")
    }
    return nil
  }

  /// Over- or underfitting, from the two curves.
  var fit: Insight? {
    guard divergence == nil, let last = lastEpoch, curve.epochs.count >= 3,
      let best = curve.points("val_loss").min(by: { $0.value < $1.value }),
      let loss = curve.value("val_loss", at: last),
      let trained = curve.value("train_loss", at: last)
    else { return nil }
    let trainedAtBest = curve.value("train_loss", at: best.epoch) ?? trained
    if best.value > 0, loss > best.value * (1 + Self.riseOfLoss), trained < trainedAtBest {
      return Insight(
        .fit, .warning,
        "Overfitting since epoch \(best.epoch): the validation loss rose by "
          + "\(Self.percent(loss / best.value - 1, 0)) while the training loss went on falling. "
          + "Stop there, or regularise more.")
    }
    let trainAccuracy = curve.value("train_accuracy", at: last)
    let accuracy = curve.value("val_accuracy", at: last)
    if let trainAccuracy, let accuracy, trainAccuracy - accuracy >= Self.gapOfAccuracy {
      return Insight(
        .fit, .warning,
        "Signs of overfitting: at the end \(Self.percent(trainAccuracy)) of the training examples "
          + "were right, but only \(Self.percent(accuracy)) of the validation examples.")
    }
    let guess = guessing ?? 0
    if let trainAccuracy, guess < 1, (trainAccuracy - guess) / (1 - guess) < Self.leastSkill {
      return Insight(
        .fit, .warning,
        "Underfitting: even of the training examples only \(Self.percent(trainAccuracy)) were right "
          + "at the end, where guessing gives \(Self.percent(guess)). "
          + "A larger model, a better learning rate or more epochs may help.")
    }
    guard let trainAccuracy, let accuracy else { return nil }
    return Insight(
      .fit, .good,
      "No sign of over- or underfitting: at the end \(Self.percent(trainAccuracy)) of the training "
        + "and \(Self.percent(accuracy)) of the validation examples were right.")
  }

  /// Whether more epochs would have changed anything: the slope over the last third.
  var convergence: Insight? {
    guard divergence == nil, !curve.isEmpty else { return nil }
    let window = max(4, (curve.epochs.count + 2) / 3)
    guard curve.points("val_loss").count >= 4,
      let slope = curve.relativeSlope("val_loss", last: window)
    else {
      return Insight(
        .convergence, .neutral,
        "Whether the training had converged cannot be told from "
          + "\(Self.count(curve.epochs.count, "epoch", "epochs")).")
    }
    let rate = Self.percent(abs(slope))
    if slope <= -Self.flatSlope {
      return Insight(
        .convergence, .neutral,
        "Not yet converged: over the last \(window) epochs the validation loss still fell by "
          + "\(rate) an epoch. More epochs would probably help.")
    }
    if slope >= Self.flatSlope {
      return Insight(
        .convergence, .warning,
        "Past its best: over the last \(window) epochs the validation loss rose by \(rate) an epoch."
      )
    }
    return Insight(
      .convergence, .good,
      "Converged: over the last \(window) epochs the validation loss changed by less than "
        + "\(Self.percent(Self.flatSlope)) an epoch.")
  }

  var best: Insight? {
    if let bestEpochText, let best = bestEpochsOfParts, Set(best).count > 1 {
      return Insight(
        .bestEpoch, .neutral, "The best epoch was \(bestEpochText); its weights were evaluated.")
    }
    guard let bestEpoch, let last = lastEpoch, last >= 3 else { return nil }
    if bestEpoch == last {
      return Insight(
        .bestEpoch, .neutral,
        "The last epoch, \(last), was the best: training ended while it was still getting better.")
    }
    if last >= 6, bestEpoch * 3 <= last {
      return Insight(
        .bestEpoch, .warning,
        "The best epoch was \(bestEpoch) of \(last): later epochs did not improve it.")
    }
    return Insight(
      .bestEpoch, .neutral,
      "The best epoch was \(bestEpoch) of \(last); its weights were evaluated.")
  }

  /// Whether the test set agrees with the validation set, within two standard errors.
  var generalisation: Insight? {
    guard let validation = validationAccuracy, let test = testAccuracy, let n = validationCount,
      let m = testCount, n > 0, m > 0, validation.isFinite, test.isFinite
    else { return nil }
    let error =
      (validation * (1 - validation) / Double(n) + test * (1 - test) / Double(m)).squareRoot()
    let difference = test - validation
    let points = NumberText.fixed(abs(difference) * 100, 1)
    let models = modelCount > 1 ? " (means over \(modelCount) models)" : ""
    if abs(difference) <= 2 * error {
      return Insight(
        .generalisation, .good,
        "Test and validation accuracy\(models) agree: \(points) points apart, "
          + "which is within the chance of samples of this size.")
    }
    return Insight(
      .generalisation, difference < 0 ? .warning : .neutral,
      "Test accuracy is \(points) points \(difference < 0 ? "below" : "above") validation "
        + "accuracy\(models), more than chance explains.")
  }
}
