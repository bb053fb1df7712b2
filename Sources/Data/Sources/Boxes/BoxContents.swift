import BoxAnnotations
import DataSchema
import Files

/// Images with boxes or masks of objects, and which belong to which split.
struct BoxContents: SplitContents {
  struct Example: Sendable {
    /// Of the image in the index.
    var row: Int
    /// What the annotations call the image.
    var id: String
    var boxes: ImageBoxes
    /// The same objects as a mask; `nil` if they are not used as one.
    var mask: OutlineMask?
    var part: FolderLayout.Part
  }

  let schema: DataSchema
  let omissions: DatasetOmissions
  /// The names of all categories in the annotations, in the order of their ids.
  let categories: [String]
  /// The first class that was asked for and is not among ``categories``.
  let unknownClass: String?
  private let path: String
  private let classes: BoxClasses
  /// If the target is a mask, the number of the background.
  private let background: Int?
  /// See ``OutlineMask/pixels(of:classes:background:_:fingerprint:_:)``; empty if the target is no mask.
  private var pixels: [DataSplit: [Int]] = [:]
  private let index: ImageIndex
  private let channels: Int
  private let skipsErrors: Bool
  private let train: [Example]
  private let test: [Example]
  private let notes: [String]

  /// - Throws: ``DataError`` if the files cannot be listed, or the annotations cannot be read.
  init(
    _ settings: BoxReading.Settings, _ path: String, _ cache: ImageIndexCache
  ) throws(DataError) {
    self.path = path
    channels = settings.channels
    skipsErrors = settings.skipsErrors
    let files = try ImageFiles(path)
    let found =
      switch settings.format {
      case .coco(let named): try CocoParts.find(files, named: named, outlines: settings.masks)
      case .voc: try VOCParts.find(files)
      }
    categories = found.parts.first?.annotations.categories.map(\.name).distinct ?? []
    unknownClass = settings.classes?.first { [categories] in
      !categories.contains($0) && !(settings.masks && $0 == OutlineMask.background)
    }
    let names =
      settings.masks
      ? OutlineMask.names(chosen: settings.classes, categories) : settings.classes ?? categories
    background = settings.masks ? names.firstIndex(of: OutlineMask.background) : nil
    if settings.masks, names.count > MaskCoding.mostClasses {
      throw DataError(
        path: path,
        reason: "has \(names.count) classes, but masks have at most \(MaskCoding.mostClasses); "
          + "'classes' chooses some")
    }
    let listed = Set(found.parts.flatMap { part in part.chosen.compactMap { part.paths[$0] } })
    index = try cache.index(
      files.files.filter { listed.contains($0.path) }
        .sorted { ListedFile.precedes($0.path, $1.path) },
      of: path + " with boxes", in: files, decodes: skipsErrors)
    var builder = ExampleBuilder(index, names, masks: settings.masks)
    for part in found.parts {
      if settings.classes == nil, let foreign = part.foreignCategory(categories) {
        throw DataError(
          path: part.list,
          reason:
            "has boxes of the category '\(foreign)', which the training annotations do not list")
      }
      builder.add(part)
    }
    omissions = DatasetOmissions(broken: builder.broken, skipped: found.skipped)
    notes = builder.notes(isChosen: settings.classes != nil)
    let parts = Self.split(builder.examples, settings.test, index)
    (train, test) = (parts.train, parts.test)
    let used = train + test
    classes = BoxClasses(
      names, ids: Self.ids(names, found.parts.first?.annotations.categories ?? []),
      most: used.map(\.boxes.items.count).max() ?? 0)
    var schema = DataSchema(
      inputs: [DataField("image", index.kind(of: used.map(\.row), channels: channels))],
      targets: [
        settings.masks
          ? DataField("mask", .mask(names, ignore: Int(FieldKind.ignoredPixel)))
          : DataField("boxes", .boxes(classes))
      ],
      counts: [.train: train.count, .test: test.count])
    let reserved = train.count { $0.part == .validation }
    schema.validationCount = reserved == 0 ? nil : reserved
    self.schema = schema
    guard let background else { return }
    for split in DataSplit.allCases {
      pixels[split] = OutlineMask.pixels(
        of: examples(split).compactMap(\.mask), classes: names.count, background: background, path,
        fingerprint: fingerprint(split), cache.folder)
    }
  }

