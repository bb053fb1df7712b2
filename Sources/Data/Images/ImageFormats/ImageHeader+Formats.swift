import CImages
import Files

extension ImageHeader {
  /// Goes from segment to segment to the first scan, as ``ImageMetadata`` does.
  static func jpeg(_ source: inout HeaderSource) throws(FileError) -> Found {
    var found: Found?
    var metadata = ImageMetadata()
    var place = 2
    while true {
      let head = try source.bytes(place, 4)
      let (first, marker) = (head[head.startIndex], head[head.startIndex + 1])
      guard first == 0xFF, marker != 0xFF else {
        place += 1
        continue
      }
      if marker == 0xDA || marker == 0xD9 { break }
      if marker < 0xC0 || (0xD0...0xD8).contains(marker) {
        place += 2
        continue
      }
      let length = Int(head[head.startIndex + 2]) << 8 | Int(head[head.startIndex + 3])
      guard length >= 2 else { throw source.fault("is damaged: a segment without a length") }
      if marker == 0xE1 {
        metadata.take(jpeg: try source.bytes(place + 4, length - 2))
      } else if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker), found == nil {
        let channels = try source.bigEndian(place + 9, 1)
        guard [1, 3, 4].contains(channels) else {
          throw source.fault("has \(channels) channels; 1, 3 or 4 can be read")
        }
        found = Found(
          width: try source.bigEndian(place + 7, 2), height: try source.bigEndian(place + 5, 2),
          channels: channels == 1 ? 1 : 3)
      }
      place += 2 + length
    }
    guard var found else { throw source.fault("is damaged: it has no size before its first scan") }
    found.orientation = ImageOrientation(metadata)
    return found
  }

  /// Goes from chunk to chunk to the end, since metadata may follow the pixels.
  static func png(_ source: inout HeaderSource) throws(FileError) -> Found {
    var found = Found()
    var metadata = ImageMetadata()
    var profile: [UInt8]?
    var place = 8
    while place + 12 <= source.size {
      let length = try source.bigEndian(place, 4)
      let type = String(decoding: try source.bytes(place + 4, 4), as: UTF8.self)
      guard length <= source.size - place - 12 else { break }
      switch type {
      case "IHDR":
        found.width = try source.bigEndian(place + 8, 4)
        found.height = try source.bigEndian(place + 12, 4)
        let kind = try source.bigEndian(place + 17, 1)
        found.channels = kind == 0 || kind == 4 ? 1 : 3
        found.hasAlpha = kind & 4 != 0
      case "tRNS": found.hasAlpha = true
      case "eXIf", "tEXt", "zTXt", "iTXt":
        metadata.take(png: try source.bytes(place + 4, length + 8), &profile)
      default: break
      }
      if type == "IEND" { break }
      place += 12 + length
    }
    metadata.finish(png: profile)
    found.orientation = ImageOrientation(metadata)
    return found
  }

  static func webp(_ source: inout HeaderSource) throws(FileError) -> Found {
    var found = Found()
    switch String(decoding: try source.bytes(12, 4), as: UTF8.self) {
    case "VP8 ":
      found.width = try source.littleEndian(26, 2) & 0x3FFF
      found.height = try source.littleEndian(28, 2) & 0x3FFF
    case "VP8L":
      let fields = try source.littleEndian(21, 4)
      found.width = fields & 0x3FFF + 1
      found.height = fields >> 14 & 0x3FFF + 1
      found.hasAlpha = fields >> 28 & 1 == 1
    case "VP8X":
      let flags = try source.littleEndian(20, 1)
      if flags & 2 != 0 { throw source.fault("is an animated WebP image, which is not supported") }
      found.width = try source.littleEndian(24, 3) + 1
      found.height = try source.littleEndian(27, 3) + 1
      found.hasAlpha = flags & 16 != 0
      var metadata = ImageMetadata()
      var place = 12
      while place + 8 <= source.size {
        let type = try source.bytes(place, 4)
        let length = try source.littleEndian(place + 4, 4)
        guard length <= source.size - place - 8 else { break }
        if type.first == UInt8(ascii: "E") || type.first == UInt8(ascii: "X") {
          metadata.take(webp: type, try source.bytes(place + 8, length))
        }
        place += 8 + length + length % 2
      }
      found.orientation = ImageOrientation(metadata)
    default: throw source.fault("is damaged: its WebP header is malformed")
    }
    return found
  }

  static func bmp(_ source: inout HeaderSource) throws(FileError) -> Found {
    let start = Array(try source.bytes(0, min(BMP.headerLimit, source.size)))
    do throws(ImageFault) {
      let header = try BMP(start)
      return Found(
        width: header.width, height: header.height, channels: header.layout == CI_GREY ? 1 : 3,
        hasAlpha: header.layout == CI_RGB_ALPHA)
    } catch {
      throw source.fault(error.reason)
    }
  }

  static func pnm(_ source: inout HeaderSource) throws(FileError) -> Found {
    var count = min(64, source.size)
    while true {
      let start = Array(try source.bytes(0, count))
      do throws(ImageFault) {
        let header = try PNM(start)
        return Found(
          width: header.width, height: header.height, channels: header.layout == CI_GREY ? 1 : 3)
      } catch {
        // Comments may make it long.
        guard error.reason == ImageFault.cut.reason, count < min(source.size, 1 << 20) else {
          throw source.fault(error.reason)
        }
        count = min(4 * count, source.size)
      }
    }
  }
}
