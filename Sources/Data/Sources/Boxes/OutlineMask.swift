import BoxAnnotations
import DataSchema
import Dispatch
import ExperimentConfig
import Files
import FoundationEssentials
import Synchronization

/// The mask of an image, as the outlines of its objects give it.
///
/// A pixel has the class of the last object in the file that covers it; without one, it has no class if a crowd covers
/// it, and else is background.
struct OutlineMask: Sendable {
  struct Item: Sendable {
    /// The class number.
    var label: Int
    var isCrowd: Bool
    var outline: ObjectOutline.Shape
  }

  var height: Int
  var width: Int
  /// In the order of the file.
  var items: [Item]

  /// The class of pixels that no object covers.
  static let background = "background"

  /// The names of the classes: those that were chosen, or all, and the background, which comes first unless it was
  /// chosen as another one.
  static func names(chosen: [String]?, _ categories: [String]) -> [String] {
    if let chosen, chosen.contains(background) { return chosen }
    return [background] + (chosen ?? categories).filter { $0 != background }
  }

  /// The class number of each pixel, ``FieldKind/ignoredPixel`` for those without one, in rows.
  ///
  /// - Parameter background: the class number of pixels that nothing covers.
  func numbers(background: Int) -> [UInt8] {
    var mask = [UInt8](repeating: UInt8(background), count: height * width)
    for item in items where item.isCrowd {
      item.outline.paint(FieldKind.ignoredPixel, on: &mask, height: height, width: width)
    }
    for item in items where !item.isCrowd {
      item.outline.paint(UInt8(item.label), on: &mask, height: height, width: width)
    }
    return mask
  }

  /// Everything that decides about the mask.
  func add(to digest: inout RunningDigest) {
    digest.add("\(height) \(width) \(items.count)\n".utf8)
    for item in items {
      digest.add("\(item.label) \(item.isCrowd ? 1 : 0) ".utf8)
      switch item.outline {
      case .polygons(let polygons):
        digest.add("polygons \(polygons.count)\n".utf8)
        for polygon in polygons {
          digest.add("\(polygon.count)\n".utf8)
          polygon.withUnsafeBytes { digest.add($0) }
        }
      case .runs(let counts, _, _):
        digest.add("runs \(counts.count)\n".utf8)
        counts.withUnsafeBytes { digest.add($0) }
      }
    }
  }

  /// The pixels of each class and, last, of those without one: a row for each mask. Kept in the cache.
  ///
  /// - Parameters:
  ///   - path: where the images are.
  ///   - fingerprint: of the masks.
  static func pixels(
    of masks: [OutlineMask], classes: Int, background: Int, _ path: String, fingerprint: String,
    _ folder: IndexFolder
  ) -> [Int] {
    let key = Digest.hex(of: "outline masks 1\n\(path)\n\(classes)".utf8)
    // Ones that cannot be decoded are counted anew.
    if let bytes = folder.read(key, stamp: fingerprint),
      let known = try? JSONText.decode([Int].self, from: bytes),
      known.count == masks.count * (classes + 1)
    {
      return known
    }
    let results = Mutex<[Int: [Int]]>([:])
    let pieces = max(1, min(ProcessInfo.processInfo.activeProcessorCount, masks.count / 8))
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
      var rows: [Int] = []
      for mask in masks[piece * masks.count / pieces..<(piece + 1) * masks.count / pieces] {
        var counts = [Int](repeating: 0, count: 256)
        for number in mask.numbers(background: background) { counts[Int(number)] += 1 }
        rows += counts[..<classes] + [counts[Int(FieldKind.ignoredPixel)]]
      }
      results.withLock { $0[piece] = rows }
    }
    let found = results.withLock { results in (0..<pieces).flatMap { results[$0] ?? [] } }
    folder.write(key, stamp: fingerprint) { try JSONText.encode(found) }
    return found
  }
}

/// Images with masks that are drawn from outlines whenever they are read.
struct OutlinedImages: ExampleSource {
  private let images: IndexedImages
  private let masks: [OutlineMask]
  private let background: Int

  /// - Parameter masks: in the order of `images`.
  init(_ images: IndexedImages, _ masks: [OutlineMask], background: Int) {
    (self.images, self.masks, self.background) = (images, masks, background)
  }

  var schema: DataSchema { images.schema }
  var count: Int { images.count }
  var fingerprint: String { images.fingerprint }
  var targets: Targets { images.targets }
  var isValidation: [Bool]? { images.isValidation }
  var imageSizes: [ImageSize]? { images.imageSizes }
  var notes: [String] { images.notes }
  var isInMemory: Bool { false }

  func name(of index: Int) -> String? { images.name(of: index) }

  func annotationID(of index: Int) -> String? { images.annotationID(of: index) }

  func duplicateKeys(_ indices: [Int]) throws(DataError) -> [UInt64]? {
    try images.duplicateKeys(indices)
  }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    try images.read(indices, into: &batch)
    drawMasks(indices, into: &batch)
  }

  func read(
    _ indices: [Int], reducedBy reduction: ImageReduction, into batch: inout ExampleBatch
  ) throws(DataError) {
    try images.read(indices, reducedBy: reduction, into: &batch)
    drawMasks(indices, into: &batch)
  }

  private func drawMasks(_ indices: [Int], into batch: inout ExampleBatch) {
    var pictures = Pictures()
    for mask in indices.lazy.map({ masks[$0] }) {
      pictures.bytes += mask.numbers(background: background)
      pictures.sizes.append(ImageSize(channels: 1, height: mask.height, width: mask.width))
    }
    batch[schema.target.name] =
      schema.image == nil ? .pictures(pictures) : .bytes(pictures.bytes)
  }
}
