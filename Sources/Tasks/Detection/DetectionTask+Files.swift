import DataSchema
import ExperimentConfig
import Tasks

extension DetectionTask {
  /// `detections.json` in COCO's format of results, and the scores of each image. Detections are written only where the
  /// annotations name all images and no image was predicted by several models.
  package func exampleFiles(
    _ predictions: Predictions, split: String, name: (Int) -> ExampleName
  ) throws -> [ReportFile] {
    let suffix = split == "test" ? "" : "_\(split)"
    let sample = DetectionSample(predictions, classes: classNames.count)
    var files = [
      ReportFile("per_image\(suffix).csv", perImage(predictions, sample, name))
    ]
    let ids = predictions.indices.compactMap { name($0).annotationID }
    if ids.count == predictions.count, Set(ids).count == ids.count {
      files.append(ReportFile("detections\(suffix).json", try detections(sample, ids)))
    }
    return files
  }

  /// The boxes found as COCO's results, a line each.
  ///
  /// - Parameter ids: what the annotations call each image.
  private func detections(_ sample: DetectionSample, _ ids: [String]) throws -> String {
    let lines = try zip(ids, sample.images).flatMap { id, image in
      // A number is written as COCO's files have it, any other name as text.
      let isNumber = Int(id).map { "\($0)" } == id
      let id = isNumber ? id : String(decoding: try JSONText.encode(id), as: UTF8.self)
      return image.found.map { found in
        let category =
          categoryIDs.indices.contains(found.label) ? categoryIDs[found.label] : found.label
        return "{\"image_id\": \(id), \"category_id\": \(category), "
          + "\"bbox\": [\(found.x), \(found.y), \(found.width), \(found.height)], "
          + "\"score\": \(found.score)}"
      }
    }
    return "[" + lines.joined(separator: ",\n") + "]\n"
  }

  private func perImage(
    _ predictions: Predictions, _ sample: DetectionSample, _ name: (Int) -> ExampleName
  ) -> String {
    let mistakes = DetectionMistakes(sample)
    let hasFolds = Set(predictions.folds).count > 1
    var lines = [
      (["index", "name"] + (hasFolds ? ["fold"] : [])
        + ["boxes", "found", "right", "missed", "false_alarms", "duplicates"])
        .joined(separator: ",")
    ]
    for (row, image) in mistakes.images.enumerated() {
      let index = predictions.indices[row]
      let counts = [
        image.boxes, image.found.count, image.count(.right), image.missed.count,
        image.falseAlarms, image.count(.duplicate),
      ]
      lines.append(
        (["\(index)", name(index).file ?? ""] + (hasFolds ? ["\(predictions.folds[row])"] : [])
          + counts.map(String.init)).map(CSVCell.quoted).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  package func reportFiles(_ predictions: Predictions, split: String) throws -> [ReportFile] {
    let suffix = split == "test" ? "" : "_\(split)"
    return [
      try ReportFile("detection_report\(suffix).json", json: BoxReport(self, predictions))
    ]
  }
}
