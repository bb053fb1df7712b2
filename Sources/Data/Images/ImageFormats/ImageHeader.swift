import Files

/// The size and kind of an image from the beginning of its file, without decoding it: what ``DecodedImage`` will have.
/// Damage behind the header is not noticed.
package struct ImageHeader: Sendable, Hashable {
  package let format: ImageFormat
  /// 1 (grey) or 3 (colour), as of the decoded image on a white background.
  package let channels: Int
  /// Of the upright image.
  package let height: Int
  /// Of the upright image.
  package let width: Int
  /// Whether the format of its pixels has transparency; all of them may be opaque.
  package let hasAlpha: Bool

  /// Reads the header of a file.
  ///
  /// - Throws: ``FileError`` if there is no such file or its format or header cannot be read.
  package init(reading path: String) throws(FileError) {
    let file = try OpenedFile(path)
    try self.init(path: path, size: file.size) { range throws(FileError) in
      try file.bytes(at: range)
    }
  }

  /// Finds the header in the bytes of a file; `path` is for the message.
  package init(decoding file: [UInt8], path: String) throws(FileError) {
    try self.init(HeaderSource(path: path, file))
  }

  /// Reads as much of a file as its header takes: mostly the first 4,096 bytes once.
  ///
  /// - Parameters:
  ///   - path: for messages.
  ///   - size: the size of the file in bytes.
  ///   - read: gives the bytes at a range within the file.
  package init(
    path: String, size: Int, read: @escaping (Range<Int>) throws(FileError) -> [UInt8]
  ) throws(FileError) {
    try self.init(HeaderSource(path: path, size: size, read: read))
  }

  private init(_ start: HeaderSource) throws(FileError) {
    var source = start
    if source.size == 0 { throw source.fault("is empty") }
    let beginning = try source.bytes(0, min(16, source.size))
    let found: Found
    guard let format = ImageFormat(beginning: beginning) else {
      throw source.fault("is not an image that can be read (\(ImageFormat.readable))")
    }
    switch format {
    case .jpeg: found = try Self.jpeg(&source)
    case .png: found = try Self.png(&source)
    case .webp: found = try Self.webp(&source)
    case .tiff: found = try Self.tiff(&source)
    case .bmp: found = try Self.bmp(&source)
    case .pnm: found = try Self.pnm(&source)
    case .other(let name):
      throw source.fault("is in the format \(name); \(ImageFormat.readable) can be read")
    }
    guard found.width > 0, found.height > 0 else { throw source.fault("has no pixels") }
    self.format = format
    channels = found.channels
    hasAlpha = found.hasAlpha
    let isTurned = found.orientation.swapsSides
    (height, width) = isTurned ? (found.width, found.height) : (found.height, found.width)
  }

  /// What a file says, before it is turned upright.
  struct Found {
    var width = 0
    var height = 0
    var channels = 3
    var hasAlpha = false
    var orientation = ImageOrientation.upright
  }
}

/// Reads a file in pieces as its header asks for them.
struct HeaderSource {
  let size: Int
  private let path: String
  private let read: (Range<Int>) throws(FileError) -> [UInt8]
  /// The piece that was read last.
  private var window: [UInt8] = []
  private var start = 0

  /// Holds most headers.
  private static let piece = 4096

  init(
    path: String, size: Int, read: @escaping (Range<Int>) throws(FileError) -> [UInt8]
  ) {
    (self.path, self.size, self.read) = (path, size, read)
  }

  /// A file that is in memory.
  init(path: String, _ file: [UInt8]) {
    self.init(path: path, size: file.count) { range throws(FileError) in Array(file[range]) }
    window = file
  }

  /// - Throws: ``FileError``, also if the file ends before.
  mutating func bytes(_ place: Int, _ count: Int) throws(FileError) -> ArraySlice<UInt8> {
    guard place >= 0, count >= 0, place <= size, count <= size - place else {
      throw fault("is truncated")
    }
    if place < start || place + count > start + window.count {
      window = try read(place..<min(place + max(count, Self.piece), size))
      start = place
    }
    return window[(place - start)..<(place - start + count)]
  }

  mutating func bigEndian(_ place: Int, _ count: Int) throws(FileError) -> Int {
    try bytes(place, count).reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func littleEndian(_ place: Int, _ count: Int) throws(FileError) -> Int {
    try bytes(place, count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  func fault(_ reason: String) -> FileError { FileError(path: path, reason: reason) }
}
