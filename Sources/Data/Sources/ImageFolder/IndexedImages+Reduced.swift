import DataSchema
import Dispatch
import FoundationEssentials
import ImageFormats
import Synchronization

extension IndexedImages {
  /// JPEG files are decoded smaller; only decoding tells which files are some.
  func read(
    _ indices: [Int], reducedBy reduction: ImageReduction, into batch: inout ExampleBatch
  ) throws(DataError) {
    let originals = indices.map { index.size(rows[$0], channels: channels) }
    // Whole images are decoded into one piece of memory.
    if originals.allSatisfy({ reduction.scale(of: $0) == .whole }) {
      return try read(indices, into: &batch)
    }
    let results = Mutex<[Int: Result<Planes, DataError>]>([:])
    let pieces = min(ProcessInfo.processInfo.activeProcessorCount, indices.count)
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      for place in piece * indices.count / pieces..<(piece + 1) * indices.count / pieces {
        let size = originals[place]
        let result = Result { () throws(DataError) in
          Planes(
            try decode(rows[indices[place]], size, reduction.scale(of: size)), channels: channels)
        }
        results.withLock { $0[place] = result }
      }
    }
    let found = results.withLock { $0 }
    var images: [Planes] = []
    for result in indices.indices.compactMap({ found[$0] }) { images.append(try result.get()) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(images.reduce(0) { $0 + $1.bytes.count })
    for image in images { bytes += image.bytes }
    batch[schema.input.name] = .pictures(
      Pictures(bytes: bytes, sizes: images.map(\.size), originals: originals))
  }

  /// An image with its channels one after the other.
  private struct Planes: Sendable {
    let bytes: [UInt8]
    let size: ImageSize

    init(_ image: DecodedImage, channels: Int) {
      size = ImageSize(channels: channels, height: image.height, width: image.width)
      bytes = [UInt8](unsafeUninitializedCapacity: size.count) { target, filled in
        image.writePlanes(channels: channels, into: target)
        filled = target.count
      }
    }
  }
}
