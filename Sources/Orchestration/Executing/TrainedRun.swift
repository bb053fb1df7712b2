import ExperimentConfig
import Reporting
import RunRecord

/// The output of `run` and `resume` with `--json`.
package enum TrainedRun {
  /// Prints one JSON object: the run's directory and, for a whole run, everything in
  /// `summary.json`.
  ///
  /// - Throws: ``FileError`` if the summary cannot be read or standard output cannot be written.
  package static func print(_ run: RunDirectory) throws {
    var object: [String: JSONValue] = [:]
    // A fold or seed has no summary of its own; its results are in the summary of the whole run.
    if try run.readInfo().part == nil,
      case .object(let summary) = try JSONText.decode(
        JSONValue.self, from: JSONText.encode(run.readSummary()))
    {
      object = summary
    }
    object["run"] = .string(run.path)
    try StandardOutput.write(json: JSONValue.object(object))
  }
}
