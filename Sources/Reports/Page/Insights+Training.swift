import ExperimentConfig
import Tasks

extension Insights {
  var lastEpoch: Int? { curve.epochs.last }

  /// The epoch whose weights were evaluated.
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
        "The last epoch, \(last), was the best: training ended while the model was still improving."
      )
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

  /// Whether test and validation scores agree within two standard errors.
  var generalisation: Insight? {
    let isShare = primary.terms.predicate != nil
    guard let validation, let test, validation.value.isFinite, test.value.isFinite,
      let variances = validation.variance(isShare: isShare).flatMap({ first in
        test.variance(isShare: isShare).map { first + $0 }
      })
    else { return nil }
    let difference = test.value - validation.value
    let text = primary.difference(difference)
    let score = primary.terms.score
    let models = modelCount > 1 ? " (means over \(modelCount) models)" : ""
    if abs(difference) <= 2 * variances.squareRoot() {
      return Insight(
        .generalisation, .good,
        "Test and validation \(score)\(models) agree: \(text) apart, which is within the sampling "
          + "error of sets of this size.")
    }
    let isWorse = primary.loss(validation.value, to: test.value) > 0
    return Insight(
      .generalisation, isWorse ? .warning : .neutral,
      "Test \(score) is \(text) \(difference < 0 ? "below" : "above") validation "
        + "\(score)\(models), more than chance explains.")
  }
}
