/// The sizes of images that differ in height or width.
package struct MixedSizes: Hashable, Sendable {
  /// Height and width in pixels.
  package struct Size: Hashable, Sendable, Comparable {
    package var height: Int
    package var width: Int

    package init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    /// By area, then by height.
    package static func < (a: Size, b: Size) -> Bool {
      (a.height * a.width, a.height) < (b.height * b.width, b.height)
    }
  }

  package let channels: Int
  /// Each size that occurs, once, the smallest area first.
  package let sizes: [Size]

  /// - Precondition: there is at least one size.
  package init(channels: Int, sizes: some Sequence<Size>) {
    let sizes = Set(sizes).sorted()
    precondition(!sizes.isEmpty)
    self.channels = channels
    self.sizes = sizes
  }

  /// The size with the largest area.
  package var largest: ImageSize { image(sizes[sizes.count - 1]) }

  /// All sizes, the smallest area first.
  package var images: [ImageSize] { sizes.map(image) }

  private func image(_ size: Size) -> ImageSize {
    ImageSize(channels: channels, height: size.height, width: size.width)
  }
}

extension MixedSizes: CustomStringConvertible {
  /// `3 channels and 41 sizes, 90×120 to 480×640`.
  package var description: String {
    let (first, last) = (sizes[0], sizes[sizes.count - 1])
    return "\(channels) channel\(channels == 1 ? "" : "s") and \(sizes.count) sizes, "
      + "\(first.height)×\(first.width) to \(last.height)×\(last.width)"
  }
}
