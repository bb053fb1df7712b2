import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord

extension Plan {
  /// The plan recorded in the `resolved.yaml` of a run directory. Like all files of a run, it is
  /// never opened through a link.
  ///
  /// - Parameters:
  ///   - overrides: settings that replace recorded ones.
  ///   - needsWeights: as in ``make(_:overrides:environment:data:processors:runsDirectory:frozen:needsWeights:modules:diagnostics:)``.
  ///   - progress: gets how many files of the data have been read.
  /// - Returns: `nil` if there were errors; all of them are in `diagnostics`.
  package static func make(
    of run: RunDirectory, overrides: [String] = [], processors: Int, needsWeights: Bool = true,
    progress: @escaping DataEnvironment.Progress = { _, _, _ in },
    diagnostics: DiagnosticCollector
  ) -> Plan? {
    do throws(FileError) {
      return make(
        run.file(resolved), overrides: overrides, environment: [:],
        data: DataEnvironment(
          variables: ProcessInfo.processInfo.environment,
          workingDirectory: PathResolution.workingDirectory, recorded: try recordedSchema(of: run),
          progress: progress),
        processors: processors,
        frozen: try recordedText(of: run), needsWeights: needsWeights,
        modules: ModuleInspection(of: run), diagnostics: diagnostics)
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

  /// What a run's data hold, by its `data.json`.
  ///
  /// - Returns: `nil` if it has none yet, or it is of a version that recorded less.
  /// - Throws: ``FileError`` if it is damaged.
  private static func recordedSchema(of run: RunDirectory) throws(FileError) -> DataSchema? {
    guard run.isFile(DataRecord.name) else { return nil }
    let bytes = try run.bytes(of: DataRecord.name, limit: limit)
    return try RecordFile.decode(DataRecord.self, from: bytes, path: run.file(DataRecord.name))
      .schema
  }

  private static let resolved = "resolved.yaml"

  /// The maximum size of a record, in bytes.
  private static let limit = 8 << 20
}
