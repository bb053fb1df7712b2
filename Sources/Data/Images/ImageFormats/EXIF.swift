/// Reads the orientation, the only EXIF tag that changes how an image is displayed.
///
/// A block is a small TIFF file from an untrusted source: every offset and count in it is checked, and damage
/// means no orientation, as in Pillow.
enum EXIF {
  private static let orientationTag = 0x0112

  /// The value of the orientation tag in the first directory of `block`.
  ///
  /// - Parameter block: with or without the leading `Exif` marker.
  /// - Returns: `nil` if there is no such tag.
  static func orientation(of block: some Collection<UInt8>) -> Int? {
    var bytes = Array(block)
    // Some writers prepend JPEG's marker to the block, or write it twice.
    for _ in 0..<2 where bytes.starts(with: Array("Exif\0\0".utf8)) { bytes.removeFirst(6) }
    guard let reader = TIFFReader(bytes), let start = reader.number(at: 4, size: 4),
      let count = reader.number(at: start, size: 2)
    else { return nil }
    for entry in 0..<count {
      let place = start + 2 + 12 * entry
      guard place + 12 <= bytes.count else { return nil }
      guard reader.number(at: place, size: 2) == orientationTag else { continue }
      // An entry whose value is missing is ignored; a later one may be valid.
      if let value = reader.integer(entryAt: place) { return value }
    }
    return nil
  }
}

/// Reads numbers from a TIFF file.
private struct TIFFReader {
  private let bytes: [UInt8]
  private let isLittleEndian: Bool

  /// - Returns: `nil` if the bytes do not start with a TIFF header.
  init?(_ bytes: [UInt8]) {
    switch bytes.prefix(4) {
    case [0x49, 0x49, 0x2A, 0], [0x49, 0x49, 0, 0x2A]: isLittleEndian = true
    case [0x4D, 0x4D, 0, 0x2A], [0x4D, 0x4D, 0x2A, 0]: isLittleEndian = false
    default: return nil
    }
    self.bytes = bytes
  }

  /// - Returns: `nil` beyond the end of the file.
  func number(at place: Int, size: Int) -> Int? {
    guard place >= 0, place <= bytes.count - size else { return nil }
    let word = bytes[place..<(place + size)]
    return (isLittleEndian ? Array(word.reversed()) : Array(word)).reduce(0) { $0 << 8 | Int($1) }
  }

  /// The first value of a directory entry.
  ///
  /// - Returns: `nil` if its type is not an integer or its value is outside of the file.
  func integer(entryAt place: Int) -> Int? {
    guard let type = number(at: place + 2, size: 2), let count = number(at: place + 4, size: 4),
      count > 0
    else { return nil }
    let size: Int
    switch type {
    case 6: size = 1  // signed
    case 3, 8: size = 2
    case 4, 9, 13: size = 4
    default: return nil
    }
    var value = place + 8
    if count * size > 4 {
      guard let offset = number(at: value, size: 4), offset <= bytes.count - count * size else {
        return nil
      }
      value = offset
    }
    return number(at: value, size: size)
  }
}
