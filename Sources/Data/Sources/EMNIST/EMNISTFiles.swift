import Archives
import DataSchema
import Downloads
import Files
import Glibc

/// Finds or downloads EMNIST's archive, a zip file of gzip files, and converts one of its six data sets, once, to
/// IDX files in the cache whose images are upright and whose labels count from 0.
struct EMNISTFiles: Sendable {
  /// Height and width of the images.
  static let side = 28

  var split: EMNISTSplit
  /// SHA-256 as TensorFlow Datasets and MLDatasets for Julia publish it.
  var archive = PublishedFile(
    name: "gzip.zip",
    checksum: .sha256("fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e"))
  var mirrors = [
    "https://biometrics.nist.gov/cs_links/EMNIST",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST",
  ]
  var patience = Patience()

  /// No member of the archive is longer than this many bytes.
  private static let largestMember = 512 << 20

  /// The archive is searched in `$RUNNER_DATA`'s folders `emnist` and `EMNIST/raw` (where torchvision leaves it) and
  /// the cache. The unpacked files are not taken, for their hashes are not published. A downloaded archive stays in
  /// the cache for the other data sets in it.
  ///
  /// - Throws: ``DataError``: of kind `invalid` if the archive in `$RUNNER_DATA` is another file, of kind
  ///   `unavailable` if there is none and it cannot be downloaded; `CancellationError`.
  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    guard let cache = environment.cacheFolder else {
      throw DataError(
        path: "emnist", reason: "there is no cache folder: set HOME or RUNNER_CACHE",
        kind: .unavailable)
    }
    if let folder = environment.missingDataFolder { progress(.noDataFolder(folder)) }
    let converted = ConvertedFiles(
      dataset: "emnist", folder: "\(cache)/datasets/emnist",
      names: IDXRole.allCases.map(name),
      roles: Dictionary(uniqueKeysWithValues: IDXRole.allCases.map { ($0, name($0)) }),
      list: "emnist-\(split.name).sha256")
    return try await converted.acquire(progress: progress) { write in
      let own = environment.dataFolder.flatMap { folder in
        ["emnist", "EMNIST/raw"].map { "\(folder)/\($0)/\(archive.name)" }.first(
          where: FileSearch.isFile)
      }
      if let own {
        try archive.check(own, of: "EMNIST")
        try convert(own, in: converted.folder, write)
        return .folder
      }
      let wasThere = FileSearch.isFile("\(converted.folder)/\(archive.name)")
      let path = try await archive.download(
        of: "EMNIST", into: converted.folder, from: mirrors, limit: 1 << 30,
        environment: environment, patience: patience, progress: progress)
      try DataError.inCache { () throws(DataError) in
        try convert(path, in: converted.folder, write)
      }
      return wasThere ? .cache : .download
    }
  }

  /// The name of a file in the cache, and with `.gz` in the archive.
  private func name(_ role: IDXRole) -> String {
    "emnist-\(split.name)-\(role.split.rawValue)"
      + (role.contents == .inputs ? "-images-idx3-ubyte" : "-labels-idx1-ubyte")
  }

  /// - Parameter folder: for temporary files.
  private func convert(
    _ path: String, in folder: String, _ write: ConvertedFiles.Writer
  ) throws(DataError) {
    let zip = try DataError.wrap { () throws(FileError) in try ZipArchive(path) }
    for role in IDXRole.allCases {
      let name = name(role)
      var array = try array("gzip/\(name).gz", in: zip, temporary: "\(folder)/\(name).gz")
      let count = split.counts[role.split] ?? 0
      let shape = role.contents == .inputs ? [count, Self.side, Self.side] : [count]
      guard array.shape == shape else {
        throw DataError(
          path: path, reason: "\(name).gz has the shape \(array.shape), expected \(shape)")
      }
      if role.contents == .inputs {
        array = Self.upright(array)
      } else {
        array = try labels(array, "\(name).gz", path)
      }
      try write(name, array)
    }
  }

  /// The IDX file in a member of the archive.
  private func array(
    _ name: String, in zip: ZipArchive, temporary: String
  ) throws(DataError) -> IDXArray {
    let bytes = try DataError.wrap { () throws(FileError) in
      guard let member = zip[name] else {
        throw FileError(path: zip.path, reason: "does not hold \(name)")
      }
      return try zip.read(member, limit: Self.largestMember)
    }
    try DataError.inCache { () throws(DataError) in
      try DataError.wrap { () throws(FileError) in try AtomicFile.write(bytes, to: temporary) }
    }
    defer { unlink(temporary) }
    return try IDX.read(temporary)
  }

  /// The images with rows and columns exchanged, for they are published transposed.
  static func upright(_ images: IDXArray) -> IDXArray {
    let (side, count) = (Self.side, images.bytes.count / (Self.side * Self.side))
    let bytes = [UInt8](unsafeUninitializedCapacity: images.bytes.count) { buffer, initialized in
      images.bytes.withUnsafeBufferPointer { source in
        for image in 0..<count {
          let start = image * side * side
          for row in 0..<side {
            for column in 0..<side {
              buffer[start + row * side + column] = source[start + column * side + row]
            }
          }
        }
      }
      initialized = images.bytes.count
    }
    return IDXArray(shape: images.shape, bytes: bytes)
  }

  /// Labels that count from 0.
  private func labels(
    _ array: IDXArray, _ name: String, _ path: String
  ) throws(DataError) -> IDXArray {
    let known = split.firstLabel..<(split.firstLabel + split.classes.count)
    if let example = array.bytes.firstIndex(where: { !known.contains(Int($0)) }) {
      throw DataError(
        path: path,
        reason: "example \(example) in \(name) has the label \(array.bytes[example]), expected"
          + " \(known.lowerBound) to \(known.upperBound - 1)")
    }
    return IDXArray(shape: array.shape, bytes: array.bytes.map { $0 - UInt8(split.firstLabel) })
  }
}
