import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Weights

/// A run as its directory records it, against the program, the machine and the data of today.
struct RecordedEnvironment {
  /// What may be another one if a person allows it.
  enum Part: String, CaseIterable {
    case program, machine, data
  }

  struct Difference {
    let part: Part
    let text: String
  }

  let info: RunInfo

  /// Whatever would give other numbers.
  func differences(_ engine: EngineDescription) -> [Difference] {
    var found: [Difference] = []
    func compare(_ part: Part, _ name: String, _ was: String, _ now: String) {
      if was != now { found.append(Difference(part: part, text: "\(name): \(was), now \(now)")) }
    }
    compare(.program, "runner", info.versions.runner, Version.runner)
    compare(.program, "LibTorch", info.versions.libtorch, engine.libtorch)
    compare(.machine, "processor", info.cpu, Machine.processor)
    compare(.machine, "vector instructions", info.cpuCapability, engine.cpuCapability)
    if !engine.devices.contains(info.device) {
      compare(.machine, "device", info.device, engine.devices.joined(separator: ", "))
    }
    for file in info.dataset.files where !RunCatalog.isFile(file.path) {
      found.append(Difference(part: .data, text: "\(file.path) is not there"))
    }
    if let path = info.weights?.path, !RunCatalog.isFile(path) {
      found.append(Difference(part: .data, text: "\(path) is not there"))
    }
    return found
  }

  /// - Throws: ``InputError`` with all differences that are not allowed.
  func refuse(_ differences: [Difference], unless allowed: [Part]) throws {
    let refused = differences.filter { !allowed.contains($0.part) }
    if refused.isEmpty { return }
    let parts = Part.allCases.filter { part in refused.contains { $0.part == part } }
    throw InputError([
      Diagnostic(
        .error, "this run would not go on as it began", at: nil,
        hint: "to go on all the same: "
          + parts.map { "--allow \($0.rawValue)" }
          .joined(separator: " "),
        notes: refused.map { .note($0.text, at: nil) })
    ])
  }

  /// The plan that a run directory alone records.
  static func plan(of run: RunDirectory, processors: Int) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      run.file("resolved.yaml"), environment: [:], processors: processors,
      diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return plan
  }
}
