import DataSchema
import Diagnostics
import ExperimentConfig
import Glibc

/// The loss of Lin et al., "Focal Loss for Dense Object Detection" (2017): cross-entropy times
/// (1 − p)^γ, where p is the probability of what is true.
struct Focal: SingleTermLoss {
  static let schema = ComponentSchema(
    "focal", main: "gamma",
    [
      Field(
        "gamma", .number(.nonNegative), default: "2",
        doc: "The exponent of 1 - p: the larger, the less an example counts that is answered well."),
      Field(
        "alpha",
        .oneOf(
          [.choice(["none", "balanced"]), .number(.unit)] + NamedWeights.forms(.nonNegative)),
        .optional,
        doc:
          "For labels one number for all, 0.25 if left out: the weight of a label that is there, "
          + "where one that is not has 1 - alpha. For classes a list with one number per class, a "
          + "mapping that names classes (the others have 1), or balanced as the weight of "
          + "cross_entropy; none if left out."),
    ],
    doc:
      "Cross-entropy times (1 - p)^gamma with the probability p of what is true. For labels it is "
      + "torchvision's sigmoid_focal_loss, averaged over all outputs; for classes p is a softmax, and "
      + "the loss is averaged over the batch, for masks over its pixels that have a class.")
  /// torchvision's default.
  private static let standardAlpha = 0.25

  private let gamma: Double
  private let alpha: Alpha
  private let range: SourceRange?

  private enum Alpha {
    /// The default of the task.
    case standard
    case none
    case number(Double)
    case classes(NamedWeights)
  }

  init(_ arguments: Arguments) throws {
    gamma = try arguments.number("gamma")
    range = arguments.range("alpha")
    if !arguments.has("alpha") {
      alpha = .standard
    } else if arguments.word("alpha") == "none" {
      alpha = .none
    } else if let number = arguments.scalar("alpha") {
      alpha = .number(number)
    } else {
      alpha = .classes(try NamedWeights(arguments, "alpha"))
    }
  }

  static func fits(_ target: FieldKind) -> Bool {
    switch target {
    case .category, .labelSet, .mask: true
    default: false
    }
  }

  static func link(for target: FieldKind) -> ScoreLink {
    if case .labelSet = target { .sigmoid } else { .softmax }
  }

  func problems(_ target: DataField, count: Int) -> [Diagnostic] {
    switch (alpha, target.kind) {
    case (.number, .category), (.number, .mask):
      [
        Diagnostic(
          .error, "one number for 'alpha' would weigh all \(target.kind) alike", at: range,
          hint: "give one number per class, or balanced")
      ]
    case (.classes, .labelSet):
      [
        Diagnostic(
          .error, "'alpha' is one number for \(target.kind)", at: range,
          hint: "write alpha: 0.25, or use pos_weight of bce_with_logits")
      ]
    case (.classes(let weights), _): weights.problems(target, count: count)
    default: []
    }
  }

  func term(_ targets: LossTargets) -> Objective.Term {
    switch targets.kind {
    case .category: Objective.Term(name, classes(targets))
    case .mask: Objective.Term(name, pixels(targets), classWeights: targets.pixelWeights)
    default: Objective.Term(name, labels(targets.operation))
    }
  }

  /// The same as for classes, one value per pixel. Pixels without a class have cross-entropy 0.
  private func pixels(_ targets: LossTargets) -> Objective.Operation {
    let entropy = Objective.Operation.crossEntropy(.outputs, .targets, labelSmoothing: 0)
    let weighted = Objective.Operation.crossEntropy(
      .outputs, .targets, labelSmoothing: 0, classWeights: classWeights(targets))
    return focused(weighted, 1 - .exponential(.scaled(entropy, by: -1)))
  }

  /// (1 − p)^γ · cross-entropy · α of the class, one value per example.
  private func classes(_ targets: LossTargets) -> Objective.Operation {
    let entropy = Objective.Operation.crossEntropy(.outputs, .targets, labelSmoothing: 0)
    let p = Objective.Operation.exponential(.scaled(entropy, by: -1))
    let value = focused(entropy, 1 - p)
    let weights = classWeights(targets)
    return weights.isEmpty
      ? value : .product(value, .numberOfClass(.targets, numbers: weights))
  }

