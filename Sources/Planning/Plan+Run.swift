import Diagnostics
import ExperimentConfig
import Files
import RunRecord

extension Plan {
  /// The plan that a run directory records in its `resolved.yaml`, which is opened as all files of a run
  /// are: never through a link.
  ///
  /// - Parameters:
  ///   - overrides: settings that replace recorded ones.
  ///   - needsWeights: as in ``make(_:overrides:environment:processors:runsDirectory:frozen:needsWeights:diagnostics:)``.
  /// - Returns: `nil` if there were errors; all of them are in `diagnostics`.
  package static func make(
    of run: RunDirectory, overrides: [String] = [], processors: Int, needsWeights: Bool = true,
    diagnostics: DiagnosticCollector
  ) -> Plan? {
    let name = "resolved.yaml"
    let path = run.file(name)
    do throws(FileError) {
      guard let text = String(validating: try run.bytes(of: name, limit: limit), as: UTF8.self)
      else { throw FileError(path: path, reason: "is not valid UTF-8") }
      return make(
        path, overrides: overrides, environment: [:], processors: processors,
        frozen: [ExperimentLoader.place(path): text], needsWeights: needsWeights,
        diagnostics: diagnostics)
    } catch {
      diagnostics.error("\(error)", at: nil)
      return nil
    }
  }

  /// Bytes of the largest `resolved.yaml` that is read.
  private static let limit = 8 << 20
}
