import CImages

/// A BMP file: the headers of Windows and OS/2, palettes, run lengths, 16, 24 and 32 bits, rows in either order. As
/// Pillow, it ignores the fourth byte of 32 bits unless masks make it alpha, and takes a palette of grey levels for
/// grey.
///
/// https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
struct BMP {
  let width: Int
  let height: Int
  let layout: ci_layout
  let isTopDown: Bool
  private let bits: Int
  /// Bits of an index in run lengths, 4 or 8; `nil` if the rows are stored as they are.
  let runLengthBits: Int?
  /// The bytes of a pixel that hold red, green, blue and alpha.
  private let places: [Int]
  private let isRGB565: Bool
  /// Red, green and blue, or grey levels, of each index.
  let palette: [UInt8]
  /// Where the rows begin.
  let start: Int

  /// The longest header with its palette in bytes.
  static let headerLimit = 14 + 124 + 4 * 256 + 16

  /// - Parameter file: its bytes, at least to the end of the palette.
  init(_ file: [UInt8]) throws(ImageFault) {
    func number(_ place: Int, _ size: Int) throws(ImageFault) -> Int {
      guard place + size <= file.count else { throw .cut }
      return file[place..<(place + size)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let offset = try number(10, 4)
    let header = try number(14, 4)
    let isOS2 = header == 12
    guard isOS2 || [40, 52, 56, 64, 108, 124].contains(header) else {
      throw ImageFault("is an unsupported kind of BMP: a header of \(header) bytes")
    }
    isTopDown = try isOS2 ? false : number(25, 1) == 0xFF
    width = try isOS2 ? number(18, 2) : number(18, 4)
    let rows = try isOS2 ? number(20, 2) : number(22, 4)
    height = isTopDown ? 1 << 32 - rows : rows
    bits = try isOS2 ? number(24, 2) : number(28, 2)
    let compression = try isOS2 ? 0 : number(30, 4)
    guard [1, 4, 8, 16, 24, 32].contains(bits) else {
      throw ImageFault("is an unsupported kind of BMP: \(bits) bits per pixel")
    }
    runLengthBits = bits > 8 ? nil : [1: 8, 2: 4][compression]
    guard compression == 0 || compression == 3 && bits >= 16 || runLengthBits != nil else {
      let name = [1: "RLE8", 2: "RLE4", 4: "JPEG", 5: "PNG"][compression] ?? "\(compression)"
      throw ImageFault("is an unsupported kind of BMP: compressed with \(name)")
    }
    var end = 14 + header
    var colors = try isOS2 ? 0 : number(46, 4)
    if colors == 0 { colors = bits <= 8 ? 1 << bits : 0 }
    var (places, isRGB565, layout) = ([2, 1, 0], false, CI_RGB)
    if compression == 3 {
      var masks: [Int] = []
      for index in 0..<4 {
        masks.append(index == 3 && header < 56 ? 0 : try number(54 + 4 * index, 4))
      }
      if header == 40 { end += 12 }
      if bits == 16 {
        isRGB565 = masks.prefix(3).elementsEqual([0xF800, 0x7E0, 0x1F])
        guard isRGB565 || masks.prefix(3).elementsEqual([0x7C00, 0x3E0, 0x1F]) else {
          throw Self.unknownMasks
        }
      } else {
        guard let known = Self.layouts[masks], bits == 32 || masks[0] == 0xFF_0000 else {
          throw Self.unknownMasks
        }
        places = bits == 24 ? [2, 1, 0] : known
        layout = places.count == 4 ? CI_RGB_ALPHA : CI_RGB
      }
    }
    var palette: [UInt8] = []
    if bits <= 8 {
      let step = isOS2 ? 3 : 4
      guard colors <= 256 else {
        throw ImageFault("is an unsupported kind of BMP: a palette of \(colors) colours")
      }
      guard end + step * colors <= file.count else { throw .cut }
      let entries = (0..<colors).map { Array(file[(end + step * $0)...].prefix(3)) }
      let levels = colors == 2 ? [0, 255] : Array(0..<colors)
      let isGrey = zip(entries, levels).allSatisfy { $0.allSatisfy { [level = $1] in $0 == level } }
      layout = isGrey ? CI_GREY : CI_RGB
      // Indices beyond the palette are black; in a grey image they are levels.
      for index in 0..<256 {
        if isGrey {
          palette.append(UInt8(clamping: colors == 2 ? 255 * min(index, 1) : index))
        } else {
          palette += index < colors ? entries[index].reversed() : [0, 0, 0]
        }
      }
      end += step * colors
    }
    self.places = places
    self.isRGB565 = isRGB565
    self.layout = layout
    self.palette = palette
    start = offset == 0 || offset == 14 + header ? end : offset
  }

  private static let unknownMasks = ImageFault(
    "is an unsupported kind of BMP: unknown masks of its colours")

  /// The places of red, green, blue and alpha in four bytes, for the masks that Pillow knows.
  private static let layouts: [[Int]: [Int]] = [
    [0xFF_0000, 0xFF00, 0xFF, 0]: [2, 1, 0],
    [0xFF00_0000, 0xFF_0000, 0xFF00, 0]: [3, 2, 1],
    [0xFF00_0000, 0xFF00, 0xFF, 0]: [3, 1, 0],
    [0xFF00_0000, 0xFF_0000, 0xFF00, 0xFF]: [3, 2, 1, 0],
    [0xFF, 0xFF00, 0xFF_0000, 0xFF00_0000]: [0, 1, 2, 3],
    [0xFF_0000, 0xFF00, 0xFF, 0xFF00_0000]: [2, 1, 0, 3],
    [0xFF00_0000, 0xFF00, 0xFF, 0xFF_0000]: [3, 1, 0, 2],
    [0, 0, 0, 0]: [2, 1, 0, 3],
  ]

  /// The pixels of the file whose header this is.
  func pixels(of file: [UInt8], limits: DecodedImage.Limits) throws(ImageFault) -> PixelBuffer {
    try PixelBuffer.checkSize(width: width, height: height, limits: limits)
    if let runLengthBits { return try expanded(file, bits: runLengthBits) }
    let stride = (width * bits + 31) / 32 * 4
    // Pillow asks for no padding behind the last row.
    let needed = (height - 1) * stride + (width * bits + 7) / 8
    guard start <= file.count, needed <= file.count - start else { throw .cut }
    let channels = PixelBuffer.channels(layout)
    let (width, height, bits, start, places, palette) = (
      self.width, self.height, self.bits, self.start, self.places, self.palette
    )
    let bytes = [UInt8](unsafeUninitializedCapacity: width * height * channels) { target, filled in
      for y in 0..<height {
        let row = start + (isTopDown ? y : height - 1 - y) * stride
        for x in 0..<width {
          let place = (y * width + x) * channels
          switch bits {
          case 16:
            let value = Int(file[row + 2 * x]) | Int(file[row + 2 * x + 1]) << 8
            let green = isRGB565 ? (value >> 5 & 63) * 255 / 63 : (value >> 5 & 31) * 255 / 31
            target[place] = UInt8((value >> (isRGB565 ? 11 : 10) & 31) * 255 / 31)
            target[place + 1] = UInt8(green)
            target[place + 2] = UInt8((value & 31) * 255 / 31)
          case 24, 32:
            for channel in 0..<channels {
              target[place + channel] = file[row + bits / 8 * x + places[channel]]
            }
          default:
            let bit = x * bits
            let index = Int(file[row + bit / 8]) >> (8 - bits - bit % 8) & (1 << bits - 1)
            for channel in 0..<channels {
              target[place + channel] = palette[index * channels + channel]
            }
          }
        }
      }
      filled = width * height * channels
    }
    return PixelBuffer(width: width, height: height, layout: layout, bytes: bytes)
  }
}
