/// Images that occur more than once, pixel by pixel: what is in the training set and in the set that a
/// model is measured on makes the measure too good.
package struct DuplicateImages {
  private let images: LabelledImages
  private let size: Int
  /// The examples by the hash of their pixels.
  private var places: [UInt64: [Int]] = [:]

  /// - Parameter indices: the examples of `images` that others are looked for among.
  package init(_ images: LabelledImages, _ indices: [Int]) {
    self.images = images
    size = images.channels * images.height * images.width
    places.reserveCapacity(indices.count)
    for index in indices { places[Self.hash(images, index, size), default: []].append(index) }
  }

  /// How many of `indices` in `others` have the pixels of one of the examples.
  package func count(of others: LabelledImages, _ indices: [Int]) -> Int {
    guard size == others.channels * others.height * others.width else { return 0 }
    return indices.count { index in
      let candidates = places[Self.hash(others, index, size)] ?? []
      return candidates.contains { candidate in
        images.pixels[(candidate * size)..<((candidate + 1) * size)].elementsEqual(
          others.pixels[(index * size)..<((index + 1) * size)])
      }
    }
  }

  /// FNV-1a over words of eight bytes.
  private static func hash(_ images: LabelledImages, _ index: Int, _ size: Int) -> UInt64 {
    images.pixels.withUnsafeBytes { bytes in
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      var place = index * size
      let end = place + size
      while place + 8 <= end {
        hash =
          (hash ^ bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
          &* 0x0000_0100_0000_01B3
        hash ^= hash >> 29
        place += 8
      }
      while place < end {
        hash = (hash ^ UInt64(bytes[place])) &* 0x0000_0100_0000_01B3
        place += 1
      }
      return hash
    }
  }
}
