import Diagnostics
import ExperimentConfig
import Files
import Glibc
import RunRecord
import Torch
import Training
import WorkerProtocol

/// The program that computes: one run directory in, its results out.
///
///     runner-worker DIRECTORY    trains the experiment in a run directory
///     runner-worker --stdin      handles the request on the first line of standard input
///     runner-worker --request X  handles the request X, in JSON
///     runner-worker --describe   reports the available devices
///
/// Its standard output is one `WorkerEvent` per line. With `--stdin` the front program can start it
/// early, so that LibTorch loads while the experiment is still being read.
@main
enum RunnerWorker {
  static func main() async {
    // Before there is a second thread, which would get an arena of its own.
    Runtime.keepFreedMemory()
    // If the front program has exited, a write must fail with an error instead of killing the
    // worker.
    signal(SIGPIPE, SIG_IGN)
    Interruption.rememberParent()
    let output = EventOutput()
    let arguments = CommandLine.arguments.dropFirst()
    guard let first = arguments.first, arguments.count == (first == "--request" ? 2 : 1) else {
      StandardError.write(
        "usage: runner-worker DIRECTORY | --stdin | --request JSON | --describe\n")
      exit(ExitStatus.wrongUsage)
    }
    do {
      try await answer(first, arguments.last ?? first, output)
    } catch is TrainingInterrupted {
      exit(ExitStatus.resumable)
    } catch {
      let failure = FailureReport.describe(error)
      FailureReport.send(failure, to: output)
      exit(failure.exitCode)
    }
    // Everything has been written, and the front program waits for the exit: LibTorch's clean-up
    // would take a tenth of a second for memory that the system frees at once.
    _exit(0)
  }

  private static func answer(
    _ argument: String, _ value: String, _ output: EventOutput
  ) async throws {
    try output.send(.engine(Engine.describe()))
    if argument == "--describe" { return }
    guard let request = try request(argument, value) else { return }
    Interruption.watch()
    switch request {
    case .train(let request): try await Job(request, output: output).run()
    case .predict(let request):
      try PredictionJob(request, of: request.run, output: output).answer()
    case .explain(let request): try ExplanationJob(request, output: output).answer()
    case .explainTable(let request):
      try TableExplanationJob(request, output: output).answer()
    case .embed(let request): try EmbeddingJob(request, output: output).answer()
    case .time(let request): try output.send(.timing(TimingJob(request).measure()))
    case .testRates(let request): try await RateJob(request, output: output).answer()
    case .inspect(let request):
      try output.send(.inspection(InspectionJob(request).answer()))
    case .calibrate(let request):
      try output.send(.calibration(CalibrationJob(request).answer()))
    case .writeScript(let request): try output.send(.script(ScriptJob(request).write()))
    }
  }

  /// The request on the command line; `nil` if the front program exited before it sent one.
  private static func request(_ argument: String, _ value: String) throws -> WorkerRequest? {
    if argument == "--request" {
      return try JSONText.decode(WorkerRequest.self, from: Array(value.utf8))
    }
    guard argument == "--stdin" else {
      return .train(TrainingRequest(RunDirectory(path: argument)))
    }
    guard let line = readLine(), !line.isEmpty else { return nil }
    return try JSONText.decode(WorkerRequest.self, from: Array(line.utf8))
  }
}
