import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Sweeping
import TestSupport
import Testing

@Suite struct SweepPlanTests {
  private static let yaml = """
    name: net
    data: {dataset: digits, split: {validation: 0.2}}
    model: [flatten, linear: 10]
    optimizer: {adam: {lr: "${env:NET_LR,1e-3}"}}

    """

  private func plan(
    _ folder: TemporaryFolder, _ arguments: [String], strategy: String? = nil,
    _ environment: [String: String] = [:]
  ) throws -> SweepPlan {
    let path = folder.path + "/net.yaml"
    try folder.write(Array(Self.yaml.utf8), "net.yaml")
    let loader = ExperimentLoader(catalog: .standard, environment: environment, processors: 2)
    let source = try loader.source(path)
    var options = SweepRequest.Options()
    options.strategy = strategy
    let request = try SweepRequest(arguments, options: options, source: source, loader: loader)
    return try SweepPlan(
      request, experiment: path, source: source, command: [], environment: environment,
      processors: 2, runs: folder.path + "/runs", isNew: false)
  }

  /// The epochs of one training are compared; a run of several has none of its own.
  @Test(arguments: ["halving", "asha"])
  func foldsAndSeedsAreNotStoppedEarly(_ strategy: String) throws {
    let folder = try TemporaryFolder()
    func failure(_ arguments: [String]) -> Diagnostic? {
      do {
        _ = try plan(folder, ["lr=[1,2,3]", "epochs=9"] + arguments, strategy: strategy)
        return nil
      } catch {
        return (error as? InputError)?.diagnostics.first
      }
    }
    #expect(failure([]) == nil)
    let folds = try #require(failure(["split={folds: 2}"]))
    #expect(folds.message.contains("\(strategy) compares the epochs of one training"))
    #expect(folds.message.contains("has 2 folds"))
    #expect(folds.hint?.contains("grid, random and tpe") == true)
    #expect(folds.range?.file.kind == .commandLine)
    #expect(failure(["seeds=3"])?.message.contains("has 3 seeds") == true)
    // One trial with folds is enough.
    #expect(failure(["split=[{validation: 0.2},{folds: 4}]"])?.message.contains("4 folds") == true)
    _ = try plan(folder, ["lr=[1,2,3]", "split={folds: 2}"], strategy: "grid")
  }

  @Test func variablesThatWereNotSetStayAway() throws {
    let folder = try TemporaryFolder()
    let first = try plan(folder, ["batch_size=[8,16]"])
    #expect(first.file.unset == ["NET_LR"])
    let directory = try SweepDirectory.create(
      in: folder.path + "/runs", name: "net", hash: first.identity)
    try directory.write(first.file)
    #expect(try directory.read() == first.file)
    func rate(_ plan: SweepPlan) -> Double? {
      let diagnostics = DiagnosticCollector()
      let trial = plan.planner.plan(1, plan.file.trials[0].values, into: diagnostics)
      return try? trial?.plan.loaded.resolved["optimizer"]?["lr"]?.number()
    }
    #expect(rate(first) == 1e-3)
    // It counts as begun.
    let run = directory.trial(first.file.trials[0])
    try AtomicFile.createFolder(run.path)
    try run.write("{}", to: "run.json")
    let later = try plan(folder, ["batch_size=[8,16,32]"], ["NET_LR": "0.5"])
    #expect(later.directory?.path == directory.path)
    #expect(rate(later) == 1e-3)
    // A plan of before this was recorded.
    var old = first.file
    old.unset = nil
    try directory.write(old)
    #expect(try directory.read() == old)
    #expect(rate(try plan(folder, ["batch_size=[8,16,32]"], ["NET_LR": "0.5"])) == 0.5)
  }
}
