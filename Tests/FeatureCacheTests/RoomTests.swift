import FeatureCache
import Foundation
import Glibc
import TestSupport
import Testing

/// The limit, what is removed for it, and what is not.
struct RoomTests {
  private let a = Fixture.key("a")
  private let b = Fixture.key("b")
  private let c = Fixture.key("c")
  private let d = Fixture.key("d")
  /// The bytes of an entry of 1000 × 8.
  private let size = 4096 + 4 * 32 + 32_000

  @Test func theLeastRecentlyUsedGoesFirst() throws {
    let fixture = try Fixture(limit: 3 * size)
    for key in [a, b, c] { try fixture.fill(key) }
    try fixture.setUse(a + ".features", 1000)
    try fixture.setUse(b + ".features", 2000)
    try fixture.setUse(c + ".features", 3000)
    #expect(try fixture.store.list().map(\.key) == [c, b, a])
    expectValues(try fixture.store.entry(key: a))
    #expect(try fixture.store.list().map(\.key) == [a, c, b])
    try fixture.fill(d)
    #expect(try fixture.names() == [a, c, d].map { $0 + ".features" })
    try fixture.fill(b, rows: 2000)
    #expect(try Set(fixture.names()).isDisjoint(with: [c + ".features"]))
    #expect(try fixture.store.list().reduce(0) { $0 + $1.bytes } <= 3 * size)
  }

  @Test func whatIsInUseStays() throws {
    let fixture = try Fixture(limit: 2 * size)
    let used = try fixture.fill(a).matrix
    try fixture.fill(b)
    try fixture.setUse(a + ".features", 1000)
    try fixture.setUse(b + ".features", 2000)
    try fixture.fill(c)
    #expect(try fixture.names() == [a, c].map { $0 + ".features" })
    let error = FeatureStoreError.noRoom(bytes: 2 * size - 4096, inUse: size, limit: 2 * size)
    #expect(error.allowsGoingOn)
    // Nothing is removed for an entry that would not fit all the same.
    #expect(throws: error) { try fixture.fill(d, rows: 2000 - 0, width: 8) }
    #expect(try fixture.names() == [a, c].map { $0 + ".features" })
    expectValues(used)
  }

