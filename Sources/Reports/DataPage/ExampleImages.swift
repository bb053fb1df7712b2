import DataAnalysis
import DataSchema
import FoundationEssentials
import PNGImage

/// Pictures as `data:` addresses for `<img>`.
struct ExampleImages {
  /// The longer side of a picture on the page, in pixels.
  static let side = 192

  private let parts: [String: DataPart]

  init(_ parts: [DataPart]) {
    self.parts = Dictionary(parts.map { ($0.name, $0) }) { first, _ in first }
  }

  /// The picture of an example.
  ///
  /// - Returns: `nil` if the example is no picture.
  /// - Throws: ``DataError`` if it cannot be read any more.
  func address(_ place: ExamplePlace) throws -> String? {
    guard let part = parts[place.part], part.source.schema.largestImage != nil else { return nil }
    let pictures = try part.source.pictures([place.index])
    guard let size = pictures.sizes.first,
      let image = PixelImage(
        planar: pictures.bytes, width: size.width, height: size.height, channels: size.channels)
    else { return nil }
    return try Self.address(image)
  }

  /// - Parameter side: the longer side on the page at most, in pixels.
  static func address(_ image: PixelImage, side: Int = side) throws -> String {
    "data:image/png;base64," + Data(try image.shrunk(to: side).png()).base64EncodedString()
  }
}
