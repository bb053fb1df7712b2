import Files

/// Images of one size in memory, each with its targets.
package struct ImagesInMemory: Hashable, Sendable {
  package let schema: DataSchema
  /// Of the images in their files.
  package let size: ImageSize
  /// The size of the images here: ``size``, unless they were decoded smaller.
  package let decoded: ImageSize
  /// Intensities 0...255, in the order [count, channels, height, width] of ``decoded``.
  package let pixels: [UInt8]
  package let targets: Targets
  /// The masks of the images if those are the targets, [count, height, width]; else empty.
  package let masks: [UInt8]

  /// - Parameter decoded: the size that the images were decoded to; `nil` if that is `size`.
  /// - Precondition: `pixels` are as many images of this size as there are targets.
  package init(
    pixels: [UInt8], size: ImageSize, decoded: ImageSize? = nil, target: DataField,
    targets: Targets, masks: [UInt8] = []
  ) {
    self.decoded = decoded ?? size
    precondition(pixels.count == targets.count * self.decoded.count)
    precondition(masks.isEmpty || masks.count == targets.count * size.height * size.width)
    schema = DataSchema(image: size, target: target)
    self.size = size
    self.pixels = pixels
    self.targets = targets
    self.masks = masks
  }

  /// Reads all examples of a source.
  ///
  /// - Throws: ``DataError`` if one of them cannot be read, or they are no images.
  package init(reading source: any ExampleSource) throws(DataError) {
    guard let size = source.schema.image else {
      throw DataError(path: source.schema.input.name, reason: "holds no images")
    }
    let all = Array(0..<source.count)
    let (pixels, masks) =
      source.hasMasks ? try source.picturesAndMasks(all) : (Pictures(), nil)
    self.init(
      pixels: source.hasMasks ? pixels.bytes : try source.images(all), size: size,
      target: source.schema.target, targets: source.targets, masks: masks?.bytes ?? [])
  }

  /// The pixels of one image, [channels, height, width].
  package func pixels(of index: Int) -> ArraySlice<UInt8> {
    pixels[(index * decoded.count)..<((index + 1) * decoded.count)]
  }
}

extension ImagesInMemory: ExampleSource {
  package var count: Int { targets.count }
  private var isReduced: Bool { decoded != size }
  package var bytes: [UInt8]? { isReduced ? nil : pixels }
  package var fingerprint: String {
    let text =
      "\(size)\n\(targets.width)\n\(targets.values)\n" + (isReduced ? "as \(decoded)\n" : "")
    return Digest.hex(of: [Array(text.utf8), pixels, masks])
  }

  package func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    var values: [UInt8] = []
    values.reserveCapacity(indices.count * decoded.count)
    for index in indices { values += pixels(of: index) }
    batch[schema.input.name] =
      isReduced
      ? .pictures(
        Pictures(
          bytes: values, sizes: indices.map { _ in decoded }, originals: indices.map { _ in size }))
      : .bytes(values)
    if masks.isEmpty { return }
    let plane = size.height * size.width
    batch[schema.target.name] = .bytes(
      indices.flatMap { masks[($0 * plane)..<(($0 + 1) * plane)] })
  }
}
