/// Images of one size, each with its class.
package struct LabelledImages: Hashable, Sendable {
  package let count: Int
  package let channels: Int
  /// In pixels.
  package let height: Int
  /// In pixels.
  package let width: Int
  /// Intensities 0...255, in the order [count, channels, height, width].
  package let pixels: [UInt8]
  /// One class an image, each in 0..<`classes` of the initializer.
  package let labels: [Int32]

  /// Pairs `images`, shaped [count, height, width] or [count, channels, height, width], with
  /// `labels`, shaped [count].
  ///
  /// Throws where there are no images, the counts differ, or a label is not in 0..<`classes` (nil:
  /// any label will do). The paths say in the message which file is wrong.
  package init(
    images: IDXArray, imagesPath: String, labels: IDXArray, labelsPath: String, classes: Int?
  ) throws(DataError) {
    guard 3...4 ~= images.shape.count else {
      throw DataError(
        path: imagesPath,
        reason: "has \(images.shape.count) dimensions, images have 3 (count, height, width)"
          + " or 4 (count, channels, height, width)")
    }
    guard labels.shape.count == 1 else {
      throw DataError(
        path: labelsPath, reason: "has \(labels.shape.count) dimensions, labels have 1 (count)")
    }
    guard !images.bytes.isEmpty, images.shape.reduce(1, &*) == images.bytes.count else {
      throw DataError(path: imagesPath, reason: "holds no images")
    }
    let count = images.shape[0]
    guard labels.bytes.count == count else {
      throw DataError(
        path: labelsPath,
        reason: "holds \(labels.bytes.count) labels for the \(count) images of \(imagesPath)")
    }
    if let classes, let index = labels.bytes.firstIndex(where: { Int($0) >= classes }) {
      throw DataError(
        path: labelsPath,
        reason: "the label at index \(index) is \(labels.bytes[index]), not one of the"
          + " \(classes) classes 0 to \(classes - 1)")
    }
    self.count = count
    channels = images.shape.count == 4 ? images.shape[1] : 1
    height = images.shape[images.shape.count - 2]
    width = images.shape[images.shape.count - 1]
    pixels = images.bytes
    self.labels = labels.bytes.map(Int32.init)
  }

  /// Images whose pixels, [labels, channels, height, width], are known to be right.
  package init(pixels: [UInt8], channels: Int, height: Int, width: Int, labels: [Int32]) {
    precondition(pixels.count == labels.count * channels * height * width)
    count = labels.count
    self.channels = channels
    self.height = height
    self.width = width
    self.pixels = pixels
    self.labels = labels
  }

  private init(_ whole: LabelledImages, count: Int) {
    self.count = count
    channels = whole.channels
    height = whole.height
    width = whole.width
    pixels = Array(whole.pixels.prefix(count * whole.channels * whole.height * whole.width))
    labels = Array(whole.labels.prefix(count))
  }

  /// The first `limit` images, all of them where there are no more.
  package func prefix(_ limit: Int) -> LabelledImages {
    limit >= count ? self : LabelledImages(self, count: max(0, limit))
  }

  /// The smallest number of classes that the labels fit in.
  package var classCount: Int { Int(labels.max() ?? -1) + 1 }
}
