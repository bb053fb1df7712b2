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

  /// The boxes found as COCO's results, a line each, in the order of the data set.
  ///
  /// - Parameter ids: what the annotations call each image.
  private func detections(_ sample: DetectionSample, _ ids: [String]) throws -> String {
    let lines = try sample.order.flatMap { row in
      let name = ids[row]
      // A number is written as COCO's files have it, any other name as text.
      let isNumber = Int(name).map { "\($0)" } == name
      let id = isNumber ? name : String(decoding: try JSONText.encode(name), as: UTF8.self)
      return try sample.images[row].found.map { found in
        let category = try category(found.label)
        return "{\"image_id\": \(id), \"category_id\": \(category), "
          + "\"bbox\": [\(found.x), \(found.y), \(found.width), \(found.height)], "
          + "\"score\": \(found.score)}"
      }
    }
    return "[" + lines.joined(separator: ",\n") + "]\n"
  }

  /// The id of a class in the annotations; its name if they have no ids.
  private func category(_ label: Int) throws -> String {
    if categoryIDs.indices.contains(label) { return "\(categoryIDs[label])" }
    return String(decoding: try JSONText.encode(name(label)), as: UTF8.self)
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

  /// The AP of each class and the kinds of mistakes.
  package func details(_ predictions: Predictions) -> [String: JSONValue] {
    if predictions.count == 0 { return [:] }
    let report = BoxReport(self, predictions)
    let aps = report.classes.map { row in
      (row.name, row.ap.map(JSONValue.number) ?? JSONValue.null)
    }
    return [
      "ap": .object(Dictionary(aps) { first, _ in first }),
      "mistakes": .object(report.mistakes.mapValues(JSONValue.integer)),
      "score_threshold": report.scoreThreshold.map(JSONValue.number) ?? .null,
    ]
  }

  package func reportFiles(_ predictions: Predictions, split: String) throws -> [ReportFile] {
    let suffix = split == "test" ? "" : "_\(split)"
    return [
      try ReportFile("detection_report\(suffix).json", json: BoxReport(self, predictions))
    ]
  }
}
