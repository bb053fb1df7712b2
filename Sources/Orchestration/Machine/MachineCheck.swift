import Datasets
import Diagnostics
import Downloads
import ExperimentConfig
import FoundationEssentials
import Glibc
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
      await Self.tool("gnuplot", ["--version"], packages: ["gnuplot-nox"], purpose: "plots"))
    findings.append(
      await Self.tool(
        "curl", ["--version"], packages: ["curl"] + Self.certificates,
        purpose: "downloads of data sets"))
    findings.append(
      await Self.tool("git", ["--version"], packages: ["git"], purpose: "the commit in run.json"))
    findings.append(await Self.mnist(environment))
    findings.append(Self.cache(environment))
    if let completion = ShellCompletion(environment) { findings.append(Self.finding(completion)) }
    self.findings = findings
  }

  /// What can be repaired without guessing, in the order of the findings; packages together.
  package var repairs: [MachineRepair] {
    let packages = findings.flatMap(\.packages)
    let install = !packages.isEmpty && MachineRepair.canInstallPackages
    return findings.compactMap(\.repair) + (install ? [.packages(packages)] : [])
  }

  /// Whether training is impossible.
  package var isBroken: Bool { findings.contains { $0.state == .broken } }

  /// A table of the findings, and how to install what is missing.
  package var text: String {
    var table = TextTable([.left, .left, .left])
    for finding in findings { table.add([finding.mark, finding.name, finding.text]) }
    var text = TerminalText.printable(table.render(indent: 0))
    let packages = findings.flatMap(\.packages)
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
    /// The Debian packages that are missing.
    var packages: [String]
    var repair: MachineRepair?

    init(
      _ name: String, _ state: State, _ text: String, packages: [String] = [],
      repair: MachineRepair? = nil
    ) {
      self.name = name
      self.state = state
      self.text = text
      self.packages = packages
      self.repair = repair
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
        // As the loader says it: 'libtorch_cpu.so: cannot open shared object file'.
        let script =
          ["libtorch", "libc10"].contains { reason.contains($0) }
          ? MachineRepair.libTorchScript(above: Machine.programFolder) : nil
        return [
          Finding(
            "engine", .broken, "runner-worker does not start: \(reason)",
            repair: script.map { .libTorch(script: $0) })
        ]
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
    _ name: String, _ arguments: [String], packages: [String], purpose: String
  ) async -> Finding {
    let result = try? await Subprocess.run(
      .name(name), arguments: Arguments(arguments), output: .string(limit: 1 << 16),
      error: .discarded)
    guard let result, result.terminationStatus.isSuccess,
      let line = result.standardOutput.split(whereSeparator: \.isNewline).first
    else { return Finding(name, .missing, "not found; needed for \(purpose)", packages: packages) }
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

  /// The package of certificates, without which curl reaches no server by HTTPS; empty if they are there.
  private static var certificates: [String] {
    access("/etc/ssl/certs/ca-certificates.crt", R_OK) == 0 ? [] : ["ca-certificates"]
  }

  private static func cache(_ environment: [String: String]) -> Finding {
    let folders = LocalFolders(
      variables: environment, workingDirectory: PathResolution.workingDirectory)
    guard let path = folders.cache else {
      return Finding(
        "cache", .missing, "none: RUNNER_CACHE, XDG_CACHE_HOME and HOME are not set")
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      var parent = path[...]
      repeat {
        parent = parent[..<(parent.lastIndex(of: "/") ?? parent.startIndex)]
      } while !parent.isEmpty && access(String(parent), F_OK) != 0
      let place = parent.isEmpty ? "/" : String(parent)
      return access(place, W_OK | X_OK) == 0
        ? Finding("cache", .present, "\(path), which is created when it is needed")
        : Finding("cache", .missing, "\(path) cannot be created: \(place) is not writable")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return Finding("cache", .missing, "\(path) is not a folder")
    }
    if access(path, R_OK | W_OK | X_OK) == 0 { return Finding("cache", .present, path) }
    return Finding(
      "cache", .missing, "\(path) is not writable",
      repair: status.st_uid == geteuid() ? .cacheAccess(path) : nil)
  }

  private static func finding(_ completion: ShellCompletion) -> Finding {
    if completion.isInstalled { return Finding("completion", .present, completion.shell) }
    let how = completion.file == nil ? "; see docs/install.md" : ""
    return Finding(
      "completion", .missing, "not installed for \(completion.shell)\(how)",
      repair: completion.file.map { .completion(shell: completion.shell, path: $0) })
  }
}
