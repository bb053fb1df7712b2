import DataSchema
import Diagnostics
import ExperimentConfig

/// One minus the soft Dice coefficient of each image, of Milletari et al., "V-Net" (2016), without squares in
/// the denominator.
struct Dice: SingleTermLoss {
  static let schema = ComponentSchema(
    "dice",
    [
      Field(
        "smooth", .number(.positive), default: "1",
        doc:
          "Pixels added to numerator and denominator: a class that an image lacks costs little if "
          + "little of it is predicted.")
    ],
    doc:
      "1 - (2 Σ p t + smooth) / (Σ p + Σ t + smooth) of each class over the pixels of an image that have a "
      + "class, where p is the softmax and t is 1 for the true class; the mean over classes, then over "
      + "images.")

  private let smooth: Double

  init(_ arguments: Arguments) throws { smooth = try arguments.number("smooth") }

  static func link(for target: FieldKind) -> ScoreLink { .softmax }

  static func fits(_ target: FieldKind) -> Bool { target.isMask }

  func term(_ targets: LossTargets) -> Objective.Term {
    Objective.Term(name, .dice(.outputs, .targets, smooth: smooth))
  }

  /// Unknown: the best share of each class depends on how the classes spread over the images.
  func ofConstantAnswer(_ targets: LossTargets) -> Double? { nil }
}
