import DataSchema

/// Some images of CIFAR with their labels.
package struct CIFARBatch: Equatable {
  /// The height and width of an image.
  static let side = 32
  /// Bytes of an image: the red, the green and the blue plane, row by row.
  package static let pixelCount = 3 * side * side

  /// [kind of label][image].
  package var labels: [[UInt8]]
  /// [image, channel, row, column].
  package var pixels: [UInt8]

  /// The binary layout: for each image a byte for each kind of label, then its pixels.
  ///
  /// - Parameters:
  ///   - kinds: of labels: for CIFAR-100 the coarse one before the fine one.
  ///   - path: for errors.
  init(binary bytes: [UInt8], kinds: [CIFARRelease.Labels], path: String) throws(DataError) {
    let record = kinds.count + Self.pixelCount
    guard bytes.count.isMultiple(of: record) else {
      throw DataError(
        path: path,
        reason: "holds \(bytes.count) bytes, which is not a whole number of images of \(record)")
    }
    let count = bytes.count / record
    labels = kinds.indices.map { kind in (0..<count).map { bytes[$0 * record + kind] } }
    pixels = []
    pixels.reserveCapacity(count * Self.pixelCount)
    for image in 0..<count {
      pixels += bytes[(image * record + kinds.count)..<((image + 1) * record)]
    }
    try check(kinds, path)
  }

  /// The Python layout: a pickled dictionary with an array of bytes under `data` and lists of labels.
  package init(
    pickle bytes: [UInt8], kinds: [CIFARRelease.Labels], path: String
  ) throws(DataError) {
    let values = try CIFARPickle.read(bytes, path: path)
    guard case .array(let array) = values["data"] else {
      throw DataError(path: path, reason: "has no array 'data'")
    }
    guard array.shape.count == 2, array.shape[1] == Self.pixelCount else {
      throw DataError(
        path: path,
        reason: "'data' has the shape \(array.shape), expected [images, \(Self.pixelCount)]")
    }
    let count = array.shape[0]
    pixels = array.rowMajorBytes
    labels = []
    for kind in kinds {
      guard case .list(let items) = values[kind.key] else {
        throw DataError(path: path, reason: "has no list '\(kind.key)'")
      }
      guard items.count == count else {
        throw DataError(
          path: path, reason: "has \(items.count) labels in '\(kind.key)' for \(count) images")
      }
      var own: [UInt8] = []
      own.reserveCapacity(count)
      for (image, item) in items.enumerated() {
        guard case .integer(let number) = item, let label = UInt8(exactly: number) else {
          throw DataError(path: path, reason: "image \(image) has no number in '\(kind.key)'")
        }
        own.append(label)
      }
      labels.append(own)
    }
    try check(kinds, path)
  }

  private func check(_ kinds: [CIFARRelease.Labels], _ path: String) throws(DataError) {
    for (kind, labels) in zip(kinds, labels) {
      guard let image = labels.firstIndex(where: { $0 >= kind.names.count }) else { continue }
      throw DataError(
        path: path,
        reason: "image \(image) has the label \(labels[image]) in '\(kind.key)', not one of the"
          + " \(kind.names.count) classes")
    }
  }
}
