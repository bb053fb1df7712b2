import BoxAnnotations
import DataSchema

/// Brings annotations and images together.
struct ExampleBuilder {
  private let index: ImageIndex
  /// Positions in the index, by path.
  private let rows: [String: Int]
  private let problems: [String: String]
  private let labels: [String: Int]
  private let masks: Bool
  private(set) var examples: [BoxContents.Example] = []
  private(set) var broken: [DatasetOmissions.File] = []
  /// Boxes of classes that are not used.
  private var unused = 0
  private var remarks: [String] = []
  private var seen: Set<String> = []
  /// Annotation files whose findings have been noted.
  private var noted: Set<String> = []

  /// - Parameters:
  ///   - names: of the classes that are used.
  ///   - masks: whether the objects are made a mask.
  init(_ index: ImageIndex, _ names: [String], masks: Bool) {
    self.index = index
    self.masks = masks
    rows = Dictionary(uniqueKeysWithValues: (0..<index.count).map { (index.name($0), $0) })
    problems = Dictionary(index.summary.broken.map { ($0.path, $0.reason) }) { first, _ in first }
    labels = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  mutating func add(_ part: BoxPart) {
    note(part.annotations)
    let annotations = part.annotations
    let chosen = Set(part.chosen)
    /// Indices of the boxes of each image.
    var boxes: [Int: [Int]] = [:]
    for (number, box) in annotations.boxes.enumerated() where chosen.contains(box.image) {
      boxes[box.image, default: []].append(number)
    }
    let labels = annotations.categories.map { self.labels[$0.name] }
    for place in part.chosen {
      let image = annotations.images[place]
      guard let path = part.paths[place] else {
        broken.append((image.file.isEmpty ? "\(image.id)" : image.file, missing(image, part)))
        continue
      }
      guard let row = rows[path] else {
        broken.append((path, problems[path] ?? "cannot be read"))
        continue
      }
      guard seen.insert(path).inserted else {
        broken.append((path, "is listed a second time in \(part.list)"))
        continue
      }
      let size = index.size(row, channels: 1)
      if let problem = Self.mismatch(image, size) {
        broken.append((path, problem))
        continue
      }
      let used = (boxes[place] ?? []).compactMap { number in
        labels[annotations.boxes[number].category].map { (number: number, label: $0) }
      }
      unused += (boxes[place]?.count ?? 0) - used.count
      if masks, let problem = Self.foreignRuns(used.map { annotations.outlines[$0.number] }, size) {
        broken.append((annotations.path, problem + path))
        continue
      }
      let items = used.map { ImageBoxes.Item(annotations.boxes[$0.number], label: $0.label) }
      examples.append(
        BoxContents.Example(
          row: row, id: "\(image.id)",
          boxes: ImageBoxes(width: size.width, height: size.height, items),
          mask: masks ? Self.mask(used, annotations, size) : nil, part: part.part))
    }
  }

  private static func mask(
    _ used: [(number: Int, label: Int)], _ annotations: BoxAnnotations, _ size: ImageSize
  ) -> OutlineMask {
    OutlineMask(
      height: size.height, width: size.width,
      items: used.map { number, label in
        OutlineMask.Item(
          label: label, isCrowd: annotations.boxes[number].isCrowd,
          outline: annotations.outlines[number].shape)
      })
  }

  /// Why an outline cannot be that of an object in an image of this size, without the image's name at the end; `nil`
  /// if all can.
  private static func foreignRuns(_ outlines: [ObjectOutline], _ size: ImageSize) -> String? {
    for outline in outlines where !outline.shape.fits(height: size.height, width: size.width) {
      guard case .runs(_, let height, let width) = outline.shape else { continue }
      return "the size of annotations[\(outline.annotation)].segmentation is "
        + "[\(height), \(width)], not that of its image, [\(size.height), \(size.width)]: "
    }
    return nil
  }

  private func missing(_ image: AnnotatedImage, _ part: BoxPart) -> String {
    "is listed in \(part.list), but there is no such image"
  }

  /// Why the annotations cannot be those of an image of this size; `nil` if they can.
  private static func mismatch(_ image: AnnotatedImage, _ size: ImageSize) -> String? {
    if image.width == 0 || image.height == 0
      || image.width == size.width && image.height == size.height
    {
      return nil
    }
    let isTurned = image.width == size.height && image.height == size.width
    return "is \(size.width) pixels wide and \(size.height) high, but its annotations say "
      + "\(image.width) and \(image.height)"
      + (isTurned ? "; images are used upright, as their EXIF data say" : "")
  }

  /// What is wrong with single annotations.
  private mutating func note(_ annotations: BoxAnnotations) {
    guard noted.insert(annotations.path).inserted else { return }
    for entry in annotations.findings.entries {
      let places =
        entry.places.joined(separator: ", ") + (entry.count > entry.places.count ? ", …" : "")
      let boxes = "\(entry.count) annotation\(entry.count == 1 ? "" : "s")"
      if let reason = Self.reason(entry.kind) {
        broken.append((annotations.path, "\(boxes) \(reason) (\(places))"))
      } else if entry.kind == .duplicateID {
        remarks.append("\(annotations.path): \(boxes) with the id of an earlier one (\(places))")
      }
    }
  }

  /// Why a box is left out; `nil` if it is not.
  private static func reason(_ kind: BoxFindings.Kind) -> String? {
    switch kind {
    case .notFinite: "with a number that is NaN or infinite"
    case .unknownImage: "of an image that is not listed"
    case .unknownCategory: "of a category that is not listed"
    case .duplicateID, .missingArea, .emptyBox, .outsideImage: nil
    }
  }

  /// What is worth knowing.
  ///
  /// - Parameter isChosen: whether the experiment chooses the classes.
  func notes(isChosen: Bool) -> [String] {
    guard isChosen, unused > 0 else { return remarks }
    return remarks + [
      (masks
        ? "\(unused) object\(unused == 1 ? " is" : "s are")"
        : "\(unused) box\(unused == 1 ? " is" : "es are")")
        + " left out because 'classes' does not name "
        + "\(unused == 1 ? "its class" : "their classes")"
    ]
  }
}

extension ImageBoxes.Item {
  fileprivate init(_ box: AnnotatedBox, label: Int) {
    var traits: ImageBoxes.Traits = []
    if box.isCrowd { traits.insert(.crowd) }
    if box.isDifficult { traits.insert(.difficult) }
    if box.isTruncated { traits.insert(.truncated) }
    self.init(
      label: label, x: Float(box.box.x), y: Float(box.box.y), width: Float(box.box.width),
      height: Float(box.box.height), area: Float(box.area), traits: traits)
  }
}
