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
      ("f1", "f1_macro", MonitorMode.max), ("f1_weighted", "f1_weighted", .max),
      ("val_f1", "f1_macro", .max), ("roc_auc", "roc_auc_macro", .max),
      ("top_k_accuracy", "top_2_accuracy", .max), ("log_loss", "log_loss", .min),
      ("val_loss", "loss", .min), ("validation_accuracy", "accuracy", .max),
      ("cohen_kappa", "cohen_kappa", .max),
    ] {
      let found = try Monitor(MonitorSettings(text), among: results)
      #expect(found == Monitor(key, mode), "\(text)")
    }
    for text in ["recall", "f2", "test_loss", "train_loss", ""] {
      #expect(throws: InputError.self, "\(text)") {
        try Monitor(MonitorSettings(text), among: results)
      }
    }
  }

  @Test func aModeThatContradictsTheResultIsRefused() throws {
    let results = try results("[accuracy, f1, log_loss]")
    for (text, mode) in [
      ("accuracy", MonitorMode.min), ("loss", .max), ("f1", .min), ("log_loss", .max),
    ] {
      #expect(throws: InputError.self, "\(text)") {
        try Monitor(MonitorSettings(text, mode: mode), among: results)
      }
    }
    #expect(
      try Monitor(MonitorSettings("f1", mode: .max), among: results) == Monitor("f1_macro", .max))
    #expect(
      fault("{reduce_on_plateau: {monitor: accuracy, mode: min}}", facts)
        == [
          "higher values of 'accuracy' are better: with mode: min the worst epoch would count "
            + "as the best"
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
    ("{constant: {factor: 0.1, total_iters: 50}}", "so for the whole training"),
    ("{cosine_restarts: 60}", "never restarts: its first period takes 60 epochs"),
    ("{polynomial: 5}", "a learning rate of 0 after 5 epochs"),
    ("{polynomial: 500}", "would reach 0 after 500 epochs"),
    ("{cyclic: {base_lr: 0.1, max_lr: 1, step_size_up: 2000}}", "max_lr after 2000 steps"),
    ("{reduce_on_plateau: {patience: 48}}", "the first reduction comes after epoch 50"),
  ])
  func aScheduleOfAnotherLengthIsNoted(text: String, words: String) throws {
    let problem = try definition(text).lengthProblem(facts)
    #expect(problem?.message.contains(words) == true, "\(problem?.message ?? "no warning")")
    #expect(problem?.severity == .warning && problem?.range != nil)
  }

  @Test(arguments: [
    "cosine", "{cosine: 50}", "{cosine: 49}", "{cosine: {t_max: 45, warmup_epochs: 5}}",
    "{cosine: {t_max: 500, interval: step}}", "{multi_step: [30, 40]}", "{step: 30}",
    "{linear: {total_iters: 5}}", "{linear: {total_iters: 50}}", "constant", "{one_cycle: 0.5}",
    "{exponential: 0.9}", "{reduce_on_plateau: {patience: 10}}", "{cosine_restarts: 50}",
    "{cosine_restarts: {t_0: 10, t_mult: 2}}", "{polynomial: 50}",
    "{cyclic: {base_lr: 0.1, max_lr: 1, step_size_up: 100}}",
  ])
  func aScheduleThatFitsIsNot(text: String) throws {
    #expect(try definition(text).lengthProblem(facts) == nil)
  }

  @Test func stepsThatAreUnknownAreNotJudged() throws {
    let unknown = TrainingFacts(
      learningRate: 0.1, epochs: 50, stepsPerEpoch: 1 << 40, knowsSteps: false)
    #expect(
      try definition("{cosine: {t_max: 100, interval: step}}").lengthProblem(unknown) == nil)
    #expect(try definition("{cosine: 10}").lengthProblem(unknown) != nil)
  }

  @Test func oneDefinitionServesTrainingsOfAnyLength() throws {
    let cosine = try definition("{cosine: {warmup_epochs: 2, interval: step}}")
    let position = SchedulePosition(step: 31, epoch: 4)
    let short = TrainingFacts(learningRate: 0.1, epochs: 4, stepsPerEpoch: 10)
    #expect(isClose(try cosine.schedule(over: short).factor(at: position), 0.5))
    #expect(try cosine.schedule(over: facts).factor(at: position) > 0.9)
    // The definition remembers nothing of a training.
    let plateau = try definition("{reduce_on_plateau: {monitor: loss, patience: 0}}")
    var first = try plateau.schedule(over: facts)
    for _ in 1...3 { first.observe(1) }
    #expect(first.factor(at: position) < 1)
    #expect(try plateau.schedule(over: facts).factor(at: position) == 1)
  }

  @Test func contradictionsShowBeforeThereIsATraining() {
    for text in [
      "{cosine: {warmup_steps: 5}}", "{cosine: {eta_min: 0.01, eta_min_factor: 0.1}}",
      "{one_cycle: {max_lr: 1, pct_start: 0.6, three_phase: true}}",
      "{cyclic: {base_lr: 1, max_lr: 0.5}}",
    ] {
      #expect(throws: InputError.self, "\(text)") { try definition(text) }
    }
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
