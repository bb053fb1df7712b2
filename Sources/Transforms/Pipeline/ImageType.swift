import DataSchema

/// The type of an image on its way through the transforms.
package struct ImageType: Sendable, Equatable {
  package var channels: Int
  package var height: Int
  package var width: Int
  /// Bytes of 0 to 255 before `to_tensor`, floats after it.
  package var isFloat: Bool

  package init(channels: Int, height: Int, width: Int, isFloat: Bool) {
    self.channels = channels
    self.height = height
    self.width = width
    self.isFloat = isFloat
  }

  /// Bytes, as a data set gives them.
  package init(_ size: ImageSize) {
    self.init(channels: size.channels, height: size.height, width: size.width, isFloat: false)
  }

  package var size: ImageSize { ImageSize(channels: channels, height: height, width: width) }

  /// The longest side that a transform may make: a slip of the keyboard cannot ask for terabytes.
  package static let maximumSide = 16_384

  /// Values of one image.
  package var elementCount: Int { channels * height * width }

  /// Values of one channel.
  var planeCount: Int { height * width }

  /// Bytes of memory that one image takes.
  var byteCount: Int { elementCount * (isFloat ? 4 : 1) }

  /// The same values in another size.
  func resized(_ height: Int, _ width: Int) -> ImageType {
    ImageType(channels: channels, height: height, width: width, isFloat: isFloat)
  }

  /// The same pixels as bytes or floats.
  func converted(toFloat isFloat: Bool) -> ImageType {
    ImageType(channels: channels, height: height, width: width, isFloat: isFloat)
  }

  /// `28×28`, height first.
  var sizeInWords: String { "\(height)×\(width)" }

  /// `1×28×28 bytes`; stable, part of fingerprints.
  var fingerprint: String { "\(channels)×\(height)×\(width) " + (isFloat ? "floats" : "bytes") }
}
