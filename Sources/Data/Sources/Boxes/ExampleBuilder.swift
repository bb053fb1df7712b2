import BoxAnnotations
import DataSchema

/// Brings annotations and images together.
struct ExampleBuilder {
  private let index: ImageIndex
  /// Positions in the index, by path.
  private let rows: [String: Int]
  private let problems: [String: String]
  private let labels: [String: Int]
  private(set) var examples: [BoxContents.Example] = []
  private(set) var broken: [DatasetOmissions.File] = []
  /// Boxes of classes that are not used.
  private var unused = 0
  private var remarks: [String] = []
  private var seen: Set<String> = []
  /// Annotation files whose findings have been noted.
  private var noted: Set<String> = []

  /// - Parameter names: of the classes that are used.
  init(_ index: ImageIndex, _ names: [String]) {
    self.index = index
    rows = Dictionary(uniqueKeysWithValues: (0..<index.count).map { (index.name($0), $0) })
    problems = Dictionary(index.summary.broken.map { ($0.path, $0.reason) }) { first, _ in first }
    labels = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  mutating func add(_ part: BoxPart) {
    note(part.annotations)
    let annotations = part.annotations
    let chosen = Set(part.chosen)
    var boxes: [Int: [AnnotatedBox]] = [:]
    for box in annotations.boxes where chosen.contains(box.image) {
      boxes[box.image, default: []].append(box)
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
      let items = (boxes[place] ?? []).compactMap { box -> ImageBoxes.Item? in
        labels[box.category].map { ImageBoxes.Item(box, label: $0) }
      }
      unused += (boxes[place]?.count ?? 0) - items.count
      examples.append(
        BoxContents.Example(
          row: row, id: "\(image.id)",
          boxes: ImageBoxes(width: size.width, height: size.height, items), part: part.part))
    }
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
      "\(unused) box\(unused == 1 ? " is" : "es are") left out because 'classes' does not name "
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
