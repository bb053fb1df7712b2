import Diagnostics
import ExperimentConfig
import Planning
import Sweeping
import Testing

@Suite struct SweepRequestTests {
  private static let yaml = """
    name: net
    data: {dataset: digits, split: {validation: 0.2}}
    model:
      - flatten
      - linear: 8
      - dropout: 0.2
        name: drop
      - linear: 10
    optimizer: {adam: {lr: 1e-3}}

    """

  private func request(
    _ arguments: [String], _ more: String = "",
    _ change: (inout SweepRequest.Options) -> Void = { _ in }
  ) throws -> SweepRequest {
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 2)
    var options = SweepRequest.Options()
    change(&options)
    return try SweepRequest(
      arguments, options: options, source: SourceFile(name: "net.yaml", text: Self.yaml + more),
      loader: loader)
  }

  private func failure(
    _ arguments: [String], _ more: String = "",
    _ change: (inout SweepRequest.Options) -> Void = { _ in }
  ) -> String {
    do {
      _ = try request(arguments, more, change)
      return "nothing is wrong"
    } catch let error as InputError {
      return error.diagnostics.map(\.message).joined(separator: "; ")
    } catch {
      return "\(error)"
    }
  }

  @Test func keysHaveTheirPlaceAndType() throws {
    let request = try request([
      "lr=[1e-3,1e-4]", "batch_size=range[16:32:16]", "optimizer=[adam,sgd]", "dropout=0.1,0.2",
      "metrics=[accuracy,f1]", "epochs=3",
    ])
    #expect(
      request.space.keys.map(\.path) == [
        "optimizer.adam.lr", "data.batch_size", "optimizer", "model.drop.dropout",
      ])
    #expect(request.space.keys.map(\.isInteger) == [false, true, false, false])
    #expect(request.space.keys.map(\.isComponent) == [false, false, true, false])
    #expect(request.overrides.map(\.text) == ["metrics=[accuracy,f1]", "epochs=3"])
    // The optimizer is chosen before its learning rate is set.
    let overrides = request.space.overrides(request.space.combination(3), among: request.overrides)
    let choice = try #require(overrides.firstIndex { $0.hasPrefix("optimizer=") })
    let rate = try #require(overrides.firstIndex { $0.hasPrefix("lr=") })
    #expect(choice < rate)
  }

  @Test func listsOfListsOnlyWhereTheSchemaWantsLists() throws {
    let request = try request(["metrics=[[accuracy],[accuracy,f1]]"])
    #expect(request.space.combination(1) == ["[accuracy,f1]"])
    #expect(failure(["metrics=[accuracy,f1]"]).contains("nothing is swept"))
  }

  @Test func theCommandLineComesBeforeTheSection() throws {
    let section = """
      sweep:
        parameters: {lr: [1, 2], batch_size: [8, 16], dropout: "uniform[0:0.5]"}
        max_trials: 5
        objective: accuracy

      """
    let request = try request(["batch_size=64", "lr=[3,4,5]"], section)
    #expect(request.space.keys.map(\.label) == ["lr", "dropout"])
    #expect(request.overrides.map(\.text) == ["batch_size=64"])
    #expect(request.strategy.kind == .random)
    #expect(request.strategy.maxTrials == 5)
    #expect(request.objective == "accuracy")
    #expect(try self.request([], section) { $0.maxTrials = 7 }.strategy.maxTrials == 7)
  }

  @Test func mistakesHavePlaces() {
    #expect(failure(["lr=[1,2]", "optimizer.adam.lr=[3]"]).contains("given twice"))
    #expect(failure(["lrr=[1,2]"]).contains("no key 'lrr'"))
    #expect(failure(["zip(lr=[1,2],batch_size=[1,2,3])"]).contains("lr has 2, batch_size has 3"))
    #expect(failure(["lr=uniform[0:1]"]).contains("needs --max-trials N"))
    #expect(
      failure(["lr=uniform[0:1]"]) { $0.strategy = "grid" }.contains("contain a distribution"))
    #expect(failure(["lr=[1,2]"]) { $0.strategy = "gird" }.contains("takes one of grid"))
    #expect(failure(["lr=linspace[0:1:200]", "seed=range[1:100]"]).contains("20,000 trials"))
    #expect(failure([], "sweep: {parameters: {lr: []}}\n").contains("has no value"))
    #expect(failure([], "sweep: {parameters: {lrr: [1]}}\n").contains("no key 'lrr'"))
    #expect(failure([], "sweep: {parameters: [lr]}\n").contains("expected a mapping"))
    #expect(failure([], "sweep: {zip: [{lr: [1], seed: [1, 2]}]}\n").contains("as many values"))
  }

  @Test func aSectionIsNoPartOfARunsIdentity() throws {
    func hash(_ text: String) throws -> String {
      let diagnostics = DiagnosticCollector()
      let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 2)
      let loaded = loader.load(SourceFile(name: "n.yaml", text: text), into: diagnostics)
      let plan = try #require(loaded.flatMap { Plan($0, diagnostics: diagnostics) })
      return try TrialPlanner.hash(plan)
    }
    #expect(try hash(Self.yaml) == hash(Self.yaml + "sweep: {parameters: {lr: [1, 2]}}\n"))
  }
}
