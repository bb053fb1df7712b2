import Diagnostics
import Files
import Glibc
import RunRecord
import Torch

/// The program that computes: one job directory in, its results out.
///
///     runner-worker DIRECTORY    carries out the job of a run directory
///     runner-worker --stdin      the same, the directory being the first line of standard input
///     runner-worker --describe   says what it can compute with
///
/// Its standard output is one `RunEvent` a line. With `--stdin` the front program can start it early:
/// LibTorch is then loaded while the experiment is still being read.
@main
enum RunnerWorker {
  static func main() async {
    // A front program that has gone must not turn a write into a silent death.
    signal(SIGPIPE, SIG_IGN)
    let output = EventOutput()
    guard CommandLine.arguments.count == 2 else {
      StandardError.write("usage: runner-worker DIRECTORY | --stdin | --describe\n")
      exit(64)
    }
    let argument = CommandLine.arguments[1]
    do {
      try output.send(.engine(Engine.describe()))
      if argument == "--describe" { return }
      guard let directory = argument == "--stdin" ? readLine() : argument else { return }
      try await Job(RunDirectory(path: directory), output: output).run()
    } catch {
      let failure = FailureReport.describe(error)
      FailureReport.send(failure, to: output)
      exit(failure.exitCode)
    }
  }
}
