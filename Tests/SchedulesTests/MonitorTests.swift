import Classification
import Diagnostics
import ExperimentConfig
import Schedules
import TaskRegistry
import Tasks
import Testing

/// Which results can be monitored, and schedules that do not fit the training's length.
struct MonitorTests {
  private let facts = TrainingFacts(learningRate: 0.1, epochs: 50, stepsPerEpoch: 10)

  /// Metrics as an experiment names them.
  private func results(_ metrics: String) throws -> MonitoredResults {
    let diagnostics = DiagnosticCollector()
    let catalog = Catalog([
      .layer: [ComponentSchema("identity", doc: "Nothing.")],
      .dataset: [ComponentSchema("digits", doc: "Digits.")],
      .transform: [ComponentSchema("to_tensor", doc: "To floats.")],
      .loss: LossRegistry.schemas, .optimizer: OptimizerRegistry.schemas,
      .metric: TaskRegistry.metricSchemas,
    ])
    let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: 1)
    let source = SourceFile(
      name: "metrics.yaml",
      text: "data: {dataset: digits}\nmodel: [identity]\nmetrics: \(metrics)\n")
    guard let loaded = loader.load(source, overrides: [], into: diagnostics) else {
      throw InputError(diagnostics.sorted)
    }
    return MonitoredResults(
      try MetricSet(loaded.experiment.metrics, task: ClassificationTask(classes: 4)))
  }

  @Test func aMetricIsMonitoredByTheNameThatASweepTakes() throws {
    let results = try results(
      "[accuracy, f1, precision, log_loss, {top_k_accuracy: 2}, roc_auc, cohen_kappa]")
    for (text, key, mode) in [
      ("f1", "f1_macro", Monitor.Mode.max), ("f1_weighted", "f1_weighted", .max),
      ("val_f1", "f1_macro", .max), ("roc_auc", "roc_auc_macro", .max),
      ("top_k_accuracy", "top_2_accuracy", .max), ("log_loss", "log_loss", .min),
      ("val_loss", "loss", .min), ("validation_accuracy", "accuracy", .max),
      ("cohen_kappa", "cohen_kappa", .max),
    ] {
      let found = try Monitor(text, at: nil, mode: nil, at: nil, among: results)
      #expect(found == Monitor(key, mode), "\(text)")
    }
    for text in ["recall", "f2", "test_loss", "train_loss", ""] {
      #expect(throws: InputError.self, "\(text)") {
        try Monitor(text, at: nil, mode: nil, at: nil, among: results)
      }
    }
  }

  @Test func aModeThatContradictsTheResultIsRefused() throws {
    let results = try results("[accuracy, f1, log_loss]")
    for (text, mode) in [("accuracy", "min"), ("loss", "max"), ("f1", "min"), ("log_loss", "max")] {
      #expect(throws: InputError.self, "\(text)") {
        try Monitor(text, at: nil, mode: mode, at: nil, among: results)
      }
    }
    #expect(
      try Monitor("f1", at: nil, mode: "max", at: nil, among: results) == Monitor("f1_macro", .max))
    #expect(
      fault("{reduce_on_plateau: {monitor: accuracy, mode: min}}", facts)
        == [
          "'accuracy' is better the higher it is: with mode: min the worst epoch would count as the best"
        ])
    #expect(fault("{reduce_on_plateau: {monitor: loss, mode: max}}", facts).count == 1)
  }

  @Test(arguments: [
    ("{cosine: 10}", "'cosine' reaches its minimum after 10 epochs and then rises again"),
    ("{cosine: {t_max: 10, warmup_epochs: 5}}", "after 15 epochs and then rises"),
    ("{cosine: 500}", "'cosine' would reach its minimum after 500 epochs"),
    ("{cosine: {t_max: 100, interval: step}}", "after 100 steps and then rises"),
    ("{multi_step: [30, 60, 80]}", "never reaches the milestones 60, 80"),
    ("{multi_step: [50]}", "never reaches the milestone 50"),
    ("{step: 50}", "first reduction comes after 50 epochs"),
    ("{step: {step_size: 600, interval: step}}", "first reduction comes after 600 steps"),
    ("{linear: {total_iters: 80}}", "would reach end_factor after 80 epochs"),
    ("{constant: {factor: 0.1, total_iters: 50}}", "so for all of the training"),
    ("{reduce_on_plateau: {patience: 48}}", "the first reduction comes after epoch 50"),
  ])
  func aScheduleOfAnotherLengthIsNoted(text: String, words: String) throws {
    let problem = try schedule(text, facts).lengthProblem(facts)
    #expect(problem?.message.contains(words) == true, "\(problem?.message ?? "no warning")")
    #expect(problem?.severity == .warning && problem?.range != nil)
  }

  @Test(arguments: [
    "cosine", "{cosine: 50}", "{cosine: 49}", "{cosine: {t_max: 45, warmup_epochs: 5}}",
    "{cosine: {t_max: 500, interval: step}}", "{multi_step: [30, 40]}", "{step: 30}",
    "{linear: {total_iters: 5}}", "{linear: {total_iters: 50}}", "constant", "{one_cycle: 0.5}",
    "{exponential: 0.9}", "{reduce_on_plateau: {patience: 10}}",
  ])
  func aScheduleThatFitsIsNot(text: String) throws {
    #expect(try schedule(text, facts).lengthProblem(facts) == nil)
  }

  @Test func stepsThatAreUnknownAreNotJudged() throws {
    let unknown = TrainingFacts(
      learningRate: 0.1, epochs: 50, stepsPerEpoch: 1 << 40, knowsSteps: false)
    #expect(
      try schedule("{cosine: {t_max: 100, interval: step}}", unknown).lengthProblem(unknown) == nil)
    #expect(try schedule("{cosine: 10}", unknown).lengthProblem(unknown) != nil)
  }

  @Test func plateauSkipsEpochsWithoutAValue() throws {
    func rates(_ values: [Double?]) throws -> [Double] {
      var one = try schedule("{reduce_on_plateau: {monitor: loss, patience: 1}}", facts)
      return values.map {
        one.observe($0)
        return one.factor(at: SchedulePosition(step: 2, epoch: 2))
      }
    }
    #expect(try rates([1, nil, nil, nil, nil]) == [1, 1, 1, 1, 1])
    #expect(abs((try rates([1, nil, 1, nil, 1]).last ?? 0) - 0.1) < 1e-12)
    #expect(abs((try rates([1, .nan, .nan]).last ?? 0) - 0.1) < 1e-12)
  }
}
