import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Weights
import WorkerProtocol

/// Compares the recorded environment of a run with the current program, machine and data.
package struct RecordedEnvironment {
  /// What may differ if the user allows it.
  package enum Part: String, CaseIterable {
    case program, machine, data
  }

  package struct Difference {
    package let part: Part
    package let text: String
  }

  package let info: RunInfo
  /// The directory of the run, which may have copies of files.
  private let run: RunDirectory

  package init(info: RunInfo, of run: RunDirectory) {
    self.info = info
    self.run = run
  }

  /// All differences that would change the results.
  ///
  /// - Parameter needsWeights: `false` if checkpoints contain the initial weights.
  package func differences(_ engine: EngineDescription, needsWeights: Bool) -> [Difference] {
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
    return found + dataDifferences(needsWeights: needsWeights)
  }

  /// Files that are missing or have changed: those of the data set, and the weights if needed.
  package func dataDifferences(needsWeights: Bool) -> [Difference] {
    var found: [Difference] = []
    func compare(
      _ path: String, _ was: String?, key: String? = nil, missing: String = "",
      _ hash: () throws -> String
    ) {
      let name = key.map { "\($0): \(path)" } ?? path
      guard RunCatalog.isThere(path) else {
        found.append(Difference(part: .data, text: "\(name) is missing" + missing))
        return
      }
      do {
        if try hash() != was {
          found.append(Difference(part: .data, text: "the contents of \(name) have changed"))
        }
      } catch {
        found.append(Difference(part: .data, text: "\(error)"))
      }
    }
    for file in info.dataset.files {
      compare(file.path, file.sha256) {
        // Of a folder, an archive or a table this is the hash of a split's examples, which the worker
        // compares when it opens the split.
        if file.contents == DataFile.Contents.examples.rawValue { return file.sha256 }
        return try IDX.inspect(file.path, takesNumbers: true).sha256
      }
    }
    for file in info.files ?? [] {
      let path = file.location(in: run)
      compare(path, file.sha256, key: file.key) { try Digest.hex(ofFile: path) }
    }
    if needsWeights, let path = info.weights?.path {
      let missing = ": the run starts from these weights, and no checkpoint contains them yet"
      compare(path, info.weights?.sha256, missing: missing) {
        try StateDictFile(reading: path).sha256()
      }
    }
    return found
  }

  /// - Throws: ``InputError`` with all differences that are not allowed.
  package func refuse(_ differences: [Difference], unless allowed: [Part]) throws {
    let refused = differences.filter { !allowed.contains($0.part) }
    if refused.isEmpty { return }
    let parts = Part.allCases.filter { part in refused.contains { $0.part == part } }
    throw InputError([
      Diagnostic(
        .error, "this run would not resume as it started", at: nil,
        hint: "to resume anyway: "
          + parts.map { "--allow \($0.rawValue)" }
          .joined(separator: " "),
        notes: refused.map { .note($0.text, at: nil) })
    ])
  }

  /// The plan that a run directory records.
  ///
  /// - Parameter needsWeights: as in ``differences(_:needsWeights:)``.
  package static func plan(of run: RunDirectory, processors: Int, needsWeights: Bool) throws -> Plan
  {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: run, processors: processors, needsWeights: needsWeights, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return plan
  }
}
