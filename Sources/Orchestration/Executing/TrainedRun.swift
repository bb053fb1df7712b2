import ExperimentConfig
import Reporting
import RunRecord

/// What `run` and `resume` print with `--json`.
package enum TrainedRun {
  /// Prints one JSON object: the run's directory and, of a whole run, everything in `summary.json`.
  ///
  /// - Throws: ``FileError`` if the summary cannot be read or standard output cannot be written.
  package static func print(_ run: RunDirectory) throws {
    var object: [String: JSONValue] = [:]
    // A fold or a seed has no summary of its own: what it found is in that of its run.
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