  @Test func whatAnotherProcessUsesStays() throws {
    let fixture = try Fixture(limit: size)
    try fixture.fill(a)
    let probe = try Probe(["hold", fixture.store.folder, a])
    #expect(probe.line() == "open")
    #expect(throws: FeatureStoreError.noRoom(bytes: size, inUse: size, limit: size)) {
      try fixture.fill(b)
    }
    #expect(try fixture.store.list().map(\.isInUse) == [true])
    #expect(try fixture.store.clear().inUse.map(\.key) == [a])
    try probe.endInput()
    #expect(try fixture.store.list().map(\.isInUse) == [false])
    try fixture.fill(b)
    #expect(try fixture.names() == [b + ".features"])
  }

  @Test func anEntryAboveTheLimitIsRefused() throws {
    let fixture = try Fixture(limit: size - 1)
    let error = FeatureStoreError.largerThanLimit(bytes: size, limit: size - 1)
    #expect(error.allowsGoingOn)
    #expect(throws: error) { try fixture.fill(a) }
    #expect(!FileManager.default.fileExists(atPath: fixture.store.folder))
    try fixture.fill(a, rows: 999)
  }

  @Test func aPartialFileTakesItsWholeRoomAndGoesWhenIdle() throws {
    struct Ended: Error {}
    let fixture = try Fixture(limit: size)
    #expect(throws: Ended.self) {
      try fixture.store.fill(
        key: a, rows: 1000, width: 8, description: Fixture.description
      ) { _ in
        #expect(throws: FeatureStoreError.noRoom(bytes: size, inUse: size, limit: size)) {
          try fixture.fill(b)
        }
        throw Ended()
      }
    }
    let partial = try fixture.store.list()
    #expect(partial.map(\.isPartial) == [true])
    #expect(partial.map(\.bytes) == [size])
    try fixture.fill(b)
    #expect(try fixture.names() == [b + ".features"])
  }

  @Test func aContinuedFillKeepsToALoweredLimit() throws {
    struct Ended: Error {}
    let fixture = try Fixture()
    try fixture.fill(b)
    #expect(throws: Ended.self) {
      try fixture.store.fill(
        key: a, rows: 1000, width: 8, description: Fixture.description
      ) { range in
        if range.lowerBound > 0 { throw Ended() }
        return Fixture.values(range, 8)
      }
    }
    let lower = FeatureStore(folder: fixture.store.folder, limit: size)
    let used = try fixture.store.entry(key: b)
    #expect(throws: FeatureStoreError.noRoom(bytes: size, inUse: size, limit: size)) {
      try fixture.fill(a, in: lower)
    }
    withExtendedLifetime(used) {}
    #expect(try fixture.names() == [a + ".partial", b + ".features"])
    #expect(try FeatureStore(folder: fixture.store.folder, limit: 2 * size).list().count == 2)
  }

  @Test func aFullDiskLeavesNothingBehind() throws {
    let fixture = try Fixture()
    // Only the superuser can have a small disk made; for others this is not tested.
    let disk = fixture.folder.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    guard mount("tmpfs", disk, "tmpfs", 0, "size=64k") == 0 else { return }
    defer { umount2(disk, Int32(MNT_DETACH)) }
    let store = FeatureStore(folder: disk + "/features", limit: 1 << 30)
    try fixture.fill(a, in: store)
    #expect(throws: FeatureStoreError.diskFull(path: store.folder, bytes: size)) {
      try fixture.fill(b, in: store)
    }
    #expect(try store.list().map(\.key) == [a])
    expectValues(try store.entry(key: a))
  }

  @Test func listSaysWhatIsThere() throws {
    let fixture = try Fixture()
    let matrix = try fixture.fill(a).matrix
    try fixture.write([1, 2, 3], b + ".features")
    let entries = try fixture.store.list().sorted { $0.key < $1.key }
    #expect(entries.count == 2)
    #expect(entries[0].bytes == size)
    #expect((entries[0].rows, entries[0].width) == (1000, 8))
    #expect(entries[0].description == Fixture.description)
    #expect(entries[0].isInUse && !entries[0].isPartial)
    #expect(abs(Double(entries[0].lastUsed) - Date().timeIntervalSince1970) < 60)
    #expect(entries[0].created.map { abs(Double($0) - Date().timeIntervalSince1970) < 60 } == true)
    #expect(entries[1].description == nil)
    #expect(entries[1].rows == 0)
    withExtendedLifetime(matrix) {}
  }

  @Test func clearLeavesEverythingElseAlone() throws {
    let fixture = try Fixture()
    #expect(try fixture.store.clear().removed.isEmpty)
    try fixture.fill(a)
    let used = try fixture.fill(b).matrix
    try fixture.write([1], "notes.txt")
    try fixture.write([1], "abc.features")
    try fixture.write([1], d + ".features.bak")
    let target = try fixture.folder.write([7], "target")
    #expect(symlink(target, fixture.path(c + ".features")) == 0)
    try FileManager.default.createDirectory(
      atPath: fixture.path(d + ".features"), withIntermediateDirectories: true)
    let result = try fixture.store.clear()
    #expect(result.removed.map(\.key) == [a])
    #expect(result.inUse.map(\.key) == [b])
    #expect(result.freedBytes == size)
    #expect(
      try fixture.names() == [
        "abc.features", b + ".features", c + ".features", d + ".features", d + ".features.bak",
        "notes.txt",
      ])
    expectValues(used)
  }

  @Test func longDescriptionsAreCut() throws {
    let fixture = try Fixture()
    let long = String(repeating: "é", count: 5000)
    _ = try fixture.store.fill(
      key: a, rows: 1, width: 1,
      description: FeatureDescription(dataset: long, model: long, layers: long)
    ) { _ in [1] }
    #expect(try fixture.store.list()[0].description?.layers == String(repeating: "é", count: 500))
  }
}
