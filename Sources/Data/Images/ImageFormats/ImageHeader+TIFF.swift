import Files

extension ImageHeader {
  /// Reads the tags of the first page, which may lie anywhere in the file.
  static func tiff(_ source: inout HeaderSource) throws(FileError) -> Found {
    let isLittleEndian = try source.bytes(0, 1).first == 0x49
    func number(_ place: Int, _ count: Int) throws(FileError) -> Int {
      isLittleEndian ? try source.littleEndian(place, count) : try source.bigEndian(place, count)
    }
    /// The first value of a tag whose entry is at `place`; `nil` if it is no integer.
    func value(_ place: Int) throws(FileError) -> Int? {
      let (type, count) = (try number(place + 2, 2), try number(place + 4, 4))
      let size: Int
      switch type {
      case 1, 6: size = 1
      case 3, 8: size = 2
      case 4, 9, 13: size = 4
      default: return nil
      }
      guard count > 0 else { return nil }
      let start = count * size > 4 ? try number(place + 8, 4) : place + 8
      return start <= source.size - count * size ? try number(start, size) : nil
    }
    let directory = try number(4, 4)
    var tags: [Int: Int] = [:]
    var paletteSize: Int?
    for entry in 0..<(try number(directory, 2)) {
      let place = directory + 2 + 12 * entry
      let tag = try number(place, 2)
      if tag == 320, paletteSize == nil {
        let (count, start) = (try number(place + 4, 4), try number(place + 8, 4))
        let isThere = try number(place + 2, 2) == 3 && start <= source.size - 2 * count
        paletteSize = isThere ? count : 0
      }
      guard [256, 257, 258, 262, 274, 277, 338].contains(tag), tags[tag] == nil else { continue }
      // libtiff passes over single values that are lists.
      let isList = [258, 274, 338].contains(tag)
      guard try isList ? true : number(place + 4, 4) == 1 else { continue }
      tags[tag] = try value(place)
    }
    let bits = tags[258] ?? 1
    // So does libtiff with 8 bits that lack their palette.
    if tags[262] == 3, (8...16).contains(bits), paletteSize != 3 << bits {
      tags[262] = tags[277] == 3 ? 2 : 1
    }
    guard let width = tags[256], let height = tags[257] else {
      throw source.fault("is damaged: it has no size")
    }
    let colors: Int
    switch tags[262] ?? 0 {
    case 0, 1, 3: colors = 1
    case 2, 6: colors = 3
    case 5: colors = 4
    default:
      throw source.fault(
        "is an unsupported kind of TIFF: its colours are neither grey, RGB, CMYK, YCbCr nor a "
          + "palette")
    }
    let samples = tags[277] ?? 1
    let isAlpha = tags[338].map { $0 != 0 } ?? (colors == 3 && samples == 4)
    return Found(
      width: width, height: height, channels: (tags[262] ?? 0) < 2 ? 1 : 3,
      hasAlpha: samples > colors && isAlpha,
      orientation: tags[274].flatMap(ImageOrientation.init) ?? .upright)
  }
}
