import FeatureCache
import Foundation
import TestSupport
import Testing

/// Whatever becomes of a file, wrong values are never given out.
struct DamageTests {
  private let a = Fixture.key("a")
  private let b = Fixture.key("b")

  @Test func aFlippedBitIsFoundEverywhere() throws {
    let fixture = try Fixture()
    // Four chunks: hashes from 4096 to 4224, rows up to the end.
    let whole = try {
      try fixture.fill(a); return try fixture.bytes(a + ".features")
    }()
    #expect(whole.count == 4096 + 4 * 32 + 1000 * 8 * 4)
    var positions = Array(stride(from: 0, to: whole.count, by: 397))
    positions += [
      7, 8, 15, 16, 39, 40, 71, 72, 4063, 4064, 4095, 4096, 4223, 4224, whole.count - 1,
    ]
    for position in positions {
      var bytes = whole
      bytes[position] ^= 1 << UInt8(position % 8)
      try fixture.write(bytes, a + ".features")
      var problems: [String] = []
      #expect(try fixture.store.entry(key: a) { problems.append($0) } == nil, "\(position)")
      #expect(problems.count == 1)
      #expect(try fixture.names() == [])
    }
    #expect(try fixture.fill(a).computed == 1000)
  }

  @Test func truncationAndGrowthAreFound() throws {
    let fixture = try Fixture()
    try fixture.fill(a)
    let whole = try fixture.bytes(a + ".features")
    for count in [0, 1, 100, 4095, 4096, 4100, 4224, 20_000, whole.count - 1, whole.count + 1] {
      try fixture.write(Array((whole + [0]).prefix(count)), a + ".features")
      var problems: [String] = []
      let found = try fixture.fill(a) { problems.append($0) }
      #expect(found.computed == 1000, "\(count)")
      expectValues(found.matrix)
      #expect(problems.count == 1)
    }
  }

  @Test func theEntryOfAnotherKeyIsRefused() throws {
    let fixture = try Fixture()
    try fixture.fill(a)
    try fixture.write(try fixture.bytes(a + ".features"), b + ".features")
    #expect(try fixture.store.entry(key: b) == nil)
    expectValues(try fixture.store.entry(key: a))
  }

  @Test func anotherShapeIsRefused() throws {
    let fixture = try Fixture()
    try fixture.fill(a)
    #expect(throws: FeatureStoreError.self) { try fixture.fill(a, rows: 999) }
    expectValues(try fixture.store.entry(key: a))
  }

  /// What was computed before `compute` failed at row 512.
  private func partial(_ fixture: Fixture) throws -> [UInt8] {
    struct Ended: Error {}
    #expect(throws: Ended.self) {
      try fixture.store.fill(
        key: a, rows: 1000, width: 8, description: Fixture.description
      ) { range in
        if range.lowerBound == 512 { throw Ended() }
        return Fixture.values(range, 8)
      }
    }
    #expect(try fixture.names() == [a + ".partial"])
    return try fixture.bytes(a + ".partial")
  }

  @Test func anEndedFillIsContinued() throws {
    let fixture = try Fixture()
    _ = try partial(fixture)
    #expect(try fixture.store.entry(key: a) == nil)
    let found = try fixture.fill(a)
    #expect(found.computed == 1000 - 512)
    expectValues(found.matrix)
    #expect(try fixture.names() == [a + ".features"])
    let other = try Fixture()
    try other.fill(a)
    // The file is the same one, but for the moment when it was begun.
    #expect(
      try Array(other.bytes(a + ".features")[4096...])
        == Array(fixture.bytes(a + ".features")[4096...]))
  }

  @Test func damagedPartsAloneAreComputedAgain() throws {
    let fixture = try Fixture()
    let begun = try partial(fixture)
    for position in [4096, 4128, 4224, 4224 + 256 * 32] {
      var bytes = begun
      bytes[position] ^= 4
      try fixture.write(bytes, a + ".partial")
      var problems: [String] = []
      let found = try fixture.fill(a) { problems.append($0) }
      #expect(found.computed == 1000 - 256)
      #expect(problems.count == 1)
      expectValues(found.matrix)
      try FileManager.default.removeItem(atPath: fixture.path(a + ".features"))
    }
  }

  @Test func aPartialFileThatIsNoneIsBegunAnew() throws {
    let fixture = try Fixture()
    let begun = try partial(fixture)
    var wrongHeader = begun
    wrongHeader[20] ^= 1
    for bytes in [[], [1, 2, 3], Array(begun.dropLast()), begun + [0], wrongHeader] {
      try fixture.write(bytes, a + ".partial")
      let found = try fixture.fill(a)
      #expect(found.computed == 1000)
      expectValues(found.matrix)
      try FileManager.default.removeItem(atPath: fixture.path(a + ".features"))
    }
    try fixture.write(begun, a + ".partial")
    #expect(try fixture.fill(a, rows: 300, width: 5).computed == 300)
  }

  @Test func aCompleteFileMakesThePartialOneNeedless() throws {
    let fixture = try Fixture()
    let begun = try partial(fixture)
    try fixture.fill(a)
    try fixture.write(begun, a + ".partial")
    #expect(try fixture.fill(a).computed == 0)
  }
}
