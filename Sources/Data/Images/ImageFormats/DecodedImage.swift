import CImages
import Files
import ImageColor

/// An image from a PNG, JPEG, BMP, PBM, PGM, PPM, TIFF or WebP file, as Pillow's `Image.open(path)` gives it after
/// `ImageOps.exif_transpose` and `convert("L")` or `convert("RGB")`: upright, palettes expanded, colour
/// profiles ignored. Transparent pixels are composited onto a background.
///
/// 16-bit grey keeps its high byte, as every other 16-bit image does; Pillow cuts everything above 255 to white.
/// Refused by name, while Pillow reads them: animated WebP, portable float maps, BigTIFF, and TIFF of floats, signed
/// numbers, 12 bits, CIELAB, or alpha beside a palette. Of a TIFF with several pages the first is read.
package struct DecodedImage: Sendable, Equatable {
  /// 1 (grey) or 3 (red, green, blue).
  package let channels: Int
  package let height: Int
  package let width: Int
  /// The pixels, interleaved, in rows from the top left.
  package let bytes: [UInt8]
  package let traits: Traits

  /// Properties of the file that a user should know about.
  package struct Traits: Sendable, Hashable {
    /// The background behind transparent pixels; `nil` if there are none.
    package var background: Background?
    /// The largest value in a file with 16 bits per channel; `nil` for other files.
    package var maximumOf16Bits: Int?
    /// libjpeg's warning about damage for which it made up pixels; `nil` for an intact file.
    package var damage: String?

    package init() {}
  }

  /// - Precondition: there are `channels × height × width` bytes.
  package init(
    channels: Int, height: Int, width: Int, bytes: [UInt8], traits: Traits = Traits()
  ) {
    precondition(channels == 1 || channels == 3)
    precondition(bytes.count == channels * height * width)
    self.channels = channels
    self.height = height
    self.width = width
    self.bytes = bytes
    self.traits = traits
  }

  /// Limits on the size of a file.
  package struct Limits: Sendable {
    package var pixels = 200_000_000
    package var fileBytes = 1_000_000_000

    package init() {}
  }

  /// Reads a file. The format is detected from the contents.
  ///
  /// - Parameter background: what shows where the image is transparent. In place of white it is black for
  ///   an image that is itself nearly white.
  /// - Throws: ``FileError`` if there is no such file, or if its format cannot be read, or if it is damaged,
  ///   truncated or above a limit.
  package init(
    reading path: String, background: Background = .white, limits: Limits = Limits()
  ) throws(FileError) {
    let bytes = try FileReading.bytes(of: path, limit: limits.fileBytes)
    try self.init(decoding: bytes, path: path, background: background, limits: limits)
  }

  /// Decodes the contents of a file; `path` is only used in messages.
  ///
  /// - Parameter divisor: 1, 2, 4 or 8: a JPEG is decoded with both sides divided by it, rounded up, as Pillow's
  ///   `Image.draft` does. Other formats are decoded whole.
  package init(
    decoding file: [UInt8], path: String, background: Background = .white, divisor: Int = 1,
    limits: Limits = Limits()
  ) throws(FileError) {
    precondition([1, 2, 4, 8].contains(divisor))
    if file.isEmpty { throw FileError(path: path, reason: "is empty") }
    let format = ImageFormat(beginning: file)
    do throws(ImageFault) {
      switch format {
      case .bmp:
        self.init(try BMP(file).pixels(of: file, limits: limits), on: background)
        return
      case .pnm:
        self.init(try PNM(file).pixels(of: file, limits: limits), on: background)
        return
      case .other(let name):
        throw ImageFault("is in the format \(name); \(ImageFormat.readable) can be read")
      case nil:
        throw ImageFault("is not an image that can be read (\(ImageFormat.readable))")
      default: break
      }
    } catch {
      throw FileError(path: path, reason: error.reason)
    }
    var image = ci_image()
    var message = [CChar](repeating: 0, count: Int(CI_MESSAGE_SIZE))
    let pixels = UInt64(clamping: limits.pixels)
    let status =
      switch format {
      case .png: ci_decode_png(file, file.count, pixels, &image, &message)
      case .tiff: ci_decode_tiff(file, file.count, pixels, &image, &message)
      case .webp: ci_decode_webp(file, file.count, pixels, &image, &message)
      default: ci_decode_jpeg(file, file.count, UInt32(divisor), pixels, &image, &message)
      }
    guard status == 0, let format else {
      throw FileError(path: path, reason: Self.text(message))
    }
    defer { ci_free(&image) }
    var traits = Traits()
    if image.bits == 16 { traits.maximumOf16Bits = Int(image.maximum) }
    let warning = withUnsafeBytes(of: image.warning) { $0.map { CChar(bitPattern: $0) } }
    if warning[0] != 0 { traits.damage = Self.text(warning) }
    let count = Int(image.width) * Int(image.height) * Int(image.channels)
    let (channels, bytes) = Self.opaque(
      UnsafeBufferPointer(start: image.pixels, count: count), image.layout, on: background, &traits)
    let decoded = DecodedImage(
      channels: channels, height: Int(image.height), width: Int(image.width), bytes: bytes,
      traits: traits)
    self = decoded.upright(ImageOrientation(of: file, format))
  }

  /// The image of a decoder in Swift; their formats have no orientation.
  private init(_ buffer: PixelBuffer, on background: Background) {
    var traits = Traits()
    traits.maximumOf16Bits = buffer.maximumOf16Bits
    var (channels, bytes) = (PixelBuffer.channels(buffer.layout), buffer.bytes)
    if buffer.layout == CI_RGB_ALPHA {
      (channels, bytes) = buffer.bytes.withUnsafeBufferPointer {
        Self.opaque($0, buffer.layout, on: background, &traits)
      }
    }
    self.init(
      channels: channels, height: buffer.height, width: buffer.width, bytes: bytes, traits: traits)
  }

  /// Grey or colours of what the decoder gave.
  private static func opaque(
    _ pixels: UnsafeBufferPointer<UInt8>, _ layout: ci_layout, on background: Background,
    _ traits: inout Traits
  ) -> (channels: Int, bytes: [UInt8]) {
    switch layout {
    case CI_GREY: return (1, Array(pixels))
    case CI_CMYK: return (3, rgb(invertedCMYK: pixels))
    case CI_GREY_ALPHA, CI_RGB_ALPHA:
      let colors = layout == CI_GREY_ALPHA ? 1 : 3
      let isTransparent = (0..<pixels.count / (colors + 1)).contains {
        pixels[$0 * (colors + 1) + colors] < 255
      }
      // Light ink would vanish on white.
      let background =
        background == .white && isNearlyWhite(pixels, colors: colors) ? .black : background
      if isTransparent { traits.background = background }
      let channels = colors == 1 && background.isGrey ? 1 : 3
      return (channels, composite(pixels, colors: colors, channels: channels, background))
    default: return (3, Array(pixels))
    }
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
