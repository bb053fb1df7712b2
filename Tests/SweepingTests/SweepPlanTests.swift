import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Sweeping
import TestSupport
import Testing
import WorkerProtocol

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

  /// 60,000 training examples, of which 12,000 are validated on, and 10,000 for the test.
  @Test func timeFollowsFromTimedSteps() throws {
    let folder = try TemporaryFolder()
    let examples = TrialWork.Examples(train: 60_000, test: 10_000)
    func seconds(
      _ arguments: [String], strategy: String? = nil, left: Int, jobs: Int
    ) throws -> Double? {
      let plan = try plan(folder, arguments, strategy: strategy)
      var estimate = SweepEstimate(plan, directory: nil, runs: folder.path + "/runs")
      #expect(estimate.seconds(plan, left: left, jobs: jobs) == nil)
      let timing = StepTiming(step: 0.064, evaluation: 1e-4, feature: 1e-3)
      estimate.use(timing, in: plan, examples)
      #expect(estimate.basis == .timed(timing))
      return estimate.seconds(plan, left: left, jobs: jobs).map { ($0 * 1e6).rounded() / 1e6 }
    }
    // 48,000 examples an epoch; after each epoch and with the best weights 12,000 evaluations.
    let one = 480 + 13.2 + 1 + 2
    #expect(try seconds(["lr=[1,2,3]", "epochs=10"], left: 3, jobs: 1) == 3 * one)
    #expect(try seconds(["lr=[1,2,3]", "epochs=10"], left: 3, jobs: 2) == 2 * one)
    // The mean of what the trials do, in as many steps as it takes.
    let two = 960 + 25.2 + 1 + 2
    #expect(try seconds(["epochs=[10,20]"], left: 2, jobs: 1) == one + two)
    #expect(try seconds(["batch_size=[64,128]", "epochs=10"], left: 2, jobs: 2) == one)
    // A batch of all that there are.
    #expect(
      try seconds(["batch_size=[96000]", "epochs=10"], left: 1, jobs: 1)
        == 10 * 0.064 + 13.2 + 1 + 2)
    #expect(
      try seconds(["lr=[1,2]", "epochs=10", "+train.max_steps=750"], left: 1, jobs: 1)
        == 48 + 2.4 + 1 + 2)
    let folds = try seconds(["lr=[1,2]", "epochs=10", "split={folds: 5}"], left: 1, jobs: 1)
    #expect(folds == 5 * (one - 2) + 2)
    // Nine trials for 1 epoch, three for 3, one for 9: 21 of 81.
    let halving = try seconds(
      ["lr=[1,2,3,4,5,6,7,8,9]", "epochs=9"], strategy: "halving", left: 9, jobs: 1)
    #expect(halving == ((432 + 12 + 1 + 2) * 21.0 / 9 * 1e6).rounded() / 1e6)
    // Frozen layers: 70,000 images once, and no FLOPs of theirs in a step.
    let frozen = [
      "model=[flatten, {linear: 20}, relu, {linear: 10}]", "+freeze=backbone", "epochs=10",
    ]
    #expect(try seconds(frozen + ["lr=[1,2]"], left: 2, jobs: 2) == one + 70)
    #expect(try seconds(frozen + ["lr=[1,2]", "cache=false"], left: 2, jobs: 2) == one)
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
