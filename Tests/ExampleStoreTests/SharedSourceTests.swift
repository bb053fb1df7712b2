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

/// Inputs of which processes have one copy in memory: the same as the source's, whatever happens to the files.
struct SharedSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Images or vectors that are read at once, and how often they were.
  private final class Source: ExampleSource {
    let schema: DataSchema
    let targets: Targets
    let fingerprint: String
    let reads = Mutex(0)
    private let isBroken: Bool

    init(
      _ input: FieldKind = .image(SharedSourceTests.size), count: Int = 2000,
      fingerprint: String = "1", isBroken: Bool = false
    ) {
      schema = DataSchema(
        inputs: [DataField("input", input)],
        targets: [DataField("label", .category(["a", "b"]))])
      targets = Targets(classes: (0..<count).map { $0 % 2 })
      self.fingerprint = fingerprint
      self.isBroken = isBroken
    }

    var count: Int { targets.count }
    var isReadAtOnce: Bool { true }

    func readAll() throws(DataError) -> ExampleBatch.Column {
      reads.withLock { $0 += 1 }
      if isBroken { throw DataError(path: "input", reason: "is broken") }
      return column(Array(0..<count))
    }

    func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
      batch["input"] = column(indices)
    }

    private func column(_ indices: [Int]) -> ExampleBatch.Column {
      if case .vector(let width) = schema.input.kind {
        return .numbers(
          indices.flatMap { row in (0..<width).map { Float(row) - 0.5 * Float($0) } })
      }
      let pixels = SharedSourceTests.size.count
      return .bytes(
        indices.flatMap { row in
          (0..<pixels).map { UInt8(truncatingIfNeeded: $0 * 7 + row * 31) }
        })
    }
  }

  private static let size = ImageSize(channels: 1, height: 24, width: 25)

  private func store(limit: Int = 1 << 24) -> PackStore {
    PackStore(folder: folder.path + "/images", limit: limit)
  }

  private func shared(
    _ source: Source, _ leading: TransformPipeline? = nil, in store: PackStore? = nil
  ) throws -> SharedSource {
    try #require(
      try SharedSource(source, leading, in: store ?? self.store(), warn: { Issue.record("\($0)") }))
  }

  private func onlyFile() throws -> String {
    let files = try store().files.scan()
    #expect(files.count == 1)
    return folder.path + "/images/" + (try #require(files.first).name)
  }

  private static func batch(
    _ source: any ExampleSource, _ indices: [Int]
  ) throws -> ExampleBatch.Column? {
    var batch = ExampleBatch()
    try source.read(indices, into: &batch)
    return batch["input"]
  }

  @Test(arguments: [FieldKind.image(size), .vector(200)])
  func inputsAreReadOnceForAllProcesses(_ kind: FieldKind) throws {
    let first = Source(kind)
    let shared = try shared(first)
    let later = Source(kind)
    let other = try self.shared(later)
    #expect(first.reads.withLock { $0 } == 1)
    #expect(later.reads.withLock { $0 } == 0)
    let some = [5, 0, 1999, 5]
    #expect(try Self.batch(shared, some) == Self.batch(first, some))
    #expect(try Self.batch(other, some) == Self.batch(first, some))
    let (own, others) = (try #require(shared.sharedColumn), try #require(other.sharedColumn))
    switch try first.readAll() {
    case .bytes(let bytes): #expect(own.bytes.elementsEqual(bytes))
    case .numbers(let numbers):
      numbers.withUnsafeBytes { #expect(own.bytes.elementsEqual($0)) }
    case .pictures: Issue.record("no pictures were read")
    }
    #expect(own.bytes.elementsEqual(others.bytes))
    #expect(shared.targets == first.targets)
    #expect(shared.fingerprint == first.fingerprint)
  }

  @Test func leadingTransformsAreApplied() throws {
    let source = Source()
    let defaults: OrderedDictionary = [
      "size": Resolved(
        .list([Resolved(.integer(30), .default), Resolved(.integer(30), .default)]), .default),
      "interpolation": Resolved(.string("bilinear"), .default),
      "antialias": Resolved(.boolean(true), .default),
    ]
    let mixed = MixedSizes(
      channels: 1, sizes: [MixedSizes.Size(height: Self.size.height, width: Self.size.width)])
    let pipeline = TransformPipeline(
      try Sizing.plan([Resize(Arguments(defaults))], for: mixed), steps: [])
    let resized = try shared(source, pipeline)
    #expect(resized.schema.image == ImageSize(channels: 1, height: 30, width: 30))
    let all = Array(0..<source.count)
    let expected = try pipeline.apply(source.pictures(all), sampleIndices: all, augmenting: nil)
    #expect(try resized.images(all) == expected.bytes)
    #expect(try shared(source).images([3]) == source.images([3]))
    #expect(try store().files.scan().count == 2)
  }

  @Test func theFirstExamplesAreSharedToo() throws {
    let shared = try shared(Source())
    let column = try #require(shared.sharedColumn)
    let first = try #require(shared.prefix(30).sharedColumn)
    #expect(first.bytes.count == 30 * Self.size.count)
    #expect(first.bytes.baseAddress == column.bytes.baseAddress)
    #expect(ExampleSubset(shared, rows: [1, 0]).sharedColumn == nil)
  }

  @Test func smallInputsAndOtherSourcesAreLeftAlone() throws {
    #expect(try SharedSource(Source(count: 1700), in: store(), warn: { _ in }) == nil)
    let subset = ExampleSubset(Source(), rows: Array(0..<1900))
    #expect(try SharedSource(subset, in: store(), warn: { _ in }) == nil)
    #expect(try store().files.scan().isEmpty)
  }

  @Test func otherInputsHaveTheirOwnFiles() throws {
    let first = try shared(Source())
    let second = try shared(Source(fingerprint: "2"))
    #expect(first.sharedColumn?.bytes.baseAddress != second.sharedColumn?.bytes.baseAddress)
    #expect(try store().files.scan().count == 2)
  }

  @Test(arguments: [0, 100, 4096, 5000, -1])
  func aFileThatIsCutOrDamagedIsWrittenAgain(_ size: Int) throws {
    let expected = try Self.batch(shared(Source()), [0, 7])
    let path = try onlyFile()
    if size >= 0 {
      #expect(truncate(path, off_t(size)) == 0)
    } else {
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      bytes[bytes.count - 3] ^= 1
      try Data(bytes).write(to: URL(filePath: path))
    }
    let source = Source()
    #expect(try Self.batch(shared(source), [0, 7]) == expected)
    #expect(source.reads.withLock { $0 } == 1)
    let later = Source()
    #expect(try Self.batch(shared(later), [0, 7]) == expected)
    #expect(later.reads.withLock { $0 } == 0)
  }

  @Test func aBrokenSourceLeavesNoFile() throws {
    #expect(throws: DataError.self) { _ = try shared(Source(isBroken: true)) }
    #expect(try store().files.scan().isEmpty)
  }

  @Test func othersWaitForTheOneThatReads() async throws {
    let source = Source()
    let store = store()
    let expected = try Self.batch(source, [9])
    try await withThrowingTaskGroup(of: ExampleBatch.Column?.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try SharedSource(source, in: store, warn: { Issue.record("\($0)") })
            .flatMap { try Self.batch($0, [9]) }
        }
      }
      for try await found in group { #expect(found == expected) }
    }
    #expect(source.reads.withLock { $0 } == 1)
  }

  @Test func theLimitIsKept() throws {
    let small = store(limit: 2_000_000)
    let warnings = Mutex<[String]>([])
    func sharedIfPossible(_ fingerprint: String, count: Int = 2000) throws -> SharedSource? {
      try SharedSource(Source(count: count, fingerprint: fingerprint), in: small) { text in
        warnings.withLock { $0.append(text) }
      }
    }
    #expect(try sharedIfPossible("large", count: 4000) == nil)
    // In use, the first cannot be removed; afterwards it makes room.
    do {
      let first = try #require(try sharedIfPossible("1"))
      #expect(try sharedIfPossible("2") == nil)
      #expect(warnings.withLock { $0.count } == 2)
      withExtendedLifetime(first) {}
    }
    #expect(try sharedIfPossible("2") != nil)
    #expect(try small.files.scan().count == 1)
    #expect(warnings.withLock { $0.count } == 2)
  }

  @Test func aFolderThatCannotBeUsedIsAWarning() throws {
    let path = folder.path + "/file"
    try Data().write(to: URL(filePath: path))
    let warnings = Mutex<[String]>([])
    let found = try SharedSource(Source(), in: PackStore(folder: path, limit: 1 << 24)) { text in
      warnings.withLock { $0.append(text) }
    }
    #expect(found == nil)
    let warning = try #require(warnings.withLock { $0.first })
    #expect(warning.hasPrefix("inputs are not shared with other processes: "), "\(warning)")
    #expect(warning.contains(path), "\(warning)")
  }
}
