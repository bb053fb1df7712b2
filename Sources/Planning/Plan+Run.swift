import Diagnostics
import ExperimentConfig
import Files
import RunRecord

extension Plan {
  /// The plan recorded in the `resolved.yaml` of a run directory. Like all files of a run, it is
  /// never opened through a link.
  ///
  /// - Parameters:
  ///   - overrides: settings that replace recorded ones.
  ///   - needsWeights: as in ``make(_:overrides:environment:processors:runsDirectory:frozen:needsWeights:diagnostics:)``.
  /// - Returns: `nil` if there were errors; all of them are in `diagnostics`.
  package static func make(
    of run: RunDirectory, overrides: [String] = [], processors: Int, needsWeights: Bool = true,
    diagnostics: DiagnosticCollector
  ) -> Plan? {
    do throws(FileError) {
      return make(
        run.file(resolved), overrides: overrides, environment: [:], processors: processors,
        frozen: try recordedText(of: run), needsWeights: needsWeights, diagnostics: diagnostics)
    } catch {
      diagnostics.error("\(error)", at: nil)
      return nil
    }
  }

  /// The text of a run's `resolved.yaml` by its absolute path, as ``ExperimentLoader`` expects
  /// files that it must not open itself.
  ///
  /// - Throws: ``FileError`` if it is a link, missing, too large or not text.
  static func recordedText(of run: RunDirectory) throws(FileError) -> [String: String] {
    let path = run.file(resolved)
    guard let text = String(validating: try run.bytes(of: resolved, limit: limit), as: UTF8.self)
    else { throw FileError(path: path, reason: "is not valid UTF-8") }
    return [ExperimentLoader.place(path): text]
  }

  private static let resolved = "resolved.yaml"

  /// The maximum size of a `resolved.yaml`, in bytes.
  private static let limit = 8 << 20
}
