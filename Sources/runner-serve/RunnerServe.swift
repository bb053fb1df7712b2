import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Glibc
import Orchestration
import Reporting
import Serving

/// The server behind `runner serve`, a program of its own so that other commands start without it.
///
///     runner-serve SETTINGS    serves a run as the settings say, in JSON
@main
enum RunnerServe {
  static func main() async {
    signal(SIGPIPE, SIG_IGN)
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let arguments = CommandLine.arguments
    guard arguments.count == 2,
      let settings = try? JSONText.decode(
        ServiceSettings.self, from: Array(arguments[1].utf8))
    else {
      terminal.write("runner-serve is started by 'runner serve'\n")
      exit(ExitStatus.wrongUsage)
    }
    do {
      try await Service.run(settings, environment: environment, terminal: terminal)
      exit(0)
    } catch let quiet as QuietExit {
      exit(quiet.status)
    } catch {
      let failure = CommandFailure(error) ?? CommandFailure(bug: error)
      failure.report(on: terminal, asJSON: settings.printsJSON)
      exit(failure.status)
    }
  }
}
