import ExperimentConfig
import Tasks

extension DetectionTask {
  /// How boxes are decoded: torchvision's defaults but for the score, which is 0.2 there. COCO's scores need those
  /// of low scores, too: precision is averaged over all recalls.
  package static let options = [
    Field(
      "score_threshold", .number(.belowOne), default: "0.05",
      doc: "The lowest score of a box; low, because mAP rewards boxes of low scores, too."),
    Field(
      "nms_threshold", .number(.positiveUnit), default: "0.6",
      doc:
        "Of two boxes of one class with a larger intersection over union, the one with the lower score is dropped "
        + "(non-maximum suppression)."),
    Field(
      "max_detections", .integer(.between(1, 1000)), default: "100",
      doc: "The largest number of boxes of an image; COCO's scores look at 100 of each class."),
    Field(
      "candidates", .integer(.atLeast(1)), default: "1000",
      doc: "At each scale, only so many boxes with the best scores are looked at."),
    Field(
      "shown_score", .number(.unit), default: "0.2",
      doc: "The lowest score of the boxes that predict prints and draws; files list all."),
  ]

  package func configured(_ options: Arguments) throws -> any Task {
    var task = self
    task.decoding = BoxDecoding(
      scoreThreshold: try options.number("score_threshold"),
      nmsThreshold: try options.number("nms_threshold"),
      candidates: try options.integer("candidates"), most: try options.integer("max_detections"))
    task.shownScore = try options.number("shown_score")
    return task
  }
}
