import Classification
import ExperimentConfig
import RunRecord
import Testing
import WorkerProtocol

struct WorkerEventTests {
  private func round<Value: Codable>(_ value: Value) throws -> Value {
    let bytes = try JSONText.encode(value)
    #expect(!bytes.contains(UInt8(ascii: "\n")))
    let back = try JSONText.decode(Value.self, from: bytes)
    #expect(try JSONText.encode(back) == bytes)
    return back
  }

  private static let timing = EpochTiming(
    fold: 1, epoch: 2, trainSeconds: 1.5, evaluationSeconds: 0, examplesPerSecond: .infinity)

  @Test(arguments: [
    WorkerEvent.engine(
      EngineDescription(
        libtorch: "2.13.0", cpuCapability: "AVX512", devices: ["cpu", "cuda:0"],
        automaticDevice: "cpu", cudaProblem: "no driver\n")),
    .engine(
      EngineDescription(
        libtorch: "", cpuCapability: "", devices: [], automaticDevice: "cpu", cudaProblem: nil)),
    .begin(
      JobSize(
        trainExamples: 1, validationExamples: 2, testExamples: 3, epochs: 4, stepsPerEpoch: 5,
        totalSteps: 6, score: EpochScore(ClassificationTask(classes: 2)))),
    .step(
      StepRecord(
        epoch: 1, step: 2, stepInEpoch: 3, loss: .nan, meanLoss: -.infinity,
        examplesPerSecond: .infinity)),
    .epoch(EpochRecord(fold: 0, epoch: 1, values: ["val_loss": .nan, "lr": 1e-3]), timing),
    .warning("line\nbreak \"quoted\" \u{2028} 🙂"),
    .end(
      RunSummary(
        status: "finished", identity: "a", dataset: "digits",
        parameters: .init(total: 2, trainable: 1), epochs: 10, bestEpoch: 3,
        validation: ["loss": .nan], test: ["loss": .infinity])),
    .failure(WorkerFailure(exitCode: 70, message: "")),
    .timing(StepTiming(step: 0.5, evaluation: 1e-300, feature: 0)),
    .features(FeatureProgress(done: 1, total: 2, computed: 0, seconds: 0.25)),
    .prediction(.source(PredictionSource(name: "ü\n", problem: "is empty"))),
    .prediction(.finished(loss: nil)),
  ])
  func isOneLineThatReadsBack(_ event: WorkerEvent) throws { _ = try round(event) }

  @Test func stepsKeepNumbersThatAreNone() throws {
    let step = StepRecord(
      epoch: 1, step: 1, stepInEpoch: 1, loss: .nan, meanLoss: -.infinity,
      examplesPerSecond: .infinity)
    guard case .step(let back) = try round(WorkerEvent.step(step)) else {
      Issue.record("another event")
      return
    }
    #expect(back.loss.isNaN)
    #expect(back.meanLoss == -.infinity && back.examplesPerSecond == .infinity)
  }
}
