import DataSchema
import ImageFormats

extension ImagesInMemory {
  /// Creates images with unknown targets.
  ///
  /// - Parameter decoded: the size that the images were decoded to; `nil` if that is `size`.
  package init(pixels: [UInt8], size: ImageSize, decoded: ImageSize? = nil, count: Int) {
    self.init(
      pixels: pixels, size: size, decoded: decoded, target: DataField("unknown", .vector(1)),
      targets: Targets(Array(repeating: 0, count: count)))
  }

  /// Converts the images to grey (1) or colour (3), in the same way as images from files.
  ///
  /// - Precondition: they were not decoded smaller.
  package func converted(channels wanted: Int) -> ImagesInMemory {
    precondition(decoded == size)
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
    return ImagesInMemory(
      pixels: result, size: size, target: schema.target, targets: targets, masks: masks)
  }

  /// The images with inverted intensities.
  package func inverted() -> ImagesInMemory {
    ImagesInMemory(
      pixels: pixels.map { 255 - $0 }, size: size, decoded: decoded, target: schema.target,
      targets: targets, masks: masks)
  }

  /// The images with `width` targets of 0 each, for images with unknown targets; masks hold class 0, and rows of
  /// boxes the size of the image and no box.
  package func withoutTargets(width: Int, as target: DataField) -> ImagesInMemory {
    var row = [Float](repeating: 0, count: width)
    if target.kind.areBoxes, let most = ImageBoxes.most(rowWidth: width) {
      row = ImageBoxes(width: size.width, height: size.height, []).row(most)
    }
    return ImagesInMemory(
      pixels: pixels, size: size, decoded: decoded, target: target,
      targets: Targets((0..<count).flatMap { _ in row }, width: width),
      masks: target.kind.isMask
        ? Array(repeating: 0, count: count * size.height * size.width) : [])
  }

  /// Concatenates images of the same size.
  ///
  /// - Precondition: there is at least one part, and all were decoded to the same size.
  package init(joining parts: [ImagesInMemory]) {
    let first = parts[0]
    if parts.count == 1 {
      self = first
      return
    }
    self.init(
      pixels: parts.flatMap(\.pixels), size: first.size, decoded: first.decoded,
      target: first.schema.target,
      targets: Targets(parts.flatMap(\.targets.values), width: first.targets.width),
      masks: parts.flatMap(\.masks))
  }
}
