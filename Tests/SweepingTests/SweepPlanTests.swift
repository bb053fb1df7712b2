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
}
