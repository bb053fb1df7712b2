import DataSchema
import Dispatch
import Files
import FoundationEssentials
import ImageFormats
import Synchronization

/// Image files of an index, decoded whenever they are read.
final class IndexedImages: ExampleSource {
  let schema: DataSchema
  let fingerprint: String
  let targets: Targets
  let isValidation: [Bool]?
  let imageSizes: [ImageSize]?
  let notes: [String]
  private let files: ImageFiles
  let index: ImageIndex
  /// Positions in the index.
  let rows: [Int]
  let channels: Int
  private let table: TableRows?
  private let annotationIDs: [String]?

  /// - Parameters:
  ///   - rows: positions in the index, in the order of the examples.
  ///   - isValidation: of each example; `nil` if none is for validation.
  ///   - table: the rows that name the images; `nil` if no table does.
  ///   - annotationIDs: what annotations call the images; `nil` if there are none.
  init(
    _ index: ImageIndex, _ rows: [Int], in files: ImageFiles, schema: DataSchema, channels: Int,
    targets: Targets, isValidation: [Bool]?, fingerprint: String, notes: [String] = [],
    table: TableRows? = nil, annotationIDs: [String]? = nil
  ) {
    self.index = index
    self.rows = rows
    self.files = files
    self.channels = channels
    self.schema = schema
    self.fingerprint = fingerprint
    self.targets = targets
    self.notes = notes
    self.table = table
    self.annotationIDs = annotationIDs
    imageSizes = rows.map { index.size($0, channels: channels) }
    self.isValidation = isValidation?.contains(true) == true ? isValidation : nil
  }

  /// Images in class folders.
  convenience init(
    _ index: ImageIndex, _ rows: [Int], in files: ImageFiles, schema: DataSchema, channels: Int
  ) {
    self.init(
      index, rows, in: files, schema: schema, channels: channels,
      targets: Targets(classes: rows.map { index.classes[$0] }),
      isValidation: rows.map { index.parts[$0] == FolderLayout.Part.validation.rawValue },
      fingerprint: index.fingerprint(of: rows, channels: channels))
  }

  var count: Int { rows.count }
  var isInMemory: Bool { false }

  func column(_ name: String) throws(DataError) -> [String] {
    guard let table else { throw .noColumns(name) }
    return try table.column(name)
  }

  /// The path in the folder or archive.
  func name(of index: Int) -> String? { self.index.name(rows[index]) }

  func annotationID(of index: Int) -> String? { annotationIDs?[index] }

  /// The first 8 bytes of the files' hashes: equal files are equal images.
  func duplicateKeys(_ indices: [Int]) throws(DataError) -> [UInt64]? {
    indices.map { place in
      index.hash(rows[place]).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    let sizes = indices.map { index.size(rows[$0], channels: channels) }
    let pictures = try decode(indices, sizes)
    batch[schema.input.name] = schema.image == nil ? .pictures(pictures) : .bytes(pictures.bytes)
  }

  /// Decodes images on several threads, each to its own place.
  private func decode(
    _ indices: [Int], _ sizes: [ImageSize]
  ) throws(DataError) -> Pictures {
    var offsets = [0]
    for size in sizes { offsets.append(offsets[offsets.count - 1] + size.count) }
    let (places, total) = (offsets, offsets[indices.count])
    let problems = Mutex<[Int: DataError]>([:])
    let bytes = [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
      filled = total
      let target = Target(base: UnsafeMutableRawBufferPointer(buffer))
      let pieces = min(ProcessInfo.processInfo.activeProcessorCount, indices.count)
      DispatchQueue.concurrentPerform(iterations: pieces) { piece in
        for place in piece * indices.count / pieces..<(piece + 1) * indices.count / pieces {
          let own = UnsafeMutableRawBufferPointer(
            rebasing: target.base[places[place]..<places[place + 1]])
          do throws(DataError) {
            try decode(rows[indices[place]], sizes[place], into: own)
          } catch {
            own.initializeMemory(as: UInt8.self, repeating: 0)
            problems.withLock { $0[place] = error }
          }
        }
      }
    }
    if let first = problems.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
    return Pictures(bytes: bytes, sizes: sizes)
  }

  /// Memory of which each thread writes its own part.
  private struct Target: @unchecked Sendable {
    let base: UnsafeMutableRawBufferPointer
  }

  private func decode(
    _ row: Int, _ size: ImageSize, into target: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    try decode(row, size, .whole).writePlanes(
      channels: channels, into: target.bindMemory(to: UInt8.self))
  }

  /// Decodes an image, a JPEG at this scale.
  ///
  /// - Throws: ``DataError`` if it cannot be read, or is not the one of the index.
  func decode(
    _ row: Int, _ size: ImageSize, _ scale: DecodingScale
  ) throws(DataError) -> DecodedImage {
    let name = index.name(row)
    let place = files.place(name)
    return try DataError.wrap { () throws(FileError) in
      let bytes = try files.read(name)
      guard Digest.bytes(of: bytes).elementsEqual(index.hash(row)) else {
        throw FileError(path: place, reason: "has changed since this run began")
      }
      let image = try DecodedImage(decoding: bytes, path: place, divisor: scale.divisor)
      let isExpected = [size, scale.size(of: size)].contains {
        image.height == $0.height && image.width == $0.width
      }
      guard isExpected else {
        throw FileError(
          path: place,
          reason:
            "is \(image.height)×\(image.width), but its header says \(size.height)×\(size.width)")
      }
      return image
    }
  }
}

extension ImageIndex {
  func size(_ index: Int, channels: Int) -> ImageSize {
    ImageSize(channels: channels, height: Int(heights[index]), width: Int(widths[index]))
  }

  /// SHA-256 of everything that the examples at `rows` hold; not of the names and places of files.
  func fingerprint(of rows: [Int], channels: Int) -> String {
    var digest = RunningDigest()
    digest.add("images 1\n\(channels)\n\(summary.classes.joined(separator: "\n"))\n".utf8)
    for row in rows {
      digest.add(hash(row))
      withUnsafeBytes(of: classes[row].littleEndian) { digest.add($0) }
      digest.add([parts[row]])
    }
    return digest.hex
  }
}
