import ReaderFuzzing
import TestSupport
import Testing

/// Damaged files give an error with a place or a sound result, and nothing else. `RUNNER_FUZZ` says how many inputs
/// each reader is given.
struct ReaderFuzzTests {
  @Test(arguments: FuzzedReaders.all)
  func damageIsRefusedOrHarmless(_ reader: FuzzedReader) throws {
    let run = try FuzzRun(reader)
    #expect(run.failures == [])
    if FuzzRun.count >= 1000 {
      #expect(run.accepted > 0)
      #expect(run.refused > 0)
    }
    if FuzzRun.isLong {
      print("\(reader): \(run.accepted) accepted, \(run.refused) refused, slowest \(run.slowest) s")
    }
  }

  @Test(arguments: FuzzedReaders.all)
  func undamagedFilesAreRead(_ reader: FuzzedReader) throws {
    let folder = try TemporaryFolder()
    let seeds = try reader.seeds()
    #expect(seeds.count > 1)
    for (number, seed) in seeds.enumerated() {
      let whole = reader.repair?(seed) ?? seed
      let path = try folder.write(whole, "\(number)")
      let isAccepted = try reader.accepts(whole, at: path)
      #expect(isAccepted, "seed \(number)")
    }
  }
}
