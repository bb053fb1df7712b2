import DataSchema
import Datasets
import Files
import ImageColor
import ImageFormats
import InputFiles

/// The images of one file: one in any format of ``ImageFormat``, or many as IDX; each perhaps compressed by gzip.
package struct ImageFileContents: Sendable {
  /// The images. Their targets are unknown and set to 0.
  package let images: ImagesInMemory
  /// Whether the format can hold several images.
  package let isNumbered: Bool
  /// Properties of the file that a user should know about.
  package let traits: DecodedImage.Traits

  /// The maximum decompressed size in bytes.
  private static let limit = 1 << 29

  /// Reads a file. The format is detected from the contents, not the name.
  ///
  /// - Parameters:
  ///   - channels: the channels to convert images to: 1 (grey) or 3 (colour).
  ///   - background: the background behind transparent pixels.
  ///   - reduction: how much smaller an image of a size may be decoded; `nil` for whole images.
  /// - Throws: ``FileError`` if the file is invalid.
  package init(
    reading path: String, channels: Int, background: Background = .white,
    reduction: (ImageSize) -> ImageReduction? = { _ in nil }
  ) throws(FileError) {
    let file = try OpenedFile(path)
    let start = try file.bytes(at: 0..<min(file.size, 16))
    if start.isEmpty { throw FileError(path: path, reason: "is empty") }
    var bytes: [UInt8]?
    if start.starts(with: [0x1F, 0x8B]) {
      bytes = try Self.converting { () throws(DataError) in
        try Gzip.inflate(contentsOf: path, limit: Self.limit)
      }
    }
    let beginning = bytes.map { Array($0.prefix(16)) } ?? start
    if ImageFormat.isIDX(beginning) {
      bytes = nil
      self.init(many: try Self.idx(path, channels: channels))
      return
    }
    let readable = ImageFormat.list(and: "IDX")
    switch ImageFormat(beginning: beginning) {
    case .png, .jpeg, .bmp, .pnm, .tiff, .webp: break
    case .other(let name):
      throw FileError(path: path, reason: "is in the format \(name); \(readable) can be read")
    case nil:
      throw FileError(path: path, reason: "is not an image that can be read (\(readable))")
    }
    if bytes == nil {
      bytes = try FileReading.bytes(of: path, limit: DecodedImage.Limits().fileBytes)
    }
    try self.init(
      decoding: bytes ?? [], name: path, channels: channels, background: background,
      reduction: reduction)
  }

  /// Reads the contents of a file with one image, which is not compressed by gzip.
  ///
  /// - Parameters:
  ///   - bytes: the contents.
  ///   - name: what errors call it.
  ///   - channels: the channels to convert the image to: 1 (grey) or 3 (colour).
  ///   - background: the background behind transparent pixels.
  ///   - reduction: how much smaller an image of a size may be decoded; `nil` for whole images.
  /// - Throws: ``FileError`` if it is invalid, as for a file.
  package init(
    decoding bytes: [UInt8], name: String, channels: Int, background: Background = .white,
    reduction: (ImageSize) -> ImageReduction? = { _ in nil }
  ) throws(FileError) {
    var (scale, original) = (DecodingScale.whole, ImageSize?.none)
    // Damage of the header is the decoder's to describe.
    if case .jpeg? = ImageFormat(beginning: bytes.prefix(16)),
      let header = try? ImageHeader(decoding: bytes, path: name)
    {
      let size = ImageSize(channels: channels, height: header.height, width: header.width)
      if let reduction = reduction(size) { (scale, original) = (reduction.scale(of: size), size) }
    }
    let decoded = try DecodedImage(
      decoding: bytes, path: name, background: background, divisor: scale.divisor)
    self.init(decoded, of: original, channels: channels)
  }

  private init(many images: ImagesInMemory) {
    self.images = images
    isNumbered = true
    traits = DecodedImage.Traits()
  }

  /// - Parameter original: the size of the image in its file; `nil` if it was decoded whole.
  private init(_ decoded: DecodedImage, of original: ImageSize?, channels: Int) {
    let image = decoded.convert(channels: channels)
    let size = ImageSize(channels: channels, height: image.height, width: image.width)
    images = ImagesInMemory(
      pixels: image.planarBytes(), size: original ?? size, decoded: size, count: 1)
    isNumbered = false
    traits = decoded.traits
  }

  private static func idx(
    _ path: String, channels: Int
  ) throws(FileError) -> ImagesInMemory {
    let array = try converting { () throws(DataError) in try IDX.read(path, limit: limit) }
    guard 3...4 ~= array.shape.count else {
      throw FileError(
        path: path,
        reason: "has \(array.shape.count) dimension\(array.shape.count == 1 ? "" : "s")"
          + (array.shape.count == 1 ? ", as labels have" : "")
          + "; images have 3 (count, height, width) or 4 (count, channels, height, width)")
    }
    if array.bytes.isEmpty { throw FileError(path: path, reason: "holds no images") }
    let (height, width) = (array.shape[array.shape.count - 2], array.shape[array.shape.count - 1])
    let given = array.shape.count == 4 ? array.shape[1] : 1
    guard given == 1 || given == 3 else {
      throw FileError(
        path: path, reason: "has images of \(given) channels; 1 (grey) or 3 (colours) can be read")
    }
    let largest = DecodedImage.Limits().pixels
    guard height * width <= largest else {
      throw FileError(
        path: path,
        reason: "has images of \(height)×\(width) pixels; the limit is \(largest) pixels")
    }
    return ImagesInMemory(
      pixels: array.bytes, size: ImageSize(channels: given, height: height, width: width),
      count: array.shape[0]
    ).converted(channels: channels)
  }

  private static func converting<Value>(
    _ body: () throws(DataError) -> Value
  ) throws(FileError) -> Value {
    do throws(DataError) {
      return try body()
    } catch {
      throw FileError(path: error.path, reason: error.reason)
    }
  }
}
