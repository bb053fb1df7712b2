import DataSchema
import Downloads
import Files
import Glibc

/// Finds or downloads a CIFAR data set and converts it, once, to IDX files in the cache.
struct CIFARFiles: Sendable {
  let release: CIFARRelease
  var patience = Patience()

  /// A copy of the data set on this machine.
  private struct Copy {
    /// An archive, or the folder it was unpacked to.
    let path: String
    let layout: CIFARRelease.Layout
    let isArchive: Bool
  }

  /// The data set with one kind of label.
  ///
  /// Searched are `$RUNNER_DATA`, its folder of the data set's name, and Keras's folder, for the unpacked files
  /// or the archive of either layout.
  ///
  /// - Parameter labels: the place of their kind in the release's ``CIFARRelease/kinds``.
  /// - Throws: ``DataError``: of kind `invalid` if a copy in `$RUNNER_DATA` is damaged or incomplete, of kind
  ///   `unavailable` if there is none and none can be downloaded; `CancellationError`.
  func acquire(
    labels: Int, environment: DataEnvironment,
    progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    guard let cache = environment.cacheFolder else {
      throw DataError(
        path: release.name, reason: "there is no cache folder: set HOME or RUNNER_CACHE",
        kind: .unavailable)
    }
    if let folder = environment.missingDataFolder { progress(.noDataFolder(folder)) }
    let converted = ConvertedFiles(
      dataset: release.name, folder: "\(cache)/datasets/\(release.name)",
      names: DataSplit.allCases.flatMap { split in
        [Self.images(split)] + release.kinds.map { Self.labels($0, split) }
      },
      roles: [
        .trainImages: Self.images(.train), .testImages: Self.images(.test),
        .trainLabels: Self.labels(release.kinds[labels], .train),
        .testLabels: Self.labels(release.kinds[labels], .test),
      ], list: "SHA256SUMS")
    return try await converted.acquire(progress: progress) { write in
      if let folder = environment.dataFolder,
        let copy = copy(in: [folder, "\(folder)/\(release.name)"])
      {
        try convert(copy, write)
        return .folder
      }
      if let folder = environment.kerasFolder, let copy = kerasCopy(in: folder) {
        do throws(DataError) {
          try convert(copy, write)
          return .folder
        } catch {
          // The user did not ask for this copy.
          progress(.damaged(error))
        }
      }
      let layout = release.layouts[0]
      let archive = try await layout.archive.download(
        of: release.name, into: converted.folder, from: release.mirrors, limit: 1 << 28,
        environment: environment, patience: patience, progress: progress)
      try DataError.inCache { () throws(DataError) in
        try convert(Copy(path: archive, layout: layout, isArchive: true), write)
      }
      unlink(archive)
      return .download
    }
  }

  private static func images(_ split: DataSplit) -> String { "\(split.rawValue)-images-idx4-ubyte" }

  /// `train-labels-idx1-ubyte`, or `train-fine-labels-idx1-ubyte`.
  private static func labels(_ kind: CIFARRelease.Labels, _ split: DataSplit) -> String {
    "\(split.rawValue)-\(kind.key.replacing("_", with: "-"))-idx1-ubyte"
  }

  /// The first copy in one of the folders. A folder of the right name counts if any of the files is in it.
  private func copy(in folders: [String]) -> Copy? {
    for folder in folders {
      for layout in release.layouts {
        let unpacked = "\(folder)/\(layout.folder)"
        if layout.files.values.joined().contains(where: {
          FileSearch.isFile("\(unpacked)/\($0.name)")
        }) {
          return Copy(path: unpacked, layout: layout, isArchive: false)
        }
        let archive = "\(folder)/\(layout.archive.name)"
        if FileSearch.isFile(archive) {
          return Copy(path: archive, layout: layout, isArchive: true)
        }
      }
    }
    return nil
  }

  private func kerasCopy(in folder: String) -> Copy? {
    for layout in release.layouts {
      for name in layout.kerasFolders
      where layout.files.values.joined().allSatisfy({
        FileSearch.isFile("\(folder)/\(name)/\($0.name)")
      }) {
        return Copy(path: "\(folder)/\(name)", layout: layout, isArchive: false)
      }
    }
    return nil
  }

  /// Verifies a copy, reads it and writes its images and labels.
  private func convert(_ copy: Copy, _ write: ConvertedFiles.Writer) throws(DataError) {
    let files = copy.isArchive ? try unpacked(copy) : nil
    for split in DataSplit.allCases {
      var pixels: [UInt8] = []
      var labels = [[UInt8]](repeating: [], count: release.kinds.count)
      for file in copy.layout.files[split] ?? [] {
        let path = copy.isArchive ? copy.path : "\(copy.path)/\(file.name)"
        let bytes =
          if let bytes = files?[file.name] { bytes } else { try contents(file, path, copy) }
        let batch = try batch(bytes, path, copy.layout)
        pixels += batch.pixels
        for kind in labels.indices { labels[kind] += batch.labels[kind] }
      }
      let count = pixels.count / CIFARBatch.pixelCount
      guard count == release.counts[split] else {
        throw DataError(
          path: copy.path,
          reason: "holds \(count) \(split.rawValue) images, but \(release.name) has"
            + " \(release.counts[split] ?? 0)")
      }
      try write(
        Self.images(split),
        IDXArray(shape: [count, 3, CIFARBatch.side, CIFARBatch.side], bytes: pixels))
      for (kind, labels) in zip(release.kinds, labels) {
        try write(Self.labels(kind, split), IDXArray(shape: [count], bytes: labels))
      }
    }
  }

  private func batch(
    _ bytes: [UInt8], _ path: String, _ layout: CIFARRelease.Layout
  ) throws(DataError) -> CIFARBatch {
    layout.isPickled
      ? try CIFARBatch(pickle: bytes, kinds: release.kinds, path: path)
      : try CIFARBatch(binary: bytes, kinds: release.kinds, path: path)
  }

  /// A file of an unpacked copy, verified.
  private func contents(
    _ file: PublishedFile, _ path: String, _ copy: Copy
  ) throws(DataError) -> [UInt8] {
    guard !copy.isArchive else { throw DataError(path: path, reason: "does not hold \(file.name)") }
    try file.check(path, of: release.name)
    return try DataError.wrap { () throws(FileError) in
      try FileReading.bytes(of: path, limit: copy.layout.largestFile)
    }
  }

  /// The data files of a verified archive, by name.
  private func unpacked(_ copy: Copy) throws(DataError) -> [String: [UInt8]] {
    try copy.layout.archive.check(copy.path, of: release.name)
    let wanted = Set(copy.layout.files.values.joined().map(\.name))
    var files: [String: [UInt8]] = [:]
    var tar = try TarReader(copy.path)
    while let member = try tar.next() {
      let prefix = copy.layout.folder + "/"
      guard member.name.hasPrefix(prefix) else { continue }
      let name = String(member.name.dropFirst(prefix.count))
      if wanted.contains(name) {
        files[name] = try tar.contents(limit: copy.layout.largestFile)
      }
    }
    return files
  }
}
