import Files
import ImageFormats
import TestSupport

extension FuzzedReaders {
  static let png = image(
    "png", ["png"],
    words: words("IHDR", "IDAT", "PLTE", "tRNS", "IEND", "eXIf", "iCCP", "zTXt", "acTL", "fdAT"),
    repair: repairPNG)

  static let jpeg = image(
    "jpeg", ["jpg"],
    words: words("Exif\0\0", "Adobe", "JFIF\0", "MM\0*", "II*\0")
      + [0xC0, 0xC2, 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xE1, 0xEE, 0xFE, 0xC3, 0xCA].map {
        [0xFF, $0]
      })

  static let tiff = image(
    "tiff", ["tif"],
    words: [
      0x100, 0x101, 0x102, 0x103, 0x106, 0x111, 0x115, 0x116, 0x117, 0x11C, 0x140, 0x152, 0x153,
    ]
    .flatMap { [littleEndian($0, 2), littleEndian($0, 2).reversed()] })

  static let webp = image(
    "webp", ["webp"],
    words: words("RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "EXIF"))

  static let bmp = image(
    "bmp", ["bmp"], words: words("BM") + [12, 40, 52, 56, 64, 108, 124].map { littleEndian($0, 4) })

  static let pnm = image(
    "pnm", ["pbm", "pgm", "ppm"],
    words: words("P1", "P2", "P3", "P4", "P5", "P6", "#", "\n", " ", "65535", "65536", "0", "-1"))

  /// Decodes images and compares them with what their headers say.
  private static func image(
    _ name: String, _ extensions: [String], words: [[UInt8]],
    repair: (@Sendable ([UInt8]) -> [UInt8])? = nil
  ) -> FuzzedReader {
    FuzzedReader(name, words: words, repair: repair) {
      try (fixtures(in: "images", extensions) + fixtures(in: "formats", extensions)).filter {
        (try? DecodedImage(decoding: $0, path: name)) != nil
      }
    } read: { bytes, path in
      // What a header promises is refused above this, before memory is taken.
      var limits = DecodedImage.Limits()
      limits.pixels = 1 << 20
      var header: ImageHeader?
      var refusal: FileError?
      do throws(FileError) { header = try ImageHeader(reading: path) } catch { refusal = error }
      let image = try DecodedImage(decoding: bytes, path: path, limits: limits)
      try FuzzViolation.require(
        image.width > 0 && image.height > 0 && image.width * image.height <= limits.pixels
          && image.bytes.count == image.width * image.height * image.channels,
        "\(image.width) × \(image.height) × \(image.channels) with \(image.bytes.count) bytes")
      let small = try DecodedImage(decoding: bytes, path: path, divisor: 8, limits: limits)
      try FuzzViolation.require(
        [1, 8].contains {
          small.width == (image.width + $0 - 1) / $0
            && small.height == (image.height + $0 - 1) / $0
        } && small.bytes.count == small.width * small.height * small.channels,
        "at an eighth, \(image.width) × \(image.height) is \(small.width) × \(small.height)")
      if let refusal { throw refusal }
      guard let header else { return }
      try FuzzViolation.require(
        header.width == image.width && header.height == image.height,
        "the header says \(header.width) × \(header.height), the image has \(image.width) × \(image.height)"
      )
    }
  }

  /// Makes the checksums of all chunks right.
  private static func repairPNG(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var place = 8
    while place + 12 <= bytes.count {
      let count = bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard count <= bytes.count - place - 12 else { break }
      let end = place + 8 + count
      let sum = littleEndian(UInt64(checksum(bytes[(place + 4)..<end])), 4)
      bytes.replaceSubrange(end..<(end + 4), with: sum.reversed())
      place = end + 4
    }
    return bytes
  }
}
