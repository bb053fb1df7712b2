import ArgumentParser
import Diagnostics
import FoundationEssentials
import Orchestration
import Reporting

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Says what this machine has, and how to mend what is missing.")

  func run() async throws {
    let check = await MachineCheck(environment: ProcessInfo.processInfo.environment)
    try StandardOutput.write(check.text)
    if check.isBroken { throw QuietExit(ExitStatus.wrongInput) }
  }
}
