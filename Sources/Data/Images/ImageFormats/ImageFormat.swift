/// What a file is, by its first bytes; its name says nothing.
package enum ImageFormat: Sendable, Hashable {
  case png
  case jpeg
  case bmp
  /// PBM, PGM or PPM.
  case pnm
  case tiff
  case webp
  /// A known format that is not read here, by its name for people.
  case other(String)

  /// - Returns: `nil` if the format is unknown.
  package init?(beginning bytes: some Collection<UInt8>) {
    let start = Array(bytes.prefix(16))
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      start.dropFirst(offset).starts(with: text.utf8)
    }
    if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins("GIF87a") || begins("GIF89a") {
      self = .other("GIF")
    } else if begins("RIFF") && begins("WEBP", at: 8) {
      self = .webp
    } else if begins("ftyp", at: 4) {
      self = .other(begins("avif", at: 8) || begins("avis", at: 8) ? "AVIF" : "HEIC")
    } else if begins("BM") {
      self = .bmp
    } else if start.starts(with: [0x49, 0x49, 0x2A, 0])
      || start.starts(with: [0x4D, 0x4D, 0, 0x2A])
    {
      self = .tiff
    } else if start.starts(with: [0x49, 0x49, 0x2B, 0])
      || start.starts(with: [0x4D, 0x4D, 0, 0x2B])
    {
      self = .other("BigTIFF")
    } else if PNM.isPNM(start) {
      self = .pnm
    } else if start.starts(with: [0xFF, 0x0A]) || begins("JXL ", at: 4) {
      self = .other("JPEG XL")
    } else if begins("jP  ", at: 4) {
      self = .other("JPEG 2000")
    } else if begins("%PDF") {
      self = .other("PDF")
    } else if begins("<?xml") || begins("<svg") {
      self = .other("SVG")
    } else if Self.isIDX(start) {
      self = .other("IDX")
    } else if start.starts(with: [0x1F, 0x8B]) {
      self = .other("gzip")
    } else {
      return nil
    }
  }

  /// The formats that can be read, for messages.
  static let readable = list()

  /// The formats that can be read, for messages.
  ///
  /// - Parameter other: one more that the caller reads.
  package static func list(and other: String? = nil) -> String {
    var names = ["PNG", "JPEG", "BMP", "PBM", "PGM", "PPM", "TIFF", "WebP"]
    if let other { names.append(other) }
    return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  /// Whether a file begins like one in the IDX format: two zero bytes and one of its element types.
  package static func isIDX(_ start: [UInt8]) -> Bool {
    start.count >= 3 && start.starts(with: [0, 0])
      && [0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E].contains(start[2])
  }
}
