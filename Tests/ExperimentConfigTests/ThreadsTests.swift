import Diagnostics
import ExperimentConfig
import Planning
import Testing

/// `threads: auto`.
@Suite struct ThreadsTests {
  private func threads(
    _ model: String, _ more: String = "", data: String = "split: {validation: 0.1}",
    batch: Int = 64, processors: Int = 4
  ) throws -> (count: Int, busy: Int, reason: String) {
    let text = """
      data: {dataset: mnist, transforms: [to_tensor], batch_size: \(batch), \(data)}
      model: \(model)
      \(more)
      """
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(
      catalog: .standard, environment: [:], processors: processors)
    let loaded = try #require(
      loader.load(SourceFile(name: "threads.yaml", text: text), into: diagnostics))
    let plan = try #require(Plan(loaded, diagnostics: diagnostics))
    guard case .derived(let reason)? = plan.loaded.resolved["threads"]?.origin else {
      return (plan.experiment.threads, plan.busyThreads, "")
    }
    return (plan.experiment.threads, plan.busyThreads, reason)
  }

  private let chain = "[flatten, linear: 128, relu, dropout: 0.2, linear: 10]"

  /// 13 million operations in a forward pass of a batch.
  @Test func aSmallChainHasTwo() throws {
    let (count, busy, reason) = try threads(chain)
    #expect(count == 2 && busy == 1)
    #expect(reason == "auto: two, the model is small")
    #expect(try threads(chain, processors: 1).count == 1)
    #expect(try threads(chain, processors: 2).count == 2)
  }

  /// As many are trained at the same time as there are processors.
  @Test func foldsAndSeedsHaveTheSame() throws {
    for (more, data) in [("train: {seeds: 3}", ""), ("", "split: {folds: 3}")] {
      let found = try threads(chain, more, data: data)
      #expect(found.count == 2 && found.busy == 1)
    }
  }

  @Test func verySmallModelsHaveOne() throws {
    #expect(try threads(chain, batch: 16).count == 1)
    #expect(try threads("[flatten, linear: 10]").count == 1)
  }

  /// 26 million operations.
  @Test func otherSmallModelsHaveOne() throws {
    #expect(
      try threads(
        "[conv2d: {out_channels: 32, kernel_size: 3}, relu, global_avg_pool, linear: 10]"
      ).count == 1)
  }

  @Test func largeOnesHaveOneForEachProcessor() throws {
    #expect(try threads("[flatten, linear: 1024, relu, linear: 10]").count == 4)
    #expect(try threads(chain, batch: 512).count == 4)
  }

  @Test func whatIsWrittenCounts() throws {
    #expect(try threads(chain, "threads: 3").count == 3)
    #expect(try threads(chain, "threads: 1").count == 1)
    #expect(try threads(chain, "threads: 3").busy == 3)
  }
}
