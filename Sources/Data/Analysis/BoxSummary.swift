import DataSchema

/// The boxes of a part.
package struct BoxSummary: Codable, Hashable, Sendable {
  /// All boxes, those of crowds included.
  package var count: Int
  /// Boxes of each class; the shares are of all boxes.
  package var classes: [ClassCount]
  /// Images in which each class occurs; the shares are of all images.
  package var images: [ClassCount]
  /// Boxes that COCO calls small, medium and large: of an area under 32² square pixels of the file, under 96², and
  /// above.
  package var sizes: [ClassCount]
  /// The fewest boxes of an image, their mean number and the most.
  package var fewest: Int
  package var mean: Double
  package var most: Int
  package var imagesWithout: Int
  /// Boxes around many objects at once.
  package var crowd: Int
  /// Boxes of objects that are hard to recognise.
  package var difficult: Int
  /// Boxes of objects that reach beyond the image.
  package var truncated: Int
  /// Boxes of which more than a pixel lies outside the image.
  package var outside: Int
  /// Boxes less than a pixel wide or high.
  package var empty: Int
  /// Boxes with the class and edges of an earlier one in the same image.
  package var repeated: Int
  /// The places of the last three.
  package var problems: CappedList<FileProblem>

  enum CodingKeys: String, CodingKey {
    case count, classes, images, sizes, fewest, mean, most, crowd, difficult, truncated, outside
    case empty, repeated, problems
    case imagesWithout = "images_without"
  }
}

extension TargetSummary {
  /// The boxes of the examples of a part.
  static func boxes(_ classes: BoxClasses, _ part: DataPart, limit: Int) -> BoxSummary {
    let rows = part.indices.map { ImageBoxes(part.source.targets[$0]) }
    let items = rows.flatMap(\.items)
    let labels = rows.map { Set($0.items.map(\.label)) }
    var problems: [FileProblem] = []
    var (outside, empty, repeated) = (0, 0, 0)
    for (index, row) in zip(part.indices, rows) {
      var seen: Set<[Float]> = []
      for (number, item) in row.items.enumerated() {
        func report(_ reason: String) {
          let name = classes.names.indices.contains(item.label) ? classes.names[item.label] : "?"
          problems.append(
            FileProblem(
              path: ExamplePlace(part, index).title, reason: "box \(number + 1) (\(name)) \(reason)"
            ))
        }
        if row.isOutside(item) {
          outside += 1
          report("reaches beyond the image")
        }
        if item.width < 1 || item.height < 1 {
          empty += 1
          report("is less than a pixel wide or high")
        }
        let key = [Float(item.label), item.x, item.y, item.width, item.height]
        if !seen.insert(key).inserted {
          repeated += 1
          report("repeats an earlier one")
        }
      }
    }
    func count(_ trait: ImageBoxes.Traits) -> Int { items.count { $0.traits.contains(trait) } }
    let sizes = [
      items.count { $0.area < 1024 }, items.count { $0.area >= 1024 && $0.area < 9216 },
      items.count { $0.area >= 9216 },
    ]
    let counts = rows.map(\.items.count)
    return BoxSummary(
      count: items.count,
      classes: shares(
        classes.names, classes.names.indices.map { label in items.count { $0.label == label } },
        of: items.count),
      images: shares(
        classes.names, classes.names.indices.map { label in labels.count { $0.contains(label) } },
        of: rows.count),
      sizes: shares(["small", "medium", "large"], sizes, of: items.count),
      fewest: counts.min() ?? 0,
      mean: counts.isEmpty ? 0 : Double(items.count) / Double(counts.count),
      most: counts.max() ?? 0, imagesWithout: counts.count { $0 == 0 }, crowd: count(.crowd),
      difficult: count(.difficult), truncated: count(.truncated), outside: outside, empty: empty,
      repeated: repeated, problems: CappedList(problems, limit: limit))
  }
}

extension ImageBoxes {
  /// Whether more than a pixel of a box lies outside; rounding, and formats that count pixels from 1, lead to less.
  fileprivate func isOutside(_ item: Item) -> Bool {
    item.x < -1 || item.y < -1 || item.x + item.width > Float(width) + 1
      || item.y + item.height > Float(height) + 1
  }
}

extension BoxSummary {
  /// What is worth a line, besides the counts of classes and sizes.
  package var remarks: [String] {
    let parts = [
      (crowd, "around crowds"), (difficult, "difficult"), (truncated, "truncated"),
      (outside, "reaching beyond the image"), (empty, "less than a pixel wide or high"),
      (repeated, "repeated"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    var lines = [
      "boxes in an image: \(fewest) to \(most), mean \(ShortNumber.text(mean))"
        + (imagesWithout == 0
          ? "" : "; \(DataWarning.counted(imagesWithout, "image")) without boxes")
    ]
    if !parts.isEmpty { lines.append("boxes: " + parts.joined(separator: ", ")) }
    return lines
  }
}

extension DataWarning {
  /// Boxes of a class below which it can hardly be learned.
  private static let fewBoxes = 10

  /// About boxes.
  static func boxes(_ findings: DataFindings) -> [DataWarning] {
    findings.parts.enumerated().flatMap { number, part -> [DataWarning] in
      guard part.examples > 0, let boxes = part.boxes else { return [] }
      var warnings: [DataWarning] = []
      let missing = boxes.classes.filter { $0.count == 0 }.map(\.name)
      if !missing.isEmpty {
        warnings.append(
          DataWarning(
            code: "missing_classes", severity: number == 0 ? .serious : .warning,
            title: "\(counted(missing.count, "class")) without boxes in '\(part.name)': "
              + list(missing, total: missing.count),
            meaning: number == 0
              ? "The model cannot learn what it never sees." : "Nothing is measured for these.",
            advice: "Add images, or leave the class out with 'classes'."))
      }
      let few = boxes.classes.filter { $0.count > 0 && $0.count < fewBoxes }.map(\.name)
      if number == 0, !few.isEmpty {
        warnings.append(
          DataWarning(
            code: "few_examples", severity: .warning,
            title: "\(counted(few.count, "class")) with fewer than \(fewBoxes) boxes for training: "
              + list(few, total: few.count),
            meaning: "Too few to learn from, and scores for these vary by chance.",
            advice: "Add images, or merge them with similar ones."))
      }
      if boxes.outside + boxes.empty + boxes.repeated > 0 {
        let parts = [
          (boxes.outside, "beyond the image"), (boxes.empty, "without area"),
          (boxes.repeated, "twice in an image"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        warnings.append(
          DataWarning(
            code: "boxes", severity: boxes.repeated > 0 ? .warning : .note,
            title: "Boxes in '\(part.name)' that may be mistakes: " + parts.joined(separator: ", "),
            meaning:
              "In training, boxes are cut off at the border, and those without area are left out. "
              + "Scores count every box as it is annotated.",
            advice: "Correct the boxes that are listed."))
      }
      return warnings
    }
  }
}
