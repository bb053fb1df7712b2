import DataSchema
import Datasets
import ExperimentConfig
import Planning
import Signals
import Sweeping
import WorkerProtocol

/// Measures the step time of a sweep's first trial with a worker, before any trial starts.
struct SweepTiming {
  private let plan: SweepPlan
  private let environment: [String: String]

  init(_ plan: SweepPlan, environment: [String: String]) {
    self.plan = plan
    self.environment = environment
  }

  /// `nil` if it cannot be measured; the first trial then reports the error with its location.
  func measure() async -> (StepTiming, TrialWork.Examples)? {
    guard let sample = plan.sample, let examples = await examples(sample) else { return nil }
    let most = TrialWork(sample).perStep(examples)
    guard let timing = try? await timing(sample, most: most) else { return nil }
    return (timing, examples)
  }

  private func examples(_ sample: Plan) async -> TrialWork.Examples? {
    let counts = sample.dataset.dataSchema.counts
    if let train = counts[.train], let test = counts[.test] {
      return TrialWork.Examples(train: train, test: test)
    }
    // The files of a folder tell how many examples they hold. The trials report any errors in them;
    // without the counts, the sweep has no estimate.
    let data = DataEnvironment(
      variables: environment, workingDirectory: PathResolution.workingDirectory)
    guard let found = try? await sample.dataset.acquire(environment: data, progress: { _ in }),
      let train = try? sample.open(.train, of: found), let test = try? sample.open(.test, of: found)
    else { return nil }
    return TrialWork.Examples(train: train.count, test: test.count)
  }

  private func timing(_ sample: Plan, most: Int) async throws -> StepTiming? {
    let interrupts = Interrupts()
    var result: StepTiming?
    _ = try await WorkerProcess(environment: environment, interrupts).run { events, send in
      var events = events
      let engine = try await events.engine(interrupts)
      let asked = sample.experiment.device
      let device =
        switch asked {
        case "auto": engine.automaticDevice
        case "cuda": "cuda:0"
        default: asked
        }
      let text = ResolvedYAML.render(sample.loaded.resolved, source: sample.loaded.source)
      try await send(
        .time(TimingRequest(experiment: text, device: device, examples: most)))
      while let event = try await events.next() {
        if case .timing(let timing) = event { result = timing }
      }
    }
    return result
  }
}
