import DataSchema
import ExperimentConfig

/// The loss of FCOS (Tian, Shen, Chen and He, "FCOS: A simple and strong anchor-free object detector", 2020), as
/// torchvision computes it.
///
/// A point is trained for the smallest box that contains it, whose center is near it and whose size fits the point's
/// level. The loss is the sum of three: sigmoid focal loss (alpha 0.25, gamma 2) over all points and classes, one minus
/// the generalised intersection over union, and binary cross-entropy of the centerness. Each is a sum over points,
/// divided by the number of points with a box.
struct FCOS: Loss {
  static let schema = ComponentSchema(
    "fcos",
    [
      Field(
        "center_sampling_radius", .number(.positive), default: "1.5",
        doc:
          "How far a point may be from the center of its box in both directions, in strides of the point's "
          + "level.")
    ],
    doc:
      "Focal loss of the classes, generalised IoU of the boxes and cross-entropy of the centerness, each "
      + "divided by the number of points that have a box, as torchvision's FCOS.")

  private let radius: Double

  init(_ arguments: Arguments) throws {
    radius = try arguments.number("center_sampling_radius")
  }

  static func fits(_ target: FieldKind) -> Bool {
    if case .boxes = target { true } else { false }
  }

  /// The classes, the four edges of a box and the centerness.
  func outputCount(for count: Int) -> Int { count + 5 }

  func terms(_ targets: LossTargets) -> [Objective.Term] {
    Objective.PointLoss.allCases.map { part in
      Objective.Term(part.rawValue, .points(.outputs, .targets, part, radius: radius))
    }
  }

  /// Unknown: which points have a box depends on where the boxes are.
  func ofConstantAnswer(_ targets: LossTargets) -> Double? { nil }
}
