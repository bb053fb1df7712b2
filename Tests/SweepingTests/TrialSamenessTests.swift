import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Sweeping
import TestSupport
import Testing

/// Two trials are the same only if their identities would be: what lies at a path is part of them.
@Suite struct TrialSamenessTests {
  private static let yaml = """
    name: net
    data:
      dataset: {idx: {folder: a, classes: 4, height: 8, width: 8}}
      split: {folds: 2}
    model: [flatten, linear: 4]

    """

  private func plan(
    _ folder: TemporaryFolder, _ arguments: [String], strategy: String? = nil,
    change: (inout SweepRequest.Options) -> Void = { _ in }
  ) throws -> SweepPlan {
    let path = folder.path + "/net.yaml"
    try folder.write(Array(Self.yaml.utf8), "net.yaml")
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 2)
    let source = try loader.source(path)
    var options = SweepRequest.Options()
    options.strategy = strategy
    change(&options)
    let request = try SweepRequest(arguments, options: options, source: source, loader: loader)
    return try SweepPlan(
      request, experiment: path, source: source, command: [], environment: [:],
      processors: 2, runs: folder.path + "/runs", isNew: false)
  }

  @Test func foldersAndGroups() throws {
    let folder = try TemporaryFolder()
    for name in ["g1", "g2"] { try folder.write(Array("1\n2\n".utf8), name) }
    let folders = try plan(folder, ["folder=[/x/a,/x/b]"])
    #expect(folders.file.trials.count == 2)
    #expect(folders.notes.isEmpty)
    // Where files lie does not change the names of directories.
    #expect(Set(folders.file.trials.map(\.hash)).count == 1)
    #expect(Set(folders.file.trials.map(\.directory)).count == 2)
    let groups = try plan(
      folder, ["+data.split.groups=[\(folder.path)/g1,\(folder.path)/g2]"])
    #expect(groups.file.trials.count == 2)
    let zipped = try plan(folder, ["zip(folder=[/x/a,/x/b],seed=[1,1])"])
    #expect(zipped.file.trials.count == 2)
    // Two spellings of one place, and two of one number.
    let same = try plan(folder, ["folder=[/x/a,/x/./b/../a]", "seed=[1,1]"])
    #expect(same.file.trials.count == 1)
    #expect(same.notes.first?.contains("3 combinations are left out") == true)
  }

  @Test func theKeyHoldsWhatTheHashLeavesOut() throws {
    let folder = try TemporaryFolder()
    let trial = try plan(folder, ["folder=[/x/a,/x/b]"]).planner
    let diagnostics = DiagnosticCollector()
    let first = try #require(trial.plan(1, ["/x/a"], into: diagnostics))
    let second = try #require(trial.plan(2, ["/x/b"], into: diagnostics))
    #expect(first.hash == second.hash)
    #expect(first.key != second.key)
    #expect(try first.wants() != second.wants())
  }

  /// A sweep that was begun by an earlier call, in which values were written otherwise.
  @Test func continuing() throws {
    let folder = try TemporaryFolder()
    let first = try plan(folder, ["folder=[/x/a,/x/b]", "seed=[1]"])
    let directory = try SweepDirectory.create(
      in: folder.path + "/runs", name: "net", hash: first.identity)
    try directory.write(first.file)
    for trial in first.file.trials {
      try directory.trial(trial).write("{}", to: "run.json")
    }
    let later = try plan(folder, ["folder=[/x/a/../a,/x/b,/x/c]", "seed=[1]"])
    #expect(later.directory?.path == directory.path)
    #expect(later.file.trials.map(\.values) == [["/x/a", "1"], ["/x/b", "1"], ["/x/c", "1"]])
  }

  @Test func scoresOnDifferentDataAreNotCompared() throws {
    let folder = try TemporaryFolder()
    func failure(_ strategy: String) -> String {
      do {
        _ = try plan(folder, ["folder=[/x/a,/x/b]"], strategy: strategy) { $0.maxTrials = 2 }
        return "nothing is wrong"
      } catch {
        return (error as? InputError)?.diagnostics.first?.message ?? "\(error)"
      }
    }
    #expect(failure("grid") == "nothing is wrong")
    #expect(failure("random") == "nothing is wrong")
    for strategy in ["tpe", "halving", "asha"] {
      #expect(failure(strategy).contains("these have different data"), "\(strategy)")
    }
  }

  @Test func theFirstComparisonComesBeforeTheEnd() throws {
    let folder = try TemporaryFolder()
    func plan(_ minEpochs: Int, _ epochs: Int) throws -> SweepPlan {
      try self.plan(
        folder, ["lr=[1,2,3]", "epochs=\(epochs)", "split={validation: 0.2}"], strategy: "halving"
      ) { $0.minEpochs = minEpochs }
    }
    #expect(throws: InputError.self) { try plan(4, 3) }
    #expect(throws: InputError.self) { try plan(2, 1) }
    #expect(try plan(3, 3).notes.contains { $0.contains("stops no trial") })
    #expect(try plan(2, 3).notes.isEmpty)
  }
}
