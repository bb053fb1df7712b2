import DataSchema
import Files
import Synchronization

/// One split of a data set in MNIST's format: a file of images and a file of targets. All images are read at
/// once on first access.
final class IDXSource: ExampleSource {
  let schema: DataSchema
  let targets: Targets
  let fingerprint: String
  private let images: DataFile
  private let labels: DataFile
  private let pixels = Mutex<[UInt8]?>(nil)

  /// Reads the targets and the size of the images.
  ///
  /// - Throws: ``DataError`` if a file has changed since `data` was acquired, or if its targets do not match
  ///   `target`.
  init(_ split: DataSplit, of data: AcquiredDataset, target: DataField) throws(DataError) {
    guard let images = data.file(split, .inputs), let labels = data.file(split, .targets) else {
      throw DataError(path: data.name, reason: "has no files of \(split.rawValue) examples")
    }
    (self.images, self.labels) = (images, labels)
    let shape = try IDXInput(path: images.path, limit: IDX.standardLimit).shape
    guard 3...4 ~= shape.count else {
      throw DataError(
        path: images.path,
        reason: "has \(shape.count) dimensions, but images have 3 (count, height, width)"
          + " or 4 (count, channels, height, width)")
    }
    schema = DataSchema(
      image: ImageSize(
        channels: shape.count == 4 ? shape[1] : 1, height: shape[shape.count - 2],
        width: shape[shape.count - 1]),
      target: target)
    fingerprint = Digest.hex(of: "\(images.sha256)\n\(labels.sha256)\n".utf8)
    let (numbers, sha256) = try IDX.readNumbersWithDigest(labels.path)
    try Self.check(labels, sha256)
    targets = try TargetFile.targets(numbers, of: target.kind, path: labels.path)
    guard shape[0] > 0 else { throw DataError(path: images.path, reason: "holds no images") }
    guard shape[0] == targets.count else {
      throw DataError(
        path: labels.path,
        reason: "holds \(targets.count) labels for the \(shape[0]) images of \(images.path)")
    }
  }

  var count: Int { targets.count }

  var bytes: [UInt8]? { pixels.withLock { $0 } }
  var isReadAtOnce: Bool { true }

  func prepare() throws(DataError) { _ = try loaded() }

  func readAll() throws(DataError) -> ExampleBatch.Column {
    if let bytes { return .bytes(bytes) }
    return .bytes(try load())
  }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    let pixels = try loaded()
    let size = pixels.count / max(count, 1)
    var values: [UInt8] = []
    values.reserveCapacity(indices.count * size)
    for index in indices { values += pixels[(index * size)..<((index + 1) * size)] }
    batch[schema.input.name] = .bytes(values)
  }

  private func loaded() throws(DataError) -> [UInt8] {
    let result = pixels.withLock { pixels in
      Result { () throws(DataError) -> [UInt8] in
        if let pixels { return pixels }
        let loaded = try load()
        pixels = loaded
        return loaded
      }
    }
    return try result.get()
  }

  private func load() throws(DataError) -> [UInt8] {
    let (array, sha256) = try IDX.readWithDigest(images.path)
    try Self.check(images, sha256)
    return array.bytes
  }

  private static func check(_ file: DataFile, _ sha256: String) throws(DataError) {
    if sha256 == file.sha256 { return }
    throw DataError(path: file.path, reason: "has changed since this run began")
  }
}

/// A data set whose files are in MNIST's format.
protocol IDXFormat: DatasetDefinition {}

extension IDXFormat {
  package func open(
    _ split: DataSplit, of data: AcquiredDataset
  ) throws(DataError) -> any ExampleSource {
    try IDXSource(split, of: data, target: dataSchema.target)
  }
}

extension AcquiredDataset {
  /// Creates a data set in MNIST's format with the files that `file` returns for each role.
  init(name: String, origin: DataOrigin, _ file: (IDXRole) -> DataFile) {
    self.init(name: name, files: IDXRole.allCases.map(file), origin: origin)
  }
}
