import DataSchema

/// Reads the boxes and outlines of COCO's annotation files (`instances_val2017.json`).
///
/// https://cocodataset.org/#format-data
enum CocoFile {
  /// Reads a document. `images`, `annotations` and `categories` may be in any order.
  ///
  /// - Parameters:
  ///   - path: for messages.
  ///   - outlines: whether outlines are read; they are skipped otherwise.
  /// - Throws: ``DataError`` with the place in the document if it is not such a file.
  static func read(
    _ source: JSONSource, path: String, outlines: Bool = false
  ) throws(DataError) -> BoxAnnotations {
    do throws(JSONFault) {
      var scanner = try JSONScanner(source)
      var reader = CocoReader(readsOutlines: outlines)
      let start = try scanner.place()
      try scanner.object { (scanner, key) throws(JSONFault) in try reader.read(key, &scanner) }
      try scanner.finish()
      for key in ["images", "annotations", "categories"] where !reader.sections.contains(key) {
        throw start.fault("the file has no '\(key)', so it is not one of COCO's instances")
      }
      return reader.annotations(path)
    } catch {
      throw error.error(in: path)
    }
  }
}

/// What has been read of a document.
private struct CocoReader {
  private let readsOutlines: Bool
  private(set) var sections: Set<String> = []
  private var images: [AnnotatedImage] = []
  private var categories: [BoxCategory] = []
  private var boxes: [RawBox] = []
  private var ids: Set<ItemID> = []
  private var findings = BoxFindings()

  /// An annotation whose image and category have not been looked up.
  private struct RawBox {
    let image: ItemID
    let category: ItemID
    let box: Box
    let area: Double
    let isCrowd: Bool
    let outline: ObjectOutline.Shape?
  }

  init(readsOutlines: Bool) { self.readsOutlines = readsOutlines }

  mutating func read(_ key: String, _ scanner: inout JSONScanner) throws(JSONFault) {
    switch key {
    case "images", "annotations", "categories": break
    default: return try scanner.skip()
    }
    guard sections.insert(key).inserted else {
      throw scanner.fault("the file has '\(key)' twice")
    }
    try scanner.array { (scanner, index) throws(JSONFault) in
      switch key {
      case "images": try readImage(&scanner)
      case "categories": try readCategory(&scanner)
      default: try readBox(&scanner, index)
      }
    }
  }

  private mutating func readImage(_ scanner: inout JSONScanner) throws(JSONFault) {
    var (id, file, width, height): (ItemID?, String, Int, Int) = (nil, "", 0, 0)
    let start = try scanner.place()
    try scanner.object { (scanner, key) throws(JSONFault) in
      switch key {
      case "id": id = try scanner.id()
      case "file_name": file = try scanner.string()
      case "width": width = try scanner.size()
      case "height": height = try scanner.size()
      default: try scanner.skip()
      }
    }
    guard let id else { throw start.fault("the image has no 'id'") }
    images.append(AnnotatedImage(id: id, file: file, width: width, height: height))
  }

  private mutating func readCategory(_ scanner: inout JSONScanner) throws(JSONFault) {
    var (id, name): (ItemID?, String?) = (nil, nil)
    let start = try scanner.place()
    try scanner.object { (scanner, key) throws(JSONFault) in
      switch key {
      case "id": id = try scanner.id()
      case "name": name = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let id else { throw start.fault("the category has no 'id'") }
    categories.append(BoxCategory(id: id, name: name ?? "\(id)"))
  }

  private mutating func readBox(
    _ scanner: inout JSONScanner, _ index: Int
  ) throws(JSONFault) {
    var (id, image, category): (ItemID?, ItemID?, ItemID?) = (nil, nil, nil)
    var (box, area, isCrowd): (Box?, Double?, Bool) = (nil, nil, false)
    var outline: ObjectOutline.Shape?
    let start = try scanner.place()
    try scanner.object { (scanner, key) throws(JSONFault) in
      switch key {
      case "id": id = try scanner.id()
      case "image_id": image = try scanner.id()
      case "category_id": category = try scanner.id()
      case "bbox": box = try scanner.box()
      case "area": area = try scanner.number()
      case "iscrowd": isCrowd = try scanner.flag()
      case "segmentation" where readsOutlines: outline = try scanner.outline()
      default: try scanner.skip()
      }
    }
    guard let image else { throw start.fault("the annotation has no 'image_id'") }
    guard let category else { throw start.fault("the annotation has no 'category_id'") }
    if readsOutlines {
      if outline == nil {
        throw start.fault("the annotation has no 'segmentation', so its object has no pixels")
      }
      box = box ?? Box(x: 0, y: 0, width: 0, height: 0)
    }
    guard let box else { throw start.fault("the annotation has no 'bbox'") }
    if let id, !ids.insert(id).inserted {
      findings.add(.duplicateID, at: "annotations[\(index)]")
    }
    if area == nil { findings.add(.missingArea, at: "annotations[\(index)]") }
    boxes.append(
      RawBox(
        image: image, category: category, box: box, area: area ?? box.area, isCrowd: isCrowd,
        outline: outline))
  }

  /// Puts images and categories in the order of their ids, the first of each, and looks up those of the boxes.
  func annotations(_ path: String) -> BoxAnnotations {
    var findings = findings
    func unique<Item>(_ items: [Item], _ id: (Item) -> ItemID, _ section: String) -> [Item] {
      var seen: Set<ItemID> = []
      var kept: [Item] = []
      for (index, item) in items.enumerated() {
        if seen.insert(id(item)).inserted {
          kept.append(item)
        } else {
          findings.add(.duplicateID, at: "\(section)[\(index)]")
        }
      }
      return kept.sorted { id($0) < id($1) }
    }
    let images = unique(images, \.id, "images")
    let categories = unique(categories, \.id, "categories")
    let imageIndex = BoxAnnotations.index(images.map(\.id))
    let categoryIndex = BoxAnnotations.index(categories.map(\.id))
    var kept: [AnnotatedBox] = []
    kept.reserveCapacity(boxes.count)
    var outlines: [ObjectOutline] = []
    for (index, raw) in boxes.enumerated() {
      var place: String { "annotations[\(index)]" }
      guard let image = imageIndex[raw.image] else {
        findings.add(.unknownImage, at: place)
        continue
      }
      guard let category = categoryIndex[raw.category] else {
        findings.add(.unknownCategory, at: place)
        continue
      }
      guard findings.check(raw.box, in: images[image], at: place) else { continue }
      guard raw.area.isFinite else {
        findings.add(.notFinite, at: place)
        continue
      }
      kept.append(
        AnnotatedBox(
          image: image, category: category, box: raw.box, area: raw.area, isCrowd: raw.isCrowd))
      if let shape = raw.outline { outlines.append(ObjectOutline(shape, annotation: index)) }
    }
    return BoxAnnotations(
      path: path, format: .coco, images: images, categories: categories, boxes: kept,
      outlines: outlines, findings: findings)
  }
}
