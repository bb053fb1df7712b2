import DataSchema
import Downloads
import Files

/// The variants of the drawn digits, which differ in their targets.
enum DigitsVariant: Sendable {
  case classes
  case features([Digits.Feature])
  /// Two digits side by side.
  case pairs

  private static let counts = [DataSplit.train: Digits.trainCount, .test: Digits.testCount]

  var dataSchema: DataSchema {
    let single = ImageSize(channels: 1, height: Digits.height, width: Digits.width)
    switch self {
    case .classes:
      return DataSchema(
        image: single, target: .digits, counts: Self.counts)
    case .features(let features):
      let quantities = features.map { Quantity($0.rawValue, unit: $0.unit) }
      return DataSchema(
        image: single, target: DataField("numbers", .numbers(quantities)),
        counts: Self.counts)
    case .pairs:
      return DataSchema(
        image: ImageSize(channels: 1, height: Digits.height, width: 2 * Digits.width),
        target: DataField("figures", .labelSet((0..<10).map(String.init))),
        counts: Self.counts.mapValues { $0 / 2 })
    }
  }

  /// Stores the variant's files next to those of the digits. Existing files are compared with the expected
  /// contents, which is fast, and rewritten if they differ.
  func acquire(
    _ digits: AcquiredDataset, in folder: String,
    _ progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    if case .classes = self { return digits }
    let lock = "\(folder)/lock"
    return try await DataError.wrapping {
      try await FileLock.withLock(at: lock, waiting: { progress(.waiting(lock: lock)) }) {
        switch self {
        case .classes: digits
        case .features(let features): try Self.withFeatures(features, digits, in: folder)
        case .pairs: try Self.inPairs(digits, in: folder)
        }
      }
    }
  }

  private static func withFeatures(
    _ features: [Digits.Feature], _ digits: AcquiredDataset, in folder: String
  ) throws(DataError) -> AcquiredDataset {
    let name = features.map(\.rawValue).joined(separator: "-")
    let train = 0..<Digits.trainCount
    let test = Digits.trainCount..<(Digits.trainCount + Digits.testCount)
    func file(_ role: IDXRole, _ split: String, _ range: Range<Int>) throws(DataError) -> DataFile {
      let shape = features.count == 1 ? [range.count] : [range.count, features.count]
      return try keep(
        role, IDX.file(IDXNumbers(shape: shape, values: Digits.features(features, of: range))),
        at: "\(folder)/\(split)-\(name)-float")
    }
    return digits.replacing([
      try file(.trainLabels, "train", train), try file(.testLabels, "t10k", test),
    ])
  }

  private static func inPairs(
    _ digits: AcquiredDataset, in folder: String
  ) throws(DataError) -> AcquiredDataset {
    var files: [DataFile] = []
    for (split, images, labels, name) in [
      (DataSplit.train, IDXRole.trainImages, IDXRole.trainLabels, "train"),
      (.test, .testImages, .testLabels, "t10k"),
    ] {
      let source = try IDXSource(split, of: digits, target: .digits)
      let (pixels, bits) = pairs(try ImagesInMemory(reading: source))
      let count = bits.count / 10
      files.append(
        try keep(
          images,
          IDX.file(IDXArray(shape: [count, Digits.height, 2 * Digits.width], bytes: pixels)),
          at: "\(folder)/\(name)-pairs-images"))
      files.append(
        try keep(
          labels, IDX.file(IDXArray(shape: [count, 10], bytes: bits)),
          at: "\(folder)/\(name)-pairs-labels"))
    }
    return digits.replacing(files)
  }

  /// Images 2i and 2i + 1 side by side, and which digits they show.
  private static func pairs(_ images: ImagesInMemory) -> (pixels: [UInt8], bits: [UInt8]) {
    let labels = images.targets.classNumbers
    let (height, width, size) = (images.size.height, images.size.width, images.size.count)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(images.pixels.count)
    var bits = [UInt8](repeating: 0, count: images.count / 2 * 10)
    for pair in 0..<(images.count / 2) {
      for row in 0..<height {
        for half in [2 * pair, 2 * pair + 1] {
          let start = half * size + row * width
          pixels += images.pixels[start..<(start + width)]
        }
      }
      for half in [2 * pair, 2 * pair + 1] { bits[pair * 10 + Int(labels[half])] = 1 }
    }
    return (pixels, bits)
  }

  /// Ensures that a file with these bytes exists.
  private static func keep(
    _ role: IDXRole, _ bytes: [UInt8], at path: String
  ) throws(DataError) -> DataFile {
    let sha256 = Digest.hex(of: bytes)
    // A file that cannot be read is rewritten, which reports the problem.
    let isThere = FileSearch.isFile(path) && (try? Digest.hex(ofFile: path)) == sha256
    if !isThere {
      try DataError.wrap { () throws(FileError) in try AtomicFile.write([bytes], to: path) }
    }
    return role.file(path, sha256: sha256)
  }
}

extension AcquiredDataset {
  /// The data set with files replaced by those in `files` with the same split and contents.
  fileprivate func replacing(_ files: [DataFile]) -> AcquiredDataset {
    AcquiredDataset(
      name: name,
      files: self.files.map { file in
        files.first { $0.split == file.split && $0.contents == file.contents } ?? file
      }, origin: origin)
  }
}
