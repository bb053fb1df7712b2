import DataSchema

/// An object that a model has found.
package struct DetectedBox: Hashable, Sendable {
  /// Index of the image in the annotations.
  package let image: Int32
  /// Index of the category in the annotations.
  package let category: Int32
  package let box: Box
  /// How sure the model is; any number, higher for surer.
  package let score: Double

  package init(image: Int, category: Int, box: Box, score: Double) {
    (self.image, self.category) = (Int32(image), Int32(category))
    (self.box, self.score) = (box, score)
  }
}

/// What a model has found in the pictures of some annotations.
package struct Detections: Sendable {
  /// The file, for messages.
  package let path: String
  /// In the order of the file.
  package let boxes: [DetectedBox]
  package let findings: BoxFindings

  package init(path: String, boxes: [DetectedBox], findings: BoxFindings = BoxFindings()) {
    (self.path, self.boxes, self.findings) = (path, boxes, findings)
  }

  /// Reads COCO's format of results: `[{"image_id", "category_id", "bbox": [x, y, width, height], "score"}]`.
  ///
  /// https://cocodataset.org/#format-results
  ///
  /// - Parameter annotations: what images and categories are looked up in.
  /// - Throws: ``DataError`` with the place in the document if it is not such a file.
  static func read(
    _ source: JSONSource, path: String, for annotations: BoxAnnotations
  ) throws(DataError) -> Detections {
    var boxes: [DetectedBox] = []
    var findings = BoxFindings()
    do throws(JSONFault) {
      var scanner = try JSONScanner(source)
      if try scanner.next() == UInt8(ascii: "{") {
        throw scanner.fault(
          "expected an array of detections, each with image_id, category_id, bbox and score; this "
            + "looks like a file of annotations")
      }
      try scanner.array { (scanner, index) throws(JSONFault) in
        let raw = try RawDetection(&scanner)
        guard let image = annotations.imageIndex[raw.image] else {
          return findings.add(.unknownImage, at: "[\(index)], image_id \(raw.image)")
        }
        guard let category = annotations.categoryIndex[raw.category] else {
          return findings.add(.unknownCategory, at: "[\(index)], category_id \(raw.category)")
        }
        guard raw.score.isFinite else { return findings.add(.notFinite, at: "[\(index)]") }
        guard findings.check(raw.box, in: annotations.images[image], at: "[\(index)]") else {
          return
        }
        boxes.append(
          DetectedBox(image: image, category: category, box: raw.box, score: raw.score))
      }
      try scanner.finish()
    } catch {
      throw error.error(in: path)
    }
    return Detections(path: path, boxes: boxes, findings: findings)
  }
}

/// An element of the array.
private struct RawDetection {
  let image: ItemID
  let category: ItemID
  let box: Box
  let score: Double

  init(_ scanner: inout JSONScanner) throws(JSONFault) {
    var (image, category): (ItemID?, ItemID?) = (nil, nil)
    var (box, score): (Box?, Double?) = (nil, nil)
    let start = try scanner.place()
    try scanner.object { (scanner, key) throws(JSONFault) in
      switch key {
      case "image_id": image = try scanner.id()
      case "category_id": category = try scanner.id()
      case "bbox": box = try scanner.box()
      case "score": score = try scanner.number()
      default: try scanner.skip()
      }
    }
    guard let image else { throw start.fault("the detection has no 'image_id'") }
    guard let category else { throw start.fault("the detection has no 'category_id'") }
    guard let box else { throw start.fault("the detection has no 'bbox'") }
    guard let score else { throw start.fault("the detection has no 'score'") }
    (self.image, self.category, self.box, self.score) = (image, category, box, score)
  }
}