  /// torchvision's formula, one value per output.
  private func labels(_ target: Objective.Operation) -> Objective.Operation {
    let entropy = Objective.Operation.binaryCrossEntropy(.outputs, target, positiveWeights: [])
    let p = Objective.Operation.sigmoid(.outputs)
    let right = Objective.Operation.sum(.product(p, target), .product(1 - p, 1 - target))
    let value = focused(entropy, 1 - right)
    guard let alpha = labelAlpha else { return value }
    return .product(
      .sum(.scaled(target, by: alpha), .scaled(1 - target, by: 1 - alpha)), value)
  }

  /// `entropy` times `wrong`^γ.
  ///
  /// The derivative of a power below 1 is infinite at 0, where nothing is left to learn.
  private func focused(
    _ entropy: Objective.Operation, _ wrong: Objective.Operation
  ) -> Objective.Operation {
    if gamma == 0 { return entropy }
    let base = gamma < 1 ? .floored(wrong, at: 1e-12) : wrong
    return .product(entropy, gamma == 1 ? base : .power(base, exponent: gamma))
  }

  /// `nil` if labels are not weighed.
  private var labelAlpha: Double? {
    switch alpha {
    case .standard: Self.standardAlpha
    case .number(let value): value
    case .none, .classes: nil
    }
  }

  /// One weight per class; empty if all are 1.
  private func classWeights(_ targets: LossTargets) -> [Double] {
    guard case .classes(let weights) = alpha else { return [] }
    return weights.values(targets.names) { NamedWeights.balanced(targets.counts) }
  }

  func ofConstantAnswer(_ targets: LossTargets) -> Double? {
    if targets.columns.isEmpty { return 0 }
    if !targets.areClasses, !targets.kind.isMask {
      let sum = targets.columns.reduce(0) { sum, column in
        let (yes, no) = labelAlpha.map { ($0, 1 - $0) } ?? (1, 1)
        return sum
          + TernarySearch.minimum(from: 0, to: 1) { p in
            yes * column.mean * value(p) + no * (1 - column.mean) * value(1 - p)
          }
      }
      return sum / Double(targets.columns.count)
    }
    let weights = classWeights(targets)
    return FocalConstant(gamma: gamma).best(
      targets.columns.indices.map { targets.columns[$0].mean * (weights.isEmpty ? 1 : weights[$0]) }
    )
  }

  /// −(1 − p)^γ ln p; 0 times infinity is 0.
  private func value(_ p: Double) -> Double {
    FocalConstant(gamma: gamma).value(max(p, .leastNormalMagnitude))
  }
}

/// The best constant answer to classes under a focal loss.
private struct FocalConstant {
  let gamma: Double

  func value(_ p: Double) -> Double { p >= 1 ? 0 : -pow(1 - p, gamma) * log(p) }

  /// The derivative of ``value(_:)``, which is negative and rises to 0 at 1 (to −1 for γ = 0).
  private func slope(_ p: Double) -> Double {
    if p >= 1 { return gamma == 0 ? -1 : 0 }
    let power = gamma == 0 ? 0 : gamma * pow(1 - p, gamma - 1) * log(p)
    return power - pow(1 - p, gamma) / p
  }

  /// The minimum of Σ sᵢ f(pᵢ) over probabilities p: all sᵢ f′(pᵢ) are equal there.
  func best(_ shares: [Double]) -> Double {
    func probabilities(_ multiplier: Double) -> [Double] {
      shares.map { share in
        if share == 0 { return 0 }
        var (low, high) = (1e-300, 1.0)
        for _ in 0..<200 {
          // Small probabilities differ by orders of magnitude.
          let middle = low < 1e-3 ? (low * high).squareRoot() : (low + high) / 2
          if share * slope(middle) < multiplier { low = middle } else { high = middle }
        }
        return (low + high) / 2
      }
    }
    // In the logarithm of the multiplier's size: the larger it is, the smaller the probabilities.
    var (low, high) = (-690.0, 690.0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if probabilities(-exp(middle)).reduce(0, +) > 1 { low = middle } else { high = middle }
    }
    let answer = probabilities(-exp((low + high) / 2))
    return zip(shares, answer).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * value($1.1) : 0) }
  }
}
