/// The values of some examples, a column for each field, by its name.
package struct ExampleBatch: Sendable {
  /// The values of one field, example by example.
  package enum Column: Sendable, Equatable {
    /// Images of one size, bytes 0 to 255, [example, channel, row, column].
    case bytes([UInt8])
    /// Images that may differ in size.
    case pictures(Pictures)
    /// Numbers, [example, value].
    case numbers([Float])
  }

  package private(set) var columns: [String: Column] = [:]

  package init() {}

  package subscript(name: String) -> Column? {
    get { columns[name] }
    set { columns[name] = newValue }
  }

  /// Removes a column and returns it, so that its values need not be copied.
  package mutating func take(_ name: String) -> Column? { columns.removeValue(forKey: name) }
}

/// Images that may differ in size, one after the other.
package struct Pictures: Sendable, Equatable {
  /// Of each image [channel, row, column].
  package var bytes: [UInt8] = []
  package var sizes: [ImageSize] = []
  /// The sizes of the images in their files, if any was decoded smaller; else `nil`.
  private var whole: [ImageSize]?

  package init() {}

  /// - Parameter originals: the sizes of the images in their files; `nil` if they were decoded whole.
  /// - Precondition: `bytes` are images of these sizes.
  package init(bytes: [UInt8], sizes: [ImageSize], originals: [ImageSize]? = nil) {
    precondition(bytes.count == sizes.reduce(0) { $0 + $1.count })
    precondition(originals == nil || originals?.count == sizes.count)
    self.bytes = bytes
    self.sizes = sizes
    whole = originals == sizes ? nil : originals
  }

  /// Images of one size.
  package init(bytes: [UInt8], size: ImageSize) {
    self.init(
      bytes: bytes,
      sizes: Array(repeating: size, count: size.count == 0 ? 0 : bytes.count / size.count))
  }

  package var count: Int { sizes.count }

  /// The sizes of the images in their files, which ``sizes`` are too unless images were decoded smaller.
  package var originals: [ImageSize] { whole ?? sizes }

  /// Whether any image was decoded smaller than it is in its file.
  package var isReduced: Bool { whole != nil }

  /// Where each image begins in ``bytes``, and the end.
  package var offsets: [Int] {
    var offsets = [0]
    offsets.reserveCapacity(count + 1)
    for size in sizes { offsets.append(offsets[offsets.count - 1] + size.count) }
    return offsets
  }
}
