import ExperimentConfig
import RunRecord
import Tasks

/// A sentence about a run that its numbers bear out.
package struct Insight: Sendable, Equatable {
  package enum Tone: String, Sendable {
    case good, neutral, warning
  }

  package enum Topic: String, Sendable {
    case overall, divergence, fit, convergence, bestEpoch, easiest, hardest, confusions, balance
    case confidence, generalisation, ending
    case deadUnits = "dead_units"
    case saturatedUnits = "saturated_units"
    case undefinedMetrics = "undefined"
  }

  package var topic: Topic
  package var tone: Tone
  package var text: String

  package init(_ topic: Topic, _ tone: Tone, _ text: String) {
    self.topic = topic
    self.tone = tone
    self.text = text
  }
}

/// Puts the numbers of a run into words. Every threshold is a named constant here.
package struct Insights: Sendable {
  package var curve: LearningCurve
  /// From 1; the epoch of the weights that were evaluated.
  package var bestEpoch: Int?
  package var classes: ClassEvidence?
  /// With folds or seeds: of each, and in words.
  package var bestEpochsOfParts: [Int]?
  var bestEpochText: String?
  /// Models whose scores the accuracies are the mean of; 0 for a single training.
  var modelCount = 0
  /// Of one model: of folds the mean over their models, not that of their ensemble.
  package var validationAccuracy: Double?
  package var testAccuracy: Double?
  package var validationCount: Int?
  package var testCount: Int?
  /// What another task than classification says of its predictions.
  var remark: (isGood: Bool, text: String)?
  package var evidence = FitEvidence()
  /// By key of `metrics.jsonl`: the number of epochs without a value, and why.
  package var undefinedEpochs: [(key: String, value: (count: Int, reason: String))] = []

  /// Diverged: the training loss ends above so many times the loss of guessing.
  static let divergedLoss = 2.0
  /// From this share of a layer's units on dead or saturated ones are mentioned.
  static let fewIdleUnits = 0.05
  /// From this share on something should be done about them.
  static let manyIdleUnits = 0.25
  /// The validation loss counts as changing from this share an epoch on.
  static let flatSlope = 0.015
  /// Overfitting: the validation loss rose by this share above its best while training went on.
  static let riseOfLoss = 0.10
  /// Overfitting: the accuracy on sampled training examples is this far above that on validation examples.
  static let gapOfAccuracy = 0.05
  /// Underfitting: less than this share of the way from guessing to perfection on the training set.
  static let leastSkill = 0.5
  /// Classes are out of balance where the largest has this many times the examples of the smallest.
  static let imbalance = 1.5
  static let strongImbalance = 3.0
  /// An error is a confident one from this probability on.
  static let confident = 0.9
  /// Classes named in one sentence.
  static let named = 3

  package init(
    curve: LearningCurve, bestEpoch: Int?, classes: ClassEvidence?,
    validationAccuracy: Double? = nil, testAccuracy: Double? = nil,
    validationCount: Int? = nil, testCount: Int? = nil
  ) {
    self.curve = curve
    self.bestEpoch = bestEpoch
    self.classes = classes
    self.validationAccuracy = validationAccuracy
    self.testAccuracy = testAccuracy
    self.validationCount = validationCount
    self.testCount = testCount
  }

  package init(_ evidence: RunEvidence) {
    self.init(
      curve: LearningCurve(evidence.epochs), bestEpoch: evidence.bestEpoch,
      classes: evidence.classes,
      validationAccuracy: evidence.classes.flatMap { _ in
        evidence.singleModelScore("validation", evidence.primary)
      },
      testAccuracy: evidence.classes.flatMap { _ in
        evidence.singleModelScore("test", evidence.primary)
      },
      validationCount: evidence.basis(of: "validation")?.examples,
      testCount: evidence.basis(of: "test")?.examples)
    if !evidence.task.targetsAreClasses {
      let split = evidence.predictions["test"] == nil ? "validation" : "test"
      remark = evidence.predictions[split].flatMap { evidence.task.remark($0, split: split) }
    }
    bestEpochsOfParts = evidence.bestEpochsOfParts
    bestEpochText = evidence.bestEpochText
    modelCount = evidence.parts.count
    self.evidence = FitEvidence(evidence)
    let reasons = evidence.epochs.flatMap { $0.undefined.sorted { $0.key < $1.key } }
    undefinedEpochs = Dictionary(grouping: reasons, by: \.key).sorted { $0.key < $1.key }
      .map { ($0.key, ($0.value.count, $0.value[0].value)) }
  }

  /// What there is to say, the most important first.
  package var all: [Insight] {
    // What a diverged model answers says nothing about classes or labels.
    if divergence != nil {
      return [overall, divergence, deadUnits, saturatedUnits, ending, undefinedMetrics]
        .compactMap(\.self)
    }
    return [
      overall, divergence, fit, deadUnits, saturatedUnits, convergence, ending, best,
      undefinedMetrics, generalisation, easiest, hardest, confusions, confidence, balance,
    ].compactMap(\.self)
  }

  // MARK: Words

  static func percent(_ share: Double, _ decimals: Int = 1) -> String {
    NumberText.fixed(share * 100, decimals) + "%"
  }

  static func count(_ count: Int, _ one: String, _ many: String) -> String {
    count == 1 ? "1 \(one)" : "\(NumberText.grouped(count)) \(many)"
  }

  static func joined(_ texts: [String]) -> String {
    guard let last = texts.last else { return "" }
    return texts.count == 1 ? last : texts.dropLast().joined(separator: ", ") + " and " + last
  }

  /// A class in quotation marks, short enough for a sentence.
  func name(_ label: Int) -> String {
    let name = classes?.names[label] ?? String(label)
    return "‘\(Clipped.text(name, 40))’"
  }
}

/// Long texts for places that have little room.
enum Clipped {
  static func text(_ text: String, _ limit: Int) -> String {
    text.unicodeScalars.count <= limit
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
  }
}
