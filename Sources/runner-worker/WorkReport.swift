import WorkerProtocol

/// Reports the progress of steps that take longer than a second, from any thread.
final class WorkReport: Sendable {
  private let output: EventOutput
  private let pace = WorkPace()

  init(_ output: EventOutput) { self.output = output }

  func show(_ step: String, _ done: Int, of total: Int) {
    guard let progress = pace.progress(step, done, of: total) else { return }
    // If nobody reads the output any more, the next event ends the job.
    try? output.send(.work(progress))
  }
}
