import ExperimentConfig

extension Insights {
  /// That the training diverged, from its losses.
  var divergence: Insight? {
    for (key, words) in [("train_loss", "training"), ("val_loss", "validation")] {
      guard !curve.points(key).isEmpty || curve.hasValues(key),
        let epoch = curve.firstNotFinite(key)
      else { continue }
      return Insight(
        .divergence, .warning,
        "Diverged: the \(words) loss was not a finite number in epoch \(epoch)\(rateText). "
          + Self.lowerRate)
    }
    guard let last = lastEpoch, let loss = curve.value("train_loss", at: last) else { return nil }
    let first = curve.points("train_loss").first
    let reference = evidence.baselineLoss ?? (first?.epoch == last ? nil : first?.value)
    guard let reference, reference > 0, loss > Self.divergedLoss * reference else { return nil }
    let meaning =
      evidence.baselineLoss == nil
      ? "that of the first epoch" : "that of guessing by the class frequencies"
    return Insight(
      .divergence, .warning,
      "Diverged: the training loss ended at \(Self.loss(loss)), far above \(Self.loss(reference)), "
        + "\(meaning)\(rateText). \(Self.lowerRate)")
  }

  private static let lowerRate = "A lower learning rate is the remedy."

  private var rateText: String {
    guard let rate = curve["lr"].last(where: { $0.isFinite }) else { return "" }
    return ", at a learning rate of \(NumberText.short(rate))"
  }

  private static func loss(_ value: Double) -> String {
    value < 1e4 ? NumberText.fixed(value, 3) : NumberText.short(value)
  }

  /// Over- or underfitting, from what the best weights make of training and of validation examples.
  var fit: Insight? {
    if divergence != nil { return nil }
    if let rise = riseOfLoss { return rise }
    guard let training = evidence.trainAccuracy, training.isFinite else { return nil }
    let base = evidence.baselineAccuracy ?? guessing ?? 0
    let sample = "\(Self.percent(training)) of \(evidence.sampleText)"
    if base < 1, (training - base) / (1 - base) < Self.leastSkill {
      return Insight(
        .fit, .warning,
        "Underfit: even \(sample) \(Self.isRight), where always answering the most frequent class "
          + "gives \(Self.percent(base)). "
          + (isStillFalling ? "More epochs are" : "A larger model is") + " the first thing to try.")
    }
    guard let validation = validationAccuracy, validation.isFinite else {
      return Insight(
        .fit, .neutral,
        "Overfitting cannot be judged without validation examples: \(sample) \(Self.isRight).")
    }
    let error =
      Self.standardError(training, evidence.sampleCount)
      + Self.standardError(validation, validationCount)
    let gap = training - validation
    if gap >= Self.gapOfAccuracy, gap > 2 * error.squareRoot() {
      return Insight(
        .fit, .warning,
        "Overfit: \(sample) \(Self.isRight), but only \(Self.percent(validation)) of the validation "
          + "examples. Augmentation in data.transforms is the first thing to try.")
    }
    return Insight(
      .fit, .good,
      "No sign of over- or underfitting: \(sample) \(Self.isRight), and \(Self.percent(validation)) "
        + "of the validation examples.")
  }

  private static let isRight = "are classified correctly"

  /// The variance of a share of so many examples.
  private static func standardError(_ share: Double, _ count: Int?) -> Double {
    guard let count, count > 0 else { return 0 }
    return max(share * (1 - share), 0) / Double(count)
  }

  /// A validation loss that rises while the training loss falls.
  private var riseOfLoss: Insight? {
    guard let last = lastEpoch, curve.epochs.count >= 3,
      let best = curve.points("val_loss").min(by: { $0.value < $1.value }), best.value > 0,
      let loss = curve.value("val_loss", at: last), loss > best.value * (1 + Self.riseOfLoss),
      let trained = curve.value("train_loss", at: last),
      let trainedAtBest = curve.value("train_loss", at: best.epoch), trained < trainedAtBest
    else { return nil }
    return Insight(
      .fit, .warning,
      "Overfit since epoch \(best.epoch): until epoch \(last) the validation loss rose by "
        + "\(Self.percent(loss / best.value - 1, 0)) while the training loss (running mean) fell from "
        + "\(Self.loss(trainedAtBest)) to \(Self.loss(trained)). "
        + "train.early_stopping ends the training there.")
  }

  /// The loss whose curve shows whether more epochs would help: of the validation examples, or, without
  /// those, the running mean over the training examples.
  private var convergingLoss: (key: String, name: String) {
    curve.points("val_loss").isEmpty
      ? ("train_loss", "training loss (running mean)") : ("val_loss", "validation loss")
  }

  private var window: Int { max(4, (curve.epochs.count + 2) / 3) }

  /// Of the loss over the last third, per epoch and as a share of it.
  private var slope: Double? {
    let key = convergingLoss.key
    return curve.points(key).count >= 4 ? curve.relativeSlope(key, last: window) : nil
  }

  private var isStillFalling: Bool { slope.map { $0 <= -Self.flatSlope } ?? true }

  /// Whether more epochs would have changed anything: the slope over the last third.
  var convergence: Insight? {
    guard divergence == nil, !curve.isEmpty else { return nil }
    guard let slope else {
      return Insight(
        .convergence, .neutral,
        "Whether the training had converged cannot be told from "
          + "\(Self.count(curve.epochs.count, "epoch", "epochs")).")
    }
    let rate = Self.percent(abs(slope))
    let name = convergingLoss.name
    if slope <= -Self.flatSlope {
      return Insight(
        .convergence, .neutral,
        "Not converged: over the last \(window) epochs the \(name) still fell by \(rate) an epoch. "
          + "More epochs would probably help.")
    }
    if slope >= Self.flatSlope {
      return Insight(
        .convergence, .warning,
        "Past its best: over the last \(window) epochs the \(name) rose by \(rate) an epoch.")
    }
    return Insight(
      .convergence, .good,
      "Converged: over the last \(window) epochs the \(name) changed by less than "
        + "\(Self.percent(Self.flatSlope)) an epoch.")
  }
}
