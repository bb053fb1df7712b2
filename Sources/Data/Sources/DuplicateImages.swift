import DataSchema

/// Images that occur more than once, pixel by pixel: what is in the training set and in the set that a
/// model is measured on makes the measure too good.
package struct DuplicateImages {
  private let source: any ExampleSource
  /// The examples by the hash of their pixels.
  private var places: [UInt64: [Int]] = [:]

  /// Images that are read at a time.
  private static let batchSize = 512

  /// - Parameter indices: the examples of `source` that others are looked for among.
  /// - Throws: ``DataError`` if an image cannot be read.
  package init(_ source: any ExampleSource, _ indices: [Int]) throws(DataError) {
    self.source = source
    places.reserveCapacity(indices.count)
    for (index, hash) in try Self.hashes(of: source, indices) {
      places[hash, default: []].append(index)
    }
  }

  /// How many of `indices` in `others` have the pixels of one of the examples.
  ///
  /// - Throws: ``DataError`` if an image cannot be read.
  package func count(of others: any ExampleSource, _ indices: [Int]) throws(DataError) -> Int {
    let (own, other) = (source.schema, others.schema)
    if own.input.kind != other.input.kind, own.image != nil, other.image != nil { return 0 }
    var count = 0
    for (index, hash) in try Self.hashes(of: others, indices) {
      guard let candidates = places[hash] else { continue }
      let picture = try others.pictures([index])
      for candidate in candidates where try source.pictures([candidate]) == picture {
        count += 1
        break
      }
    }
    return count
  }

  private static func hashes(
    of source: any ExampleSource, _ indices: [Int]
  ) throws(DataError) -> [(index: Int, hash: UInt64)] {
    if source.schema.largestImage == nil { return [] }
    if let keys = try source.duplicateKeys(indices) {
      return zip(indices, keys).map { (index: $0, hash: $1) }
    }
    var hashes: [(index: Int, hash: UInt64)] = []
    hashes.reserveCapacity(indices.count)
    for start in stride(from: 0, to: indices.count, by: batchSize) {
      let part = Array(indices[start..<min(start + batchSize, indices.count)])
      let pictures = try source.pictures(part)
      let offsets = pictures.offsets
      pictures.bytes.withUnsafeBytes { bytes in
        for (place, index) in part.enumerated() {
          let image = UnsafeRawBufferPointer(
            rebasing: bytes[offsets[place]..<offsets[place + 1]])
          hashes.append((index, hash(image)))
        }
      }
    }
    return hashes
  }

  /// FNV-1a over words of eight bytes.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var place = 0
    while place + 8 <= bytes.count {
      hash =
        (hash ^ bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        &* 0x0000_0100_0000_01B3
      hash ^= hash >> 29
      place += 8
    }
    while place < bytes.count {
      hash = (hash ^ UInt64(bytes[place])) &* 0x0000_0100_0000_01B3
      place += 1
    }
    return hash
  }
}
