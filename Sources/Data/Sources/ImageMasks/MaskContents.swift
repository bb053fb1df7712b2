import DataSchema
import Files

/// Images with masks, and which belong to which split.
struct MaskContents: SplitContents {
  struct Example: Sendable {
    /// Of the image in the index.
    var row: Int
    var mask: ListedFile
    var entry: MaskIndex.Entry
    var part: FolderLayout.Part
  }

  let schema: DataSchema
  let omissions: DatasetOmissions
  private let path: String
  private let coding: MaskCoding
  private let index: ImageIndex
  private let channels: Int
  private let skipsErrors: Bool
  private let train: [Example]
  private let test: [Example]

  /// - Throws: ``DataError`` if the files cannot be listed.
  init(
    _ settings: ImageMasksDataset.Settings, _ path: String, _ cache: ImageIndexCache
  ) throws(DataError) {
    self.path = path
    coding = settings.coding
    channels = settings.channels
    skipsErrors = settings.skipsErrors
    let files =
      switch settings.folders {
      case .named: try ImageFiles(path)
      case .paths(let images, let masks): try ImageFiles(path, below: [images, masks])
      }
    let found = MaskPairs(files.files, settings.folders, suffix: settings.suffix)
    let index = try cache.index(
      found.pairs.map(\.image), of: path + " with masks", in: files, decodes: skipsErrors)
    self.index = index
    let masks = MaskIndex.load(
      found.pairs.map(\.mask), in: files, coding, cache.folder, progress: cache.progress)
    let rows = Dictionary(uniqueKeysWithValues: (0..<index.count).map { (index.name($0), $0) })
    var omissions = DatasetOmissions(broken: found.broken, skipped: found.skipped)
    omissions.broken += index.summary.broken.map { ($0.path, $0.reason) }
    var examples: [Example] = []
    for pair in found.pairs {
      guard let row = rows[pair.image.path], let entry = masks.entries[pair.mask.path] else {
        continue
      }
      if let problem = entry.problem {
        omissions.broken.append((pair.mask.path, problem))
        continue
      }
      let size = index.size(row, channels: 1)
      guard size.height == entry.height, size.width == entry.width else {
        omissions.broken.append(
          (
            pair.mask.path,
            "is \(entry.height)×\(entry.width), but \(pair.image.path) is "
              + "\(size.height)×\(size.width)"
          ))
        continue
      }
      examples.append(Example(row: row, mask: pair.mask, entry: entry, part: pair.part))
    }
    self.omissions = omissions
    let parts = Self.split(examples, settings.test)
    (train, test) = (parts.train, parts.test)
    var schema = DataSchema(
      inputs: [
        DataField("image", index.kind(of: (train + test).map(\.row), channels: channels))
      ], targets: [settings.coding.field],
      counts: [.train: parts.train.count, .test: parts.test.count])
    let reserved = train.count { $0.part == .validation }
    schema.validationCount = reserved == 0 ? nil : reserved
    self.schema = schema
  }

  private static func split(
    _ examples: [Example], _ choice: ImageFolderDataset.TestChoice
  ) -> (train: [Example], test: [Example]) {
    let given = examples.filter { $0.part == .test }
    if !given.isEmpty { return (examples.filter { $0.part != .test }, given) }
    switch choice {
    case .validation:
      return (
        examples.filter { $0.part == .train }, examples.filter { $0.part == .validation }
      )
    case .fraction(let fraction):
      // By contents, so that the choice depends on no name and no seed.
      let sorted = examples.filter { $0.part == .train }
        .sorted { ($0.entry.sha256, $0.mask.path) < ($1.entry.sha256, $1.mask.path) }
      let count = max(1, Int((Double(sorted.count) * fraction).rounded()))
      let chosen = Set(sorted.prefix(count).map(\.mask.path))
      return (
        examples.filter { !chosen.contains($0.mask.path) },
        examples.filter { chosen.contains($0.mask.path) }
      )
    }
  }

  private func examples(_ split: DataSplit) -> [Example] { split == .train ? train : test }

  func check() throws(DataError) {
    if let first = omissions.broken.first, !skipsErrors {
      let others = omissions.broken.count - 1
      throw DataError(
        path: "\(path)/\(first.path)",
        reason: first.reason
          + (others == 0 ? "" : " (and \(others) other file\(others == 1 ? "" : "s"))")
          + "; on_error: skip leaves such files out")
    }
    if train.isEmpty {
      throw DataError(path: path, reason: "holds no images with masks to train on")
    }
    if test.isEmpty {
      throw DataError(path: path, reason: "has no folder test/ or val/ with images to test on")
    }
  }

  func source(_ split: DataSplit) throws(DataError) -> any ExampleSource {
    let examples = examples(split)
    let files = try ImageFiles(reopening: path)
    let width = coding.names.count + 1
    let images = IndexedImages(
      index, examples.map(\.row), in: files, schema: schema, channels: channels,
      targets: Targets(
        examples.flatMap { $0.entry.pixels(coding.names.count) }, width: width),
      isValidation: examples.map { $0.part == .validation }, fingerprint: fingerprint(split))
    return MaskedImages(images, examples, in: files, coding)
  }

  func fingerprint(_ split: DataSplit) -> String {
    var digest = RunningDigest()
    digest.add("image masks 1\n\(channels)\n\(coding.text)".utf8)
    for example in examples(split) {
      digest.add(index.hash(example.row))
      digest.add(example.entry.sha256.utf8)
      digest.add([example.part.rawValue])
    }
    return digest.hex
  }
}
