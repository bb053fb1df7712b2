import Diagnostics
import ExperimentConfig
import Files
import Glibc
import RunRecord
import Torch
import Training
import WorkerProtocol

/// The program that computes: one job directory in, its results out.
///
///     runner-worker DIRECTORY    trains what a run directory declares
///     runner-worker --stdin      carries out the request on the first line of standard input
///     runner-worker --describe   reports what it can compute with
///
/// Its standard output is one `WorkerEvent` a line. With `--stdin` the front program can start it early:
/// LibTorch is then loaded while the experiment is still being read.
@main
enum RunnerWorker {
  static func main() async {
    // A front program that has gone must not turn a write into a silent death.
    signal(SIGPIPE, SIG_IGN)
    Interruption.rememberParent()
    let output = EventOutput()
    guard CommandLine.arguments.count == 2 else {
      StandardError.write("usage: runner-worker DIRECTORY | --stdin | --describe\n")
      exit(ExitStatus.wrongUsage)
    }
    do {
      try await answer(CommandLine.arguments[1], output)
    } catch is TrainingInterrupted {
      exit(ExitStatus.resumable)
    } catch {
      let failure = FailureReport.describe(error)
      FailureReport.send(failure, to: output)
      exit(failure.exitCode)
    }
    // Everything is written, and somebody waits for the end: LibTorch would tidy up for a tenth of a
    // second what the system frees at once.
    _exit(0)
  }

  private static func answer(_ argument: String, _ output: EventOutput) async throws {
    try output.send(.engine(Engine.describe()))
    if argument == "--describe" { return }
    guard let request = try request(argument) else { return }
    Interruption.watch()
    switch request {
    case .train(let request): try await Job(request, output: output).run()
    case .predict(let request):
      try PredictionJob(request, of: request.run, output: output).answer()
    case .time(let request): try output.send(.timing(TimingJob(request).measure()))
    }
  }

  /// The request of the command line; `nil` if the front program ended before it made one.
  private static func request(_ argument: String) throws -> WorkerRequest? {
    guard argument == "--stdin" else {
      return .train(TrainingRequest(RunDirectory(path: argument)))
    }
    guard let line = readLine(), !line.isEmpty else { return nil }
    return try JSONText.decode(WorkerRequest.self, from: Array(line.utf8))
  }
}
