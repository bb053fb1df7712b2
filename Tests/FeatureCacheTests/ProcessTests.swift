import FeatureCache
import Foundation
import Synchronization
import TestSupport
import Testing

/// Several processes, some of which are killed.
struct ProcessTests {
  private let a = Fixture.key("a")

  private func probe(_ fixture: Fixture, microseconds: Int) throws -> Probe {
    try Probe(["fill", fixture.store.folder, a, "2000", "8", String(microseconds)])
  }

  @Test func oneComputesAndTheOthersWait() throws {
    let fixture = try Fixture()
    let first = try probe(fixture, microseconds: 100_000)
    #expect(first.line() == "computing 0")
    let others = try (0..<3).map { _ in try probe(fixture, microseconds: 0) }
    for other in others { #expect(other.rest() == ["waiting", "done 2000"]) }
    #expect(first.rest().last == "done 2000")
    expectValues(try fixture.store.entry(key: a), 2000)
    #expect(try fixture.names() == [a + ".features"])
  }

  @Test func whoWaitsSeesTheProgressOfTheOther() throws {
    let fixture = try Fixture()
    let first = try probe(fixture, microseconds: 150_000)
    #expect(first.line() == "computing 0")
    var progress: [Int] = []
    _ = try fixture.store.fill(
      key: a, rows: 2000, width: 8, description: Fixture.description,
      progress: { progress.append($0) }
    ) { range in
      Issue.record("computed \(range)")
      return Fixture.values(range, 8)
    }
    #expect(progress == progress.sorted())
    #expect(Set(progress).count > 3)
  }

  @Test func aKilledFillIsContinued() throws {
    let fixture = try Fixture()
    let first = try probe(fixture, microseconds: 20_000)
    while let line = first.line(), line != "computing 1024" {}
    first.kill()
    #expect(try fixture.store.list().map(\.isPartial) == [true])
    #expect(try fixture.store.list().map(\.isInUse) == [false])
    let second = try probe(fixture, microseconds: 0)
    #expect(
      second.rest() == [
        "computing 1024", "computing 1280", "computing 1536", "computing 1792", "done 2000",
      ])
    expectValues(try fixture.store.entry(key: a), 2000)
  }

  @Test func whoWaitsTakesOverFromAKilledOne() throws {
    let fixture = try Fixture()
    let first = try probe(fixture, microseconds: 50_000)
    #expect(first.line() == "computing 0")
    let second = try probe(fixture, microseconds: 0)
    #expect(second.line() == "waiting")
    first.kill()
    let lines = second.rest()
    #expect(lines.last == "done 2000")
    #expect(lines.count > 1)
    expectValues(try fixture.store.entry(key: a), 2000)
  }

  @Test func killedAtAnyMomentNothingWrongIsFound() throws {
    let fixture = try Fixture()
    for round in 0..<30 {
      let probe = try probe(fixture, microseconds: 300)
      usleep(UInt32(round) * 700)
      probe.kill()
      if let matrix = try fixture.store.entry(key: a) {
        expectValues(matrix, 2000)
        #expect(try fixture.store.clear().removed.isEmpty)
      }
      if round % 5 == 4 { _ = try fixture.store.clear() }
    }
    try fixture.fill(a, rows: 2000)
    expectValues(try fixture.store.entry(key: a), 2000)
  }

  /// Threads that fill, open and clear the same few entries, with room for two of the three.
  @Test func fillingOpeningAndClearingTogether() throws {
    let fixture = try Fixture(limit: 2 * (4096 + 4 * 32 + 32_000))
    let store = fixture.store
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 6) { thread in
      for round in 0..<40 {
        let key = Fixture.key(["a", "b", "c"][(thread + round) % 3])
        do {
          if thread == 5 {
            _ = try store.clear()
            continue
          }
          let matrix = try store.fill(
            key: key, rows: 1000, width: 8, description: Fixture.description,
            onProblem: { problem in failures.withLock { $0.append(problem) } }
          ) { Fixture.values($0, 8) }
          let agrees = matrix.withValues { $0.elementsEqual(Fixture.values(0..<1000, 8)) }
          if !agrees { failures.withLock { $0.append("wrong values") } }
        } catch let error as FeatureStoreError where error.allowsGoingOn {
          if case .noRoom = error { continue }
          failures.withLock { $0.append("\(error)") }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(failures.withLock { $0 } == [])
  }
}
