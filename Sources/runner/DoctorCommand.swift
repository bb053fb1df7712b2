import ArgumentParser
import Diagnostics
import FoundationEssentials
import Orchestration
import Reporting

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Checks this machine and says how to install what is missing.")

  func run() async throws {
    let check = await MachineCheck(environment: ProcessInfo.processInfo.environment)
    try StandardOutput.write(check.text)
    if check.isBroken { throw QuietExit(ExitStatus.wrongInput) }
  }
}
