import DataSchema
import Dispatch
import Files
import ImageFormats
import Synchronization

extension ImageIndex {
  /// Reads every image once: its hash and the size that its header says.
  ///
  /// - Parameters:
  ///   - decodes: whether each is also decoded, so that damage behind the header is found.
  ///   - earlier: an index of the same files, from which unchanged ones are taken.
  ///   - threads: how many share the work; the result is the same for any number.
  ///   - progress: gets how many files have been read.
  /// - Throws: ``DataError`` if there are no images, or a validation or test image has a class that no training
  ///   image has.
  static func build(
    _ files: ImageFiles, decodes: Bool, earlier: ImageIndex? = nil, threads: Int,
    progress: @escaping DataEnvironment.Progress = { _, _, _ in }
  ) throws(DataError) -> ImageIndex {
    let layout = FolderLayout(files.files)
    guard layout.images.contains(where: { $0.part == .train }) else {
      throw DataError(
        path: files.path,
        reason: "holds no images in class folders (\(layout.skipped.count) other files); expected "
          + "CLASS/image.jpg or train/CLASS/image.jpg")
    }
    var summary = Summary(classes: [])
    summary.hasSplits = layout.hasSplits
    summary.skipped = layout.skipped.map { Problem(path: $0.path, reason: $0.reason) }
    return try build(
      layout.images, summary, in: files, decodes, earlier, threads: threads, progress)
  }

  /// Reads these files once, in this order: what ``build(_:decodes:earlier:threads:)`` tells of each but its
  /// class, which is the same for all.
  ///
  /// - Parameter list: files of `files`, each once.
  static func build(
    listed list: [ListedFile], in files: ImageFiles, decodes: Bool, earlier: ImageIndex? = nil,
    threads: Int, progress: @escaping DataEnvironment.Progress = { _, _, _ in }
  ) throws(DataError) -> ImageIndex {
    let images = list.map { FolderLayout.Image(file: $0, part: .train, label: "") }
    return try build(
      images, Summary(classes: []), in: files, decodes, earlier, threads: threads, progress)
  }

  /// - Parameter summary: what is known without reading the images.
  private static func build(
    _ images: [FolderLayout.Image], _ summary: Summary, in files: ImageFiles, _ decodes: Bool,
    _ earlier: ImageIndex?, threads: Int, _ progress: @escaping DataEnvironment.Progress
  ) throws(DataError) -> ImageIndex {
    let measured = measure(
      images, in: files, decodes, earlier, threads: threads, progress)
    var summary = summary
    summary.isDecoded = decodes
    let usable = zip(images, measured).filter { $0.1.problem == nil }
    summary.broken = zip(images, measured).compactMap { image, found in
      found.problem.map { Problem(path: image.file.path, reason: $0) }
    }
    summary.classes = Set(usable.lazy.filter { $0.0.part == .train }.map(\.0.label))
      .sorted(by: ListedFile.precedes)
    let numbers = Dictionary(uniqueKeysWithValues: summary.classes.enumerated().map { ($1, $0) })
    var index = ImageIndex(summary: summary)
    for (image, found) in usable {
      guard let number = numbers[image.label] else {
        throw DataError(
          path: files.place(image.file.path),
          reason: "has the class '\(image.label)', which no training image has")
      }
      index.append(
        image, class: number, height: found.height, width: found.width, sha256: found.sha256)
    }
    return index
  }

  /// What one image is like.
  private struct Measurement: Sendable {
    var height = 0
    var width = 0
    var sha256: [UInt8] = []
    var problem: String?
  }

  private static func measure(
    _ images: [FolderLayout.Image], in files: ImageFiles, _ decodes: Bool, _ earlier: ImageIndex?,
    threads: Int, _ progress: DataEnvironment.Progress
  ) -> [Measurement] {
    let known = earlier?.places(decodes) ?? [:]
    let pieces = max(1, min(threads, images.count / 64))
    let results = Mutex<[Int: [Measurement]]>([:])
    let done = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      let range = piece * images.count / pieces..<(piece + 1) * images.count / pieces
      let part = range.map { place -> Measurement in
        let file = images[place].file
        if let earlier, let index = known[file.path], earlier.isSame(index, file) {
          return Measurement(
            height: Int(earlier.heights[index]), width: Int(earlier.widths[index]),
            sha256: Array(earlier.hash(index)))
        }
        defer {
          let count = done.add(1, ordering: .relaxed).newValue
          if count % 64 == 0 { progress("reading images", count, images.count) }
        }
        return measure(file, in: files, decodes)
      }
      results.withLock { $0[piece] = part }
    }
    progress("reading images", images.count, images.count)
    return results.withLock { results in (0..<pieces).flatMap { results[$0] ?? [] } }
  }

  private static func measure(
    _ file: ListedFile, in files: ImageFiles, _ decodes: Bool
  ) -> Measurement {
    if let problem = file.problem { return Measurement(problem: problem) }
    do throws(FileError) {
      let bytes = try files.read(file.path)
      let place = files.place(file.path)
      let header = try ImageHeader(decoding: bytes, path: place)
      // Memory for a batch is reserved by these sizes.
      let limit = DecodedImage.Limits().pixels
      if header.height.multipliedReportingOverflow(by: header.width).overflow
        || header.height * header.width > limit
      {
        return Measurement(
          problem: "has \(header.width) x \(header.height) pixels; the limit is \(limit) pixels")
      }
      if decodes { _ = try DecodedImage(decoding: bytes, path: place) }
      return Measurement(
        height: header.height, width: header.width, sha256: Digest.bytes(of: bytes))
    } catch {
      return Measurement(problem: error.reason)
    }
  }

  /// The position of each image by its path; empty if it was not read as thoroughly as now.
  private func places(_ decodes: Bool) -> [String: Int] {
    if decodes, !summary.isDecoded { return [:] }
    return Dictionary(uniqueKeysWithValues: (0..<count).map { (name($0), $0) })
  }

  /// Whether a file is as it was when the index was built, by its size and date.
  private func isSame(_ index: Int, _ file: ListedFile) -> Bool {
    sizes[index] == Int64(file.size) && stamps[index] == file.stamp
  }
}