  /// COCO's ids of the classes; empty if one has none.
  private static func ids(_ names: [String], _ categories: [BoxCategory]) -> [Int] {
    let ids = names.map { name -> Int? in
      guard case .number(let id)? = categories.first(where: { $0.name == name })?.id else {
        return nil
      }
      return id
    }
    let known = ids.compactMap(\.self)
    return known.count == names.count ? known : []
  }

  private static func split(
    _ examples: [Example], _ choice: ImageFolderDataset.TestChoice, _ index: ImageIndex
  ) -> (train: [Example], test: [Example]) {
    let first = examples.filter { $0.part == .train }
    let second = examples.filter { $0.part == .validation }
    let given = examples.filter { $0.part == .test }
    if !given.isEmpty { return (first + second, given) }
    switch choice {
    case .validation: return (first, second)
    case .fraction(let fraction):
      // By contents, so that the choice depends on no name and no seed. Equal images stay together.
      let rows = first.map(\.row).sorted {
        index.hash($0).lexicographicallyPrecedes(index.hash($1))
      }
      var count = min(rows.count, max(1, Int((Double(rows.count) * fraction).rounded())))
      while count > 0, count < rows.count,
        index.hash(rows[count]).elementsEqual(index.hash(rows[count - 1]))
      {
        count += 1
      }
      let chosen = Set(rows.prefix(count))
      return (
        first.filter { !chosen.contains($0.row) } + second,
        first.filter { chosen.contains($0.row) }
      )
    }
  }

  private func examples(_ split: DataSplit) -> [Example] { split == .train ? train : test }

  func check() throws(DataError) {
    if let first = omissions.broken.first, !skipsErrors {
      let others = omissions.broken.count - 1
      throw DataError(
        path: first.path.hasPrefix("/") ? first.path : "\(path)/\(first.path)",
        reason: first.reason + (others == 0 ? "" : " (and \(others) more)")
          + "; on_error: skip leaves such out")
    }
    if train.isEmpty { throw DataError(path: path, reason: "holds no images to train on") }
    if test.isEmpty {
      throw DataError(path: path, reason: "has no annotated images for testing or validation")
    }
    if train.allSatisfy({ $0.boxes.items.isEmpty }) {
      throw DataError(
        path: path,
        reason: "has no \(background == nil ? "boxes" : "objects") in its training images")
    }
  }

  func source(_ split: DataSplit) throws(DataError) -> any ExampleSource {
    let examples = examples(split)
    let targets =
      background == nil
      ? Targets(
        examples.flatMap { $0.boxes.row(classes.most) }, width: ImageBoxes.rowWidth(classes.most))
      : Targets((pixels[split] ?? []).map { Float($0) }, width: classes.names.count + 1)
    let images = IndexedImages(
      index, examples.map(\.row), in: try ImageFiles(reopening: path), schema: schema,
      channels: channels, targets: targets,
      isValidation: examples.map { $0.part == .validation }, fingerprint: fingerprint(split),
      notes: notes, annotationIDs: examples.map(\.id))
    guard let background else { return images }
    return OutlinedImages(images, examples.compactMap(\.mask), background: background)
  }

  func fingerprint(_ split: DataSplit) -> String {
    var digest = RunningDigest()
    let kind = background.map { "outline masks 1\nbackground \($0)" } ?? "image boxes 1"
    digest.add("\(kind)\n\(channels)\n".utf8)
    for name in classes.names { digest.add("\(name.utf8.count) \(name)\n".utf8) }
    digest.add("\(classes.ids)\n".utf8)
    for example in examples(split) {
      digest.add(index.hash(example.row))
      digest.add("\(example.part.rawValue) \(example.boxes.items.count) \(example.id)\n".utf8)
      if let mask = example.mask {
        mask.add(to: &digest)
      } else {
        example.boxes.row(example.boxes.items.count).withUnsafeBytes { digest.add($0) }
      }
    }
    return digest.hex
  }
}

extension BoxPart {
  /// The name of a category with boxes that is not among `names`.
  fileprivate func foreignCategory(_ names: [String]) -> String? {
    let known = Set(names)
    return annotations.boxes.lazy.map { annotations.categories[$0.category].name }
      .first { !known.contains($0) }
  }
}

extension [String] {
  /// The first of each.
  fileprivate var distinct: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
