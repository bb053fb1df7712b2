import ExperimentConfig

extension Insights {
  var lastEpoch: Int? { curve.epochs.last }

  /// Which epoch's weights were evaluated.
  var best: Insight? {
    if let bestEpochText, let best = bestEpochsOfParts, Set(best).count > 1 {
      return Insight(
        .bestEpoch, .neutral, "The best epoch was \(bestEpochText); its weights were evaluated.")
    }
    guard divergence == nil, let bestEpoch, let last = lastEpoch, last >= 3 else { return nil }
    if bestEpoch == last {
      let lowest = curve.points("val_loss").min { $0.value < $1.value }
      guard lowest?.epoch == last else {
        return Insight(
          .bestEpoch, .neutral, "The weights of the last epoch, \(last), were evaluated.")
      }
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
