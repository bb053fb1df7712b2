import DataSchema

/// Images of one size, each with its targets.
package struct LabelledImages: Hashable, Sendable {
  package let count: Int
  package let channels: Int
  /// In pixels.
  package let height: Int
  /// In pixels.
  package let width: Int
  /// Intensities 0...255, in the order [count, channels, height, width].
  package let pixels: [UInt8]
  /// What is to be predicted of each image.
  package let targets: Targets

  /// Pairs `images`, shaped [count, height, width] or [count, channels, height, width], with their targets.
  ///
  /// Throws if there are no images or the counts differ. The paths say in the message which file is wrong.
  package init(
    images: IDXArray, imagesPath: String, targets: Targets, targetsPath: String
  ) throws(DataError) {
    guard 3...4 ~= images.shape.count else {
      throw DataError(
        path: imagesPath,
        reason: "has \(images.shape.count) dimensions, images have 3 (count, height, width)"
          + " or 4 (count, channels, height, width)")
    }
    guard !images.bytes.isEmpty, images.shape.reduce(1, &*) == images.bytes.count else {
      throw DataError(path: imagesPath, reason: "holds no images")
    }
    let count = images.shape[0]
    guard targets.count == count else {
      throw DataError(
        path: targetsPath,
        reason: "holds \(targets.count) labels for the \(count) images of \(imagesPath)")
    }
    self.count = count
    channels = images.shape.count == 4 ? images.shape[1] : 1
    height = images.shape[images.shape.count - 2]
    width = images.shape[images.shape.count - 1]
    pixels = images.bytes
    self.targets = targets
  }

  /// Images whose pixels, [targets, channels, height, width], are known to be right.
  package init(pixels: [UInt8], channels: Int, height: Int, width: Int, targets: Targets) {
    precondition(pixels.count == targets.count * channels * height * width)
    count = targets.count
    self.channels = channels
    self.height = height
    self.width = width
    self.pixels = pixels
    self.targets = targets
  }

  private init(_ whole: LabelledImages, count: Int) {
    self.count = count
    channels = whole.channels
    height = whole.height
    width = whole.width
    pixels = Array(whole.pixels.prefix(count * whole.channels * whole.height * whole.width))
    targets = whole.targets.prefix(count)
  }

  /// The first `limit` images, all of them where there are no more.
  package func prefix(_ limit: Int) -> LabelledImages {
    limit >= count ? self : LabelledImages(self, count: max(0, limit))
  }

  /// The same images with targets of 0, for those of which none are known.
  package func withoutTargets(width: Int) -> LabelledImages {
    LabelledImages(
      pixels: pixels, channels: channels, height: self.height, width: self.width,
      targets: Targets(Array(repeating: 0, count: count * width), width: width))
  }

  /// The images at these places, in this order.
  package func selecting(_ indices: [Int]) -> LabelledImages {
    if indices.count == count, indices == Array(0..<count) { return self }
    let size = channels * height * width
    var pixels: [UInt8] = []
    pixels.reserveCapacity(indices.count * size)
    for index in indices { pixels += self.pixels[(index * size)..<((index + 1) * size)] }
    return LabelledImages(
      pixels: pixels, channels: channels, height: height, width: width,
      targets: targets.selecting(indices))
  }
}
