import CZlib

extension ImageOrientation {
  /// The orientation recorded in a file: in EXIF, otherwise in XMP.
  init(of file: [UInt8], _ format: ImageFormat) {
    let metadata =
      switch format {
      case .jpeg: ImageMetadata(jpeg: file)
      case .png: ImageMetadata(png: file)
      case .webp: ImageMetadata(webp: file)
      case .tiff: ImageMetadata(tiff: file)
      case .bmp, .pnm, .other: ImageMetadata()
      }
    self.init(metadata)
  }

  /// What metadata say: EXIF, else XMP.
  init(_ metadata: ImageMetadata) {
    let value =
      metadata.exif.flatMap { EXIF.orientation(of: $0) }
      ?? metadata.xmp.flatMap { XMP.orientation(of: $0) }
    self = value.flatMap(ImageOrientation.init) ?? .upright
  }
}

/// The metadata of an image file. Damaged metadata is ignored: whether a file is usable is decided by the
/// decoder of its pixels.
struct ImageMetadata {
  var exif: [UInt8]?
  var xmp: ArraySlice<UInt8>?

  init() {}

  // MARK: TIFF and WebP

  /// The tags of a TIFF file are those of EXIF.
  init(tiff file: [UInt8]) { exif = file }

  /// Looks through all chunks of an extended file; others have none of these.
  init(webp file: [UInt8]) {
    guard file.count > 16, file[12..<16].elementsEqual("VP8X".utf8) else { return }
    var place = 12
    while place + 8 <= file.count {
      let length = file[(place + 4)..<(place + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - place - 8 else { return }
      take(webp: file[place..<(place + 4)], file[(place + 8)..<(place + 8 + length)])
      place += 8 + length + length % 2
    }
  }

  /// Takes the first chunk of a kind.
  mutating func take(webp type: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) {
    switch String(decoding: type, as: UTF8.self) {
    case "EXIF": exif = exif ?? Array(body)
    case "XMP ": xmp = xmp ?? body
    default: break
    }
  }

  // MARK: JPEG

  /// Scans the segments before the first scan.
  init(jpeg file: [UInt8]) {
    var place = 2
    while place + 4 <= file.count {
      guard file[place] == 0xFF, file[place + 1] != 0xFF else {
        place += 1
        continue
      }
      let marker = file[place + 1]
      if marker == 0xDA || marker == 0xD9 { return }
      // Markers without a length, and bytes that are not markers.
      if marker < 0xC0 || (0xD0...0xD8).contains(marker) {
        place += 2
        continue
      }
      let length = Int(file[place + 2]) << 8 | Int(file[place + 3])
      guard length >= 2, place + 2 + length <= file.count else { return }
      if marker == 0xE1 { take(jpeg: file[(place + 4)..<(place + 2 + length)]) }
      place += 2 + length
    }
  }

  private static let exifMark = Array("Exif\0\0".utf8)
  private static let xmpMark = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

  /// Takes the body of an APP1 segment.
  mutating func take(jpeg body: ArraySlice<UInt8>) {
    if body.starts(with: Self.exifMark) {
      // A block that is too long for one segment continues in the next.
      exif = (exif ?? []) + body.dropFirst(Self.exifMark.count)
    } else if body.starts(with: Self.xmpMark) {
      xmp = body.dropFirst(Self.xmpMark.count)
    }
  }

  // MARK: PNG

  private static let profileName = "Raw profile type exif"
  private static let packetName = "XML:com.adobe.xmp"
  /// The maximum size of decompressed text in bytes.
  private static let textLimit = 1 << 20

  /// Scans all chunks with a valid checksum, including those after the pixels.
  init(png file: [UInt8]) {
    var profile: [UInt8]?
    var place = 8
    while place + 12 <= file.count {
      let length = file[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - place - 12 else { break }
      let type = String(decoding: file[(place + 4)..<(place + 8)], as: UTF8.self)
      switch type {
      case "eXIf", "tEXt", "zTXt", "iTXt":
        take(png: file[(place + 4)..<(place + 12 + length)], &profile)
      default: break
      }
      if type == "IEND" { break }
      place += 12 + length
    }
    finish(png: profile)
  }

  /// Takes a chunk from its type to its checksum, if that is right; `profile` is kept until the end.
  mutating func take(png chunk: ArraySlice<UInt8>, _ profile: inout [UInt8]?) {
    let sum = chunk.suffix(4).reduce(0) { $0 << 8 | UInt($1) }
    guard sum == Self.checksum(chunk.dropLast(4)) else { return }
    let type = String(decoding: chunk.prefix(4), as: UTF8.self)
    take(type, chunk.dropFirst(4).dropLast(4), &profile)
  }

  /// The way of old programs, ImageMagick's among them, where there is no other.
  mutating func finish(png profile: [UInt8]?) {
    if exif == nil, let profile { exif = Self.hexadecimal(profile) }
  }

  private mutating func take(
    _ type: String, _ body: ArraySlice<UInt8>, _ profile: inout [UInt8]?
  ) {
    if type == "eXIf" {
      exif = Array(body)
      return
    }
    guard let end = body.firstIndex(of: 0) else { return }
    let name = String(decoding: body[..<end], as: UTF8.self)
    let rest = body[(end + 1)...]
    switch (type, name) {
    case ("tEXt", Self.profileName): profile = Array(rest)
    case ("zTXt", Self.profileName): profile = Self.inflate(rest.dropFirst())
    case ("iTXt", Self.packetName):
      guard rest.count >= 2, let isPacked = rest.first else { return }
      // Two zero-terminated texts follow: a language and the translated keyword.
      let parts = rest.dropFirst(2).split(
        separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return }
      xmp = isPacked == 0 ? parts[2] : Self.inflate(parts[2]).map { $0[...] }
    default: break
    }
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt {
    bytes.withUnsafeBufferPointer { UInt(crc32_z(0, $0.baseAddress, $0.count)) }
  }

  /// - Returns: `nil` if the data is damaged or decompresses to more than ``textLimit``.
  private static func inflate(_ packed: ArraySlice<UInt8>) -> [UInt8]? {
    var count = uLongf(textLimit)
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: textLimit) { buffer, filled in
      packed.withUnsafeBufferPointer { source in
        isWhole =
          uncompress(buffer.baseAddress, &count, source.baseAddress, uLong(source.count)) == Z_OK
      }
      filled = isWhole ? Int(count) : 0
    }
    return isWhole ? bytes : nil
  }

  /// Decodes a hexadecimal profile: an empty line, a name, a length, then the bytes.
  ///
  /// - Returns: `nil` if the text has another form.
  private static func hexadecimal(_ text: [UInt8]) -> [UInt8]? {
    let lines = text.split(
      separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
    guard lines.count == 4 else { return nil }
    var digits: [UInt8] = []
    for byte in lines[3] where byte != UInt8(ascii: "\n") && byte != UInt8(ascii: " ") {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
      digits.append(UInt8(digit))
    }
    return stride(from: 0, to: digits.count - digits.count % 2, by: 2).map {
      digits[$0] << 4 | digits[$0 + 1]
    }
  }
}
