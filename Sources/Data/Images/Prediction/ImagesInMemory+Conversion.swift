import DataSchema
import ImageFormats

extension ImagesInMemory {
  /// Images of which nothing is known that is to be predicted.
  package init(pixels: [UInt8], size: ImageSize, count: Int) {
    self.init(
      pixels: pixels, size: size, target: DataField("unknown", .vector(1)),
      targets: Targets(Array(repeating: 0, count: count)))
  }

  /// The same images in grey (1) or colours (3), as a picture from a file would be converted.
  package func converted(channels wanted: Int) -> ImagesInMemory {
    let (channels, area) = (size.channels, size.height * size.width)
    if wanted == channels { return self }
    var result: [UInt8] = []
    result.reserveCapacity(count * wanted * area)
    for index in 0..<count {
      let planes = Array(pixels(of: index))
      var interleaved = planes
      if channels > 1 {
        for channel in 0..<channels {
          for place in 0..<area {
            interleaved[channels * place + channel] = planes[channel * area + place]
          }
        }
      }
      result += DecodedImage(
        channels: channels, height: size.height, width: size.width, bytes: interleaved
      ).convert(channels: wanted).planarBytes()
    }
    var size = size
    size.channels = wanted
    return replacing(pixels: result, size: size)
  }

  /// Light where it was dark.
  package func inverted() -> ImagesInMemory {
    replacing(pixels: pixels.map { 255 - $0 }, size: size)
  }

  /// The same images with targets of 0, so many an example, for those of which none are known.
  package func withoutTargets(width: Int) -> ImagesInMemory {
    ImagesInMemory(
      pixels: pixels, size: size, target: schema.target,
      targets: Targets(Array(repeating: 0, count: count * width), width: width))
  }

  /// Images of one size, one after the other.
  ///
  /// - Precondition: there is at least one part.
  package init(joining parts: [ImagesInMemory]) {
    let first = parts[0]
    if parts.count == 1 {
      self = first
      return
    }
    self.init(
      pixels: parts.flatMap(\.pixels), size: first.size, target: first.schema.target,
      targets: Targets(parts.flatMap(\.targets.values), width: first.targets.width))
  }

  private func replacing(pixels: [UInt8], size: ImageSize) -> ImagesInMemory {
    ImagesInMemory(pixels: pixels, size: size, target: schema.target, targets: targets)
  }
}
