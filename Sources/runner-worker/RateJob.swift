import Diagnostics
import Planning
import RunRecord
import Torch
import Training
import WorkerProtocol

/// Tests learning rates with the training of a prepared run.
struct RateJob {
  private let job: Job
  private let range: RateRange

  init(_ request: RateRequest, output: EventOutput) throws {
    job = try Job(TrainingRequest(request.run), output: output)
    range = request.range
  }

  func answer() async throws {
    let info = try job.run.readInfo()
    let plan = try job.plan()
    let device = try job.device(plan, info)
    let data = try await JobData(plan, info, of: job.run, job.stores.loading())
    try job.output.send(.rateTest(try test(plan, info, data, device)))
  }

  /// All computation. Not `async`, as in ``Job``.
  private func test(
    _ plan: Plan, _ info: RunInfo, _ data: JobData, _ device: Device
  ) throws -> RateTest {
    try job.prepareEngine(plan, info, device)
    let (training, _) = try JobPreparation(
      job.run, plan, info, data, device, output: job.output, work: job.work,
      stores: job.stores, log: job.log
    ).job(from: nil)
    if training.stepsPerEpoch == 0 {
      throw InputError(
        "there are no training steps: \(training.trainIndices.count) training examples do not fill "
          + "one batch of \(training.batchSize), and drop_last drops it")
    }
    var throttle = ProgressThrottle()
    return try RateFinder(training, range).run(
      isInterrupted: { Interruption.isRequested },
      progress: { [output = job.output] step in
        if throttle.isDue(false) { try output.send(.rateStep(step)) }
      })
  }
}
