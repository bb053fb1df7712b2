import FeatureCache
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

struct FeatureStoreTests {
  private let a = Fixture.key("a")

  @Test func whatWasFilledIsFound() throws {
    let fixture = try Fixture()
    #expect(try fixture.store.entry(key: a) == nil)
    #expect(try fixture.store.list() == [])
    var progress: [Int] = []
    let matrix = try fixture.store.fill(
      key: a, rows: 1000, width: 8, description: Fixture.description,
      progress: { progress.append($0) }
    ) { Fixture.values($0, 8) }
    #expect(progress == [0, 256, 512, 768, 1000])
    expectValues(matrix)
    expectValues(try fixture.store.entry(key: a))
    let again = try fixture.fill(a)
    #expect(again.computed == 0)
    expectValues(again.matrix)
    #expect(try fixture.names() == [a + ".features"])
  }

  @Test(arguments: [(1, 1), (256, 3), (257, 1), (3, 100_000), (40, 120_000)])
  func everyShapeWorks(rows: Int, width: Int) throws {
    let fixture = try Fixture()
    try fixture.fill(a, rows: rows, width: width)
    expectValues(try fixture.store.entry(key: a), rows, width)
  }

  @Test func rowsAreGathered() throws {
    let fixture = try Fixture()
    let matrix = try fixture.fill(a).matrix
    let rows = [999, 0, 500, 500]
    var values = [Float](repeating: -1, count: 4 * 8)
    try values.withUnsafeMutableBufferPointer { try matrix.gather(rows, into: $0) }
    #expect(values == rows.flatMap { Fixture.values($0..<$0 + 1, 8) })
    #expect(try matrix.row(7) == Fixture.values(7..<8, 8))
    for row in [-1, 1000, .max, .min] {
      #expect(throws: FeatureStoreError.wrongRow(row, rows: 1000)) {
        try values.withUnsafeMutableBufferPointer { try matrix.gather([0, 1, 2, row], into: $0) }
      }
      #expect(throws: FeatureStoreError.wrongRow(row, rows: 1000)) { try matrix.row(row) }
    }
    #expect(throws: FeatureStoreError.wrongBuffer(expected: 24, found: 32)) {
      try values.withUnsafeMutableBufferPointer { try matrix.gather([0, 1, 2], into: $0) }
    }
    try matrix.gather([], into: UnsafeMutableBufferPointer(start: nil, count: 0))
  }

  @Test func aRemovedFileStaysReadable() throws {
    let fixture = try Fixture()
    let matrix = try fixture.fill(a).matrix
    try FileManager.default.removeItem(atPath: fixture.path(a + ".features"))
    expectValues(matrix)
    #expect(try fixture.store.entry(key: a) == nil)
    #expect(try fixture.fill(a).computed == 1000)
    expectValues(matrix)
  }

  @Test func wrongArgumentsAreRefused() throws {
    let fixture = try Fixture()
    for key in [
      "", "abc", Fixture.key("A"), Fixture.key("g"), "../" + Fixture.key("a").dropFirst(3),
    ] {
      #expect(throws: FeatureStoreError.wrongKey(key)) { try fixture.store.entry(key: key) }
      #expect(throws: FeatureStoreError.wrongKey(key)) { try fixture.fill(key) }
    }
    for (rows, width) in [(0, 1), (1, 0), (-1, 1), (1 << 32, 1 << 32), (.max, .max)] {
      #expect(throws: FeatureStoreError.wrongShape(rows: rows, width: width)) {
        try fixture.fill(a, rows: rows, width: width)
      }
    }
    let wrongCount = FeatureStoreError.wrongCount(rows: 0..<5, expected: 10, found: 3)
    #expect(!wrongCount.allowsGoingOn)
    #expect(throws: wrongCount) {
      try fixture.store.fill(
        key: a, rows: 5, width: 2, description: Fixture.description
      ) { _ in [1, 2, 3] }
    }
  }

  @Test func anUnusableFolderIsSaid() throws {
    let fixture = try Fixture()
    let file = try fixture.folder.write([], "file")
    let store = FeatureStore(folder: file + "/below", limit: 1 << 30)
    #expect {
      try fixture.fill(a, in: store)
    } throws: { ($0 as? FeatureStoreError)?.allowsGoingOn == true }
    #expect {
      try fixture.fill(a, in: FeatureStore(folder: "/proc/features", limit: 1 << 30))
    } throws: { ($0 as? FeatureStoreError)?.allowsGoingOn == true }
  }

  @Test func aLinkIsNotFollowed() throws {
    let fixture = try Fixture()
    let target = try fixture.folder.write([1, 2, 3], "target")
    try fixture.fill(a)
    for kind in ["features", "partial"] {
      let link = fixture.path(Fixture.key("b") + "." + kind)
      #expect(symlink(target, link) == 0)
      #expect(throws: FeatureStoreError.self) { try fixture.fill(Fixture.key("b")) }
      #expect(try fixture.folder.read("target") == [1, 2, 3])
      unlink(link)
    }
  }

  @Test func sixtyFourOpenersAtATime() async throws {
    let fixture = try Fixture()
    try fixture.fill(a)
    let store = fixture.store
    let key = a
    let matrices = Mutex<[FeatureMatrix]>([])
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      if let matrix = try? store.entry(key: key) { matrices.withLock { $0.append(matrix) } }
    }
    #expect(matrices.withLock { $0.count } == 64)
    for matrix in matrices.withLock({ $0 }) { expectValues(matrix) }
    #expect(try store.clear().inUse.count == 1)
    matrices.withLock { $0 = [] }
    #expect(try store.clear().removed.count == 1)
  }

  @Test func limitsAreRead() throws {
    #expect(try CacheLimit.bytes([:]) == 20_000_000_000)
    #expect(try CacheLimit.bytes(["RUNNER_CACHE_LIMIT": ""]) == 20_000_000_000)
    for (text, bytes) in [
      ("20GB", 20_000_000_000), ("500MB", 500_000_000), ("1.5tb", 1_500_000_000_000), ("0", 0),
      ("12", 12), ("2 GiB", 2 << 30), ("3kib", 3072), ("7B", 7), ("9 kb", 9000),
    ] { #expect(try CacheLimit.bytes(["RUNNER_CACHE_LIMIT": text]) == bytes, "\(text)") }
    for text in [
      "GB", "-1GB", "1e3", "0x10", "1.", ".5", "1..2", "nan", "20 G B", "99999999TB", "٣",
    ] {
      #expect(
        throws: FileError(
          path: "RUNNER_CACHE_LIMIT", reason: "'\(text)' is not a size such as 20GB or 500MB")
      ) { try CacheLimit.bytes(["RUNNER_CACHE_LIMIT": text]) }
    }
    for (bytes, text) in [
      (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (9994, "9.99 kB"), (9996, "10.0 kB"),
      (99_960, "100 kB"), (999_400, "999 kB"), (999_600, "1.00 MB"), (20_000_000_000, "20.0 GB"),
    ] { #expect(ByteCount.text(bytes) == text) }
  }
}
