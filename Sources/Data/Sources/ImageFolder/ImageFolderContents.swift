import DataSchema
import Files

/// Which images of an index belong to which split.
struct ImageFolderContents: SplitContents {
  let index: ImageIndex
  let schema: DataSchema
  private let path: String
  /// Positions in the index, in the order of the examples: classes take turns, so that the first examples, which
  /// `limit` leaves, hold every class in its proportion.
  private let train: [Int]
  private let test: [Int]
  private let channels: Int
  private let skipsErrors: Bool

  /// - Parameters:
  ///   - choice: what is tested on if the index has no test images.
  ///   - path: of the folder or archive.
  ///   - skipsErrors: whether images that cannot be read are left out, rather than errors.
  init(
    _ index: ImageIndex, _ choice: ImageFolderDataset.TestChoice, channels: Int, path: String,
    skipsErrors: Bool
  ) {
    self.skipsErrors = skipsErrors
    self.index = index
    self.channels = channels
    self.path = path
    let first = Array(index.range(.train))
    let (second, given) = (Array(index.range(.validation)), Array(index.range(.test)))
    let parts: (train: [Int], validation: [Int], test: [Int])
    if !given.isEmpty {
      parts = (first, second, given)
    } else {
      switch choice {
      case .validation: parts = (first, [], second)
      case .fraction(let fraction):
        let chosen = index.chosen(first, fraction: fraction)
        parts = (first.filter { !chosen.contains($0) }, second, chosen.sorted())
      }
    }
    train = index.takingTurns(parts.train) + index.takingTurns(parts.validation)
    test = index.takingTurns(parts.test)
    var schema = DataSchema(
      inputs: [DataField("image", index.kind(of: train + test, channels: channels))],
      targets: [DataField("label", .category(index.summary.classes))],
      counts: [.train: train.count, .test: test.count])
    let reserved = train.count { index.parts[$0] == FolderLayout.Part.validation.rawValue }
    schema.validationCount = reserved == 0 ? nil : reserved
    self.schema = schema
  }

  private func rows(_ split: DataSplit) -> [Int] { split == .train ? train : test }

  var omissions: DatasetOmissions {
    DatasetOmissions(
      broken: index.summary.broken.map { ($0.path, $0.reason) },
      skipped: index.summary.skipped.map { ($0.path, $0.reason) })
  }

  func source(_ split: DataSplit) throws(DataError) -> any ExampleSource {
    IndexedImages(
      index, rows(split), in: try ImageFiles(reopening: path), schema: schema, channels: channels)
  }

  func fingerprint(_ split: DataSplit) -> String {
    index.fingerprint(of: rows(split), channels: channels)
  }

  /// Whether a run can use the images.
  ///
  /// - Throws: ``DataError`` if one cannot be read and is not to be skipped, or too little is left.
  func check() throws(DataError) {
    if let first = index.summary.broken.first, !skipsErrors {
      let others = index.summary.broken.count - 1
      throw DataError(
        path: "\(path)/\(first.path)",
        reason: first.reason
          + (others == 0 ? "" : " (and \(others) other image\(others == 1 ? "" : "s"))")
          + "; on_error: skip leaves such images out")
    }
    guard index.summary.classes.count > 1 else {
      throw DataError(
        path: path,
        reason:
          "holds images of one class, '\(index.summary.classes.first ?? "")'; expected at least two"
      )
    }
    if test.isEmpty {
      throw DataError(path: path, reason: "has no folder test/ or val/ with images to test on")
    }
    var isTrained = [Bool](repeating: false, count: index.summary.classes.count)
    for row in train { isTrained[Int(index.classes[row])] = true }
    for number in index.summary.classes.indices where !isTrained[number] {
      throw DataError(
        path: path,
        reason: "leaves no training images of the class '\(index.summary.classes[number])'")
    }
  }
}

extension ImageIndex {
  /// What the images at `rows` are: of one size, or of several.
  func kind(of rows: [Int], channels: Int) -> FieldKind {
    var sizes: Set<MixedSizes.Size> = []
    var last: (height: UInt32, width: UInt32)?
    for row in rows {
      let size = (heights[row], widths[row])
      // Most images are as large as the one before.
      if let last, last == size { continue }
      last = size
      sizes.insert(MixedSizes.Size(height: Int(size.0), width: Int(size.1)))
    }
    if sizes.count == 1, let size = sizes.first {
      return .image(ImageSize(channels: channels, height: size.height, width: size.width))
    }
    return .mixedImages(
      MixedSizes(
        channels: channels,
        sizes: sizes.isEmpty ? [MixedSizes.Size(height: 1, width: 1)] : Array(sizes)))
  }

  /// The images at `rows` with the i-th of n images of a class at the fraction (i + ½) / n of the way, classes by
  /// their numbers where they meet.
  fileprivate func takingTurns(_ rows: [Int]) -> [Int] {
    var sizes = [Int](repeating: 0, count: summary.classes.count)
    for row in rows { sizes[Int(classes[row])] += 1 }
    var ranks = [Int](repeating: 0, count: sizes.count)
    let placed = rows.map { row in
      let number = Int(classes[row])
      defer { ranks[number] += 1 }
      let place = (Double(ranks[number]) + 0.5) / Double(sizes[number])
      return (place: place, number: number, row: row)
    }
    return placed.sorted { ($0.place, $0.number) < ($1.place, $1.number) }.map(\.row)
  }

  /// A fraction of each class, at least one image, chosen by their hashes: the same whatever their names and
  /// order are. Equal images stay together.
  fileprivate func chosen(_ rows: [Int], fraction: Double) -> Set<Int> {
    var chosen: Set<Int> = []
    let groups = Dictionary(grouping: rows) { classes[$0] }
    for rows in groups.values {
      let sorted = rows.sorted { hash($0).lexicographicallyPrecedes(hash($1)) }
      var count = max(1, Int((Double(rows.count) * fraction).rounded()))
      while count < sorted.count, hash(sorted[count]).elementsEqual(hash(sorted[count - 1])) {
        count += 1
      }
      chosen.formUnion(sorted.prefix(count))
    }
    return chosen
  }
}
