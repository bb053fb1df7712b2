import Datasets
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Reporting
import RunRecord
import Subprocess
import SystemPackage
import WorkerProtocol

/// Checks which of the program's requirements this machine meets.
package struct MachineCheck {
  private let findings: [Finding]

  /// Runs all checks.
  package init(environment: [String: String]) async {
    var findings: [Finding] = [
      Finding("runner", .present, Version.runner + ", Swift \(Version.swift)"),
      Finding(
        "machine", .present,
        "\(Machine.processor), \(ProcessInfo.processInfo.activeProcessorCount) processors"),
    ]
    findings += await Self.engine(environment)
    findings.append(
      await Self.tool("gnuplot", ["--version"], package: "gnuplot-nox", purpose: "plots"))
    findings.append(
      await Self.tool("curl", ["--version"], package: "curl", purpose: "downloads of data sets"))
    findings.append(
      await Self.tool("git", ["--version"], package: "git", purpose: "the commit in run.json"))
    findings.append(await Self.mnist(environment))
    self.findings = findings
  }

  /// Whether training is impossible.
  package var isBroken: Bool { findings.contains { $0.state == .broken } }

  /// A table of the findings, and how to install what is missing.
  package var text: String {
    var table = TextTable([.left, .left, .left])
    for finding in findings { table.add([finding.mark, finding.name, finding.text]) }
    var text = TerminalText.printable(table.render(indent: 0))
    let packages = findings.compactMap(\.package)
    if !packages.isEmpty {
      text += "\nTo install it: apt-get install \(packages.joined(separator: " "))\n"
    }
    return text
  }

  private struct Finding {
    enum State {
      case present
      /// Training works, but a feature is missing or limited.
      case missing
      /// Training is impossible.
      case broken
    }

    var name: String
    var state: State
    var text: String
    var package: String?

    init(_ name: String, _ state: State, _ text: String, package: String? = nil) {
      self.name = name
      self.state = state
      self.text = text
      self.package = package
    }

    var mark: String {
      switch state {
      case .present: "✓"
      case .missing: "–"
      case .broken: "✗"
      }
    }
  }

  private static func engine(_ environment: [String: String]) async -> [Finding] {
    do {
      let path = try WorkerProcess.locate(environment)
      let result = try await Subprocess.run(
        .path(FilePath(path)), arguments: ["--describe"], output: .string(limit: 1 << 16),
        error: .string(limit: 1 << 16))
      guard result.terminationStatus.isSuccess,
        case .engine(let engine) = try JSONText.decode(
          WorkerEvent.self, from: Array(result.standardOutput.utf8))
      else {
        let reason = result.standardError.split(whereSeparator: \.isNewline).first ?? "no reason"
        return [Finding("engine", .broken, "runner-worker does not start: \(reason)")]
      }
      var findings = [
        Finding("LibTorch", .present, "\(engine.libtorch), \(engine.cpuCapability)"),
        Finding("devices", .present, engine.devices.joined(separator: ", ")),
      ]
      if let problem = engine.cudaProblem { findings.append(Finding("CUDA", .missing, problem)) }
      return findings
    } catch {
      return [Finding("engine", .broken, "runner-worker does not start: \(error)")]
    }
  }

  private static func tool(
    _ name: String, _ arguments: [String], package: String, purpose: String
  ) async -> Finding {
    let result = try? await Subprocess.run(
      .name(name), arguments: Arguments(arguments), output: .string(limit: 1 << 16),
      error: .discarded)
    guard let result, result.terminationStatus.isSuccess,
      let line = result.standardOutput.split(whereSeparator: \.isNewline).first
    else { return Finding(name, .missing, "not found; needed for \(purpose)", package: package) }
    return Finding(name, .present, String(line.prefix(60)))
  }

  private static func mnist(_ environment: [String: String]) async -> Finding {
    let data = DataEnvironment(
      variables: environment, workingDirectory: PathResolution.workingDirectory)
    do {
      guard let found = try await MNIST.find(environment: data) else {
        return Finding("MNIST", .missing, "not on this machine; the first run downloads it")
      }
      return Finding("MNIST", .present, found.files[0].path)
    } catch {
      return Finding("MNIST", .missing, "\(error)")
    }
  }
}
