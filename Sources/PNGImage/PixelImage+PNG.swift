import CZlib

/// zlib refused to compress, which only a machine without memory makes it do.
package struct PNGError: Error, Equatable, CustomStringConvertible {
  package let description: String
}

extension PixelImage {
  /// A PNG file: 8-bit RGB, not interlaced, one IDAT chunk, and nothing that depends on the clock.
  /// https://www.w3.org/TR/png-3/
  package func png() throws(PNGError) -> [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // 8 bits, colour type 2 (RGB), deflate, adaptive filters, no interlacing.
    Self.append(
      "IHDR", Self.bigEndian(width) + Self.bigEndian(height) + [8, 2, 0, 0, 0], to: &file)
    Self.append("IDAT", try Self.compressed(filtered()), to: &file)
    Self.append("IEND", [], to: &file)
    return file
  }

  /// Each row with the byte before it that says how it is filtered: 'up', the difference to the row
  /// above, which makes flat areas and repeated rows vanish.
  private func filtered() -> [UInt8] {
    let stride = 3 * width
    var rows: [UInt8] = []
    rows.reserveCapacity((stride + 1) * height)
    for y in 0..<height {
      rows.append(2)
      for index in (y * stride)..<((y + 1) * stride) {
        rows.append(y == 0 ? bytes[index] : bytes[index] &- bytes[index - stride])
      }
    }
    return rows
  }

  private static func compressed(_ bytes: [UInt8]) throws(PNGError) -> [UInt8] {
    var size = compressBound(uLong(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(size))
    let status = compress2(&result, &size, bytes, uLong(bytes.count), 9)
    guard status == Z_OK else {
      throw PNGError(description: "a picture cannot be compressed (zlib says \(status))")
    }
    return Array(result.prefix(Int(size)))
  }

  private static func append(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
    let body = Array(type.utf8) + data
    file += bigEndian(data.count)
    file += body
    file += bigEndian(Int(crc32(0, body, uInt(body.count))))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
