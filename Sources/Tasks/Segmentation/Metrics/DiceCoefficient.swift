import ExperimentConfig
import Tasks

struct DiceCoefficient: PixelMetric {
  static let schema = ComponentSchema(
    "dice",
    aliases: ["dice_score", "dice_coefficient"],
    doc:
      "Twice the pixels of a class that were found, divided by those that belong to it plus those predicted "
      + "as it (F1 of pixels), averaged as mean_iou; higher is better.")

  static let label = "Dice"

  init(_ arguments: Arguments) throws {}

  static func value(_ counts: PixelCounts) -> Double? { PixelCounts.mean(counts.dices) }
  static func perClass(_ counts: PixelCounts) -> [Double?]? { counts.dices }
}
