import DataSchema
import ExperimentConfig
import Files
import Foundation
import OrderedCollections
import Synchronization
import TestSupport
import Testing

@testable import ExampleStore
@testable import Transforms

/// The store of decoded images: the same pixels as without it, whatever happens to its files.
struct PackedSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Images of several sizes, and which of them were decoded.
  private final class Decoded: ExampleSource {
    let schema: DataSchema
    let imageSizes: [ImageSize]?
    let targets: Targets
    let fingerprint: String
    let reads = Mutex<[Int]>([])

    init(_ sizes: [ImageSize], fingerprint: String = "1") {
      imageSizes = sizes
      self.fingerprint = fingerprint
      targets = Targets(classes: sizes.indices)
      let kinds = MixedSizes(
        channels: 1, sizes: sizes.map { MixedSizes.Size(height: $0.height, width: $0.width) })
      schema = DataSchema(
        inputs: [DataField("image", .mixedImages(kinds))],
        targets: [DataField("label", .category(sizes.indices.map { "\($0)" }))])
    }

    var count: Int { targets.count }
    var isInMemory: Bool { false }

    static func pixels(_ index: Int, _ size: ImageSize) -> [UInt8] {
      (0..<size.count).map { UInt8(truncatingIfNeeded: $0 * 7 + index * 31) }
    }

    func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
      reads.withLock { $0 += indices }
      let sizes = indices.map { imageSizes?[$0] ?? ImageSize(channels: 1, height: 1, width: 1) }
      let bytes = zip(indices, sizes).flatMap { Self.pixels($0, $1) }
      batch["image"] = .pictures(Pictures(bytes: bytes, sizes: sizes))
    }
  }

  private static let sizes = [(4, 6), (8, 5), (4, 6), (9, 9)].map {
    ImageSize(channels: 1, height: $0.0, width: $0.1)
  }

  private var store: PackStore { PackStore(folder: folder.path + "/images", limit: 1 << 20) }

  private func packed(
    _ source: Decoded, _ leading: TransformPipeline? = nil, in store: PackStore? = nil
  ) throws -> PackedSource {
    try #require(
      try PackedSource(source, leading, in: store ?? self.store, threads: 2, warn: { _ in }))
  }

  private func onlyPack() throws -> String {
    let names = try #require(try FolderListing.names(in: folder.path + "/images"))
    return folder.path + "/images/" + (try #require(names.first { $0.hasSuffix(".pack") }))
  }

  /// Resizing to one size, as an experiment would.
  private static func resize() throws -> Resize {
    let size = Resolved(
      .list([Resolved(.integer(5), .default), Resolved(.integer(5), .default)]), .default)
    let defaults: OrderedDictionary = [
      "size": size, "interpolation": Resolved(.string("bilinear"), .default),
      "antialias": Resolved(.boolean(true), .default),
    ]
    return try Resize(Arguments(defaults))
  }

  private func resizing() throws -> TransformPipeline {
    let mixed = MixedSizes(
      channels: 1, sizes: Self.sizes.map { MixedSizes.Size(height: $0.height, width: $0.width) })
    return TransformPipeline(try Sizing.plan([Self.resize()], for: mixed), steps: [])
  }

  @Test func everyImageIsDecodedOnce() throws {
    let source = Decoded(Self.sizes)
    let packed = try packed(source)
    let first = try packed.pictures([2, 0, 3])
    #expect(first == (try source.pictures([2, 0, 3])))
    source.reads.withLock { $0 = [] }
    #expect(try packed.pictures([0, 1, 2, 3]) == source.pictures([0, 1, 2, 3]))
    #expect(source.reads.withLock { $0 } == [1, 0, 1, 2, 3])
  }

  @Test func anotherProcessFindsWhatWasDecoded() throws {
    _ = try packed(Decoded(Self.sizes)).pictures([1, 3])
    let source = Decoded(Self.sizes)
    let later = try packed(source)
    #expect(try later.pictures([3, 1]).bytes == source.pictures([3, 1]).bytes)
    #expect(source.reads.withLock { $0 } == [3, 1])
  }

  @Test func leadingTransformsAreApplied() throws {
    let source = Decoded(Self.sizes)
    let pipeline = try resizing()
    let packed = try packed(source, pipeline)
    #expect(packed.schema.image == ImageSize(channels: 1, height: 5, width: 5))
    let all = Array(0..<4)
    let expected = try pipeline.apply(
      source.pictures(all), sampleIndices: all, augmenting: nil)
    for _ in 0..<2 { #expect(try packed.images(all) == expected.bytes) }
    #expect(try packed.images([2, 1]) == Array(expected.bytes[50..<75] + expected.bytes[25..<50]))
  }

  /// Images that are decoded smaller have a pack of their own, and those that are decoded whole keep theirs.
  @Test func imagesThatAreDecodedSmallerHaveTheirOwnPack() throws {
    let exact = try resizing()
    _ = try packed(Decoded(Self.sizes), exact).pictures([0])
    let source = Decoded(Self.sizes)
    let fast = try exact.reducing(for: [Self.resize()])
    _ = try packed(source, fast).pictures([0])
    #expect(source.reads.withLock { $0 } == [0])
    #expect(try store.files.scan().count == 2)
    _ = try packed(source, fast).pictures([0])
    _ = try packed(source, exact).pictures([0])
    #expect(source.reads.withLock { $0 } == [0])
  }

  @Test func otherImagesAndTransformsHaveTheirOwnPacks() throws {
    _ = try packed(Decoded(Self.sizes)).pictures([0])
    _ = try packed(Decoded(Self.sizes, fingerprint: "2")).pictures([0])
    _ = try packed(Decoded(Self.sizes), resizing()).pictures([0])
    #expect(try store.files.scan().count == 3)
  }

  @Test func damagedImagesAreDecodedAgain() throws {
    _ = try packed(Decoded(Self.sizes)).pictures([0, 1, 2, 3])
    let path = try onlyPack()
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let layout = PackLayout(sizes: Self.sizes)
    bytes[layout.range(1).lowerBound + 3] ^= 1
    try Data(bytes).write(to: URL(filePath: path))
    let source = Decoded(Self.sizes)
    let packed = try packed(source)
    let expected = try Decoded(Self.sizes).pictures([0, 1, 2, 3])
    #expect(try packed.pictures([0, 1, 2, 3]) == expected)
    #expect(source.reads.withLock { $0 } == [1])
    #expect(try self.packed(Decoded(Self.sizes)).pictures([1]).bytes == packed.pictures([1]).bytes)
  }

  @Test(arguments: [0, 10, 4096, 4100, 8192, 8200])
  func aPackThatWasCutIsBegunAgain(_ size: Int) throws {
    _ = try packed(Decoded(Self.sizes)).pictures([0, 1, 2, 3])
    #expect(truncate(try onlyPack(), off_t(size)) == 0)
    let packed = try packed(Decoded(Self.sizes))
    #expect(try packed.pictures([3, 0]) == Decoded(Self.sizes).pictures([3, 0]))
  }

  /// Also while it is in use.
  @Test func aPackThatIsCutMeanwhileIsNoFailure() throws {
    let packed = try packed(Decoded(Self.sizes))
    _ = try packed.pictures([0, 1, 2, 3])
    #expect(truncate(try onlyPack(), 5000) == 0)
    #expect(try packed.pictures([2, 1]) == Decoded(Self.sizes).pictures([2, 1]))
  }

  @Test func theLimitIsKept() throws {
    let small = PackStore(folder: folder.path + "/images", limit: 9000)
    #expect(throws: PackStoreError.self) {
      _ = try packed(
        Decoded(Array(repeating: ImageSize(channels: 1, height: 50, width: 50), count: 4)),
        in: small)
    }
    // In use, the first cannot be removed; afterwards it makes room.
    do {
      let first = try packed(Decoded(Self.sizes), in: small)
      #expect(throws: PackStoreError.self) {
        _ = try packed(Decoded(Self.sizes, fingerprint: "2"), in: small)
      }
      withExtendedLifetime(first) {}
    }
    _ = try packed(Decoded(Self.sizes, fingerprint: "2"), in: small)
    #expect(try small.files.scan().count == 1)
  }
}
