import DataSchema
import Files
import Synchronization
import Transforms

/// A source whose images, with their masks if it has any, are kept in the store after those leading transforms that
/// are the same in every epoch: read from there once they have been made, made and kept if they have not.
package final class PackedSource: DerivedSource {
  package let schema: DataSchema
  package let imageSizes: [ImageSize]?
  package let source: any ExampleSource
  /// The leading transforms; `nil` if images are kept as they are decoded.
  private let leading: TransformPipeline?
  private let leadingMasks: MaskTransforms?
  /// Of each example as it is kept: the channels of the image, then the mask if there is one.
  private let sizes: [ImageSize]
  private let pack: Pack
  private let threads: Int
  private let hasWarned = Mutex(false)
  /// How many missing images are made before they are kept.
  private static let madeAtOnce = 32
  private let warn: @Sendable (String) -> Void

  /// - Parameters:
  ///   - leading: gives bytes.
  ///   - threads: for transforms.
  ///   - warn: gets what is wrong with the store, once; images are then made whenever they are needed.
  /// - Returns: `nil` if the sizes of the images are not known before they are decoded.
  /// - Throws: ``PackStoreError`` if they cannot be kept.
  package init?(
    _ source: any ExampleSource, _ leading: TransformPipeline?, in store: PackStore, threads: Int,
    warn: @escaping @Sendable (String) -> Void
  ) throws(PackStoreError) {
    guard let decoded = source.imageSizes else { return nil }
    self.source = source
    self.leading = leading
    self.threads = threads
    self.warn = warn
    leadingMasks = source.hasMasks ? leading?.forMasks : nil
    let images = leading.map { Array(repeating: $0.output.size, count: decoded.count) } ?? decoded
    imageSizes = images
    sizes = source.hasMasks ? images.map(\.withMask) : images
    let text =
      "pack 1\n\(source.fingerprint)\n\(leading?.fingerprintText ?? "as decoded\n")"
      + (source.hasMasks ? "with masks\n" : "")
    pack = try store.pack(key: Digest.hex(of: text.utf8), PackLayout(sizes: sizes))
    var input = source.schema.input
    if let leading { input.kind = .image(leading.output.size) }
    schema = DataSchema(
      inputs: [input] + source.schema.inputs.dropFirst(), targets: source.schema.targets,
      counts: source.schema.counts)
  }

  package var isInMemory: Bool { false }

  package func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    let wanted = indices.map { sizes[$0] }
    var offsets = [0]
    offsets.reserveCapacity(indices.count + 1)
    for size in wanted { offsets.append(offsets[offsets.count - 1] + size.count) }
    var problem: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: offsets[indices.count]) { buffer, filled in
      filled = offsets[indices.count]
      let places = zip(offsets, offsets.dropFirst()).map { start, end in
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[start..<end])
      }
      let missing = indices.indices.filter { !restore(indices[$0], into: places[$0]) }
      do throws(DataError) {
        try make(missing, of: indices, into: places)
      } catch {
        problem = error
        for place in missing { places[place].initializeMemory(as: UInt8.self, repeating: 0) }
      }
    }
    if let problem { throw problem }
    if hasMasks { return split(bytes, wanted, offsets, into: &batch) }
    batch[schema.input.name] =
      schema.image == nil ? .pictures(Pictures(bytes: bytes, sizes: wanted)) : .bytes(bytes)
  }

  /// Separates images and masks, which are kept one after the other.
  private func split(
    _ bytes: [UInt8], _ sizes: [ImageSize], _ offsets: [Int], into batch: inout ExampleBatch
  ) {
    var (images, masks) = (Pictures(), Pictures())
    for (place, size) in sizes.enumerated() {
      let plane = size.height * size.width
      let end = offsets[place + 1] - plane
      images.bytes += bytes[offsets[place]..<end]
      images.sizes.append(
        ImageSize(channels: size.channels - 1, height: size.height, width: size.width))
      masks.bytes += bytes[end..<offsets[place + 1]]
      masks.sizes.append(ImageSize(channels: 1, height: size.height, width: size.width))
    }
    batch[schema.input.name] = schema.image == nil ? .pictures(images) : .bytes(images.bytes)
    batch[schema.target.name] = schema.image == nil ? .pictures(masks) : .bytes(masks.bytes)
  }

  /// Reads an image of the store.
  ///
  /// - Returns: whether the store has it.
  private func restore(_ index: Int, into target: UnsafeMutableRawBufferPointer) -> Bool {
    do throws(FileError) {
      return try pack.read(index, into: target)
    } catch {
      report("\(error)")
      return false
    }
  }

  /// Makes and keeps the images that the store lacks, a few at a time, so that there is no second copy of the batch.
  private func make(
    _ missing: [Int], of indices: [Int], into places: [UnsafeMutableRawBufferPointer]
  ) throws(DataError) {
    for start in stride(from: 0, to: missing.count, by: Self.madeAtOnce) {
      let some = missing[start..<min(start + Self.madeAtOnce, missing.count)]
      try make(some.map { indices[$0] }).withUnsafeBytes { made in
        var offset = 0
        for place in some {
          let target = places[place]
          target.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: made[offset..<(offset + target.count)]))
          offset += target.count
          let code = pack.write(indices[place], UnsafeRawBufferPointer(target))
          if code != 0 {
            report("\(FileError(path: "the store", attempt: "write to it", code: code))")
          }
        }
      }
    }
  }

  /// Decodes images and applies the leading transforms.
  private func make(_ indices: [Int]) throws(DataError) -> [UInt8] {
    if hasMasks { return try makeWithMasks(indices) }
    guard let leading else { return try source.pictures(indices).bytes }
    return try leading.apply(to: source, indices, augmenting: nil, threads: threads).bytes
  }

  private func makeWithMasks(_ indices: [Int]) throws(DataError) -> [UInt8] {
    var images: [UInt8]
    var masks: [UInt8]
    if let leading {
      let made = try leading.apply(
        to: source, indices, masks: leadingMasks, augmenting: nil, threads: threads)
      (images, masks) = (made.images.bytes, made.masks)
    } else {
      let decoded = try source.picturesAndMasks(indices)
      (images, masks) = (decoded.images.bytes, decoded.masks?.bytes ?? [])
    }
    var joined: [UInt8] = []
    joined.reserveCapacity(images.count + masks.count)
    var (image, mask) = (0, 0)
    for index in indices {
      let plane = sizes[index].height * sizes[index].width
      let count = sizes[index].count - plane
      joined += images[image..<(image + count)]
      joined += masks[mask..<(mask + plane)]
      (image, mask) = (image + count, mask + plane)
    }
    return joined
  }

  private func report(_ text: String) {
    let isFirst = hasWarned.withLock { warned in
      defer { warned = true }
      return !warned
    }
    if isFirst { warn("decoded images are not cached: \(text)") }
  }
}

extension ImageSize {
  /// The size of an image that its mask follows as a further channel.
  fileprivate var withMask: ImageSize {
    ImageSize(channels: channels + 1, height: height, width: width)
  }
}
