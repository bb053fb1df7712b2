import ComparisonFixtures
import RunRecord
import TestSupport

@testable import Comparison

/// Two synthetic runs in a folder of their own.
struct Pair {
  let folder: TemporaryFolder
  let a: RunDirectory
  let b: RunDirectory

  init(_ a: SyntheticRun = SyntheticRun(), _ b: SyntheticRun = SyntheticRun()) throws {
    folder = try TemporaryFolder()
    self.a = try a.write(folder.path, "a")
    self.b = try b.write(folder.path, "b")
  }

  var diff: RunDiff { RunDiff(a, b) }

  static func diff(_ change: (inout SyntheticRun) -> Void) throws -> RunDiff {
    var other = SyntheticRun()
    change(&other)
    return try Pair(SyntheticRun(), other).diff
  }
}
