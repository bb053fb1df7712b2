import ExperimentConfig
import Files
import RunRecord

/// Reads from `summary.json` why a metric has no value.
enum UndefinedMetrics {
  /// `nil` if the file does not say it.
  static func reason(in run: RunDirectory, _ split: String, _ metric: String) -> String? {
    // A summary that cannot be read is reported as the trial's damage.
    guard let bytes = try? FileReading.bytes(of: run.file("summary.json"), limit: 1 << 28),
      case .object(let fields)? = try? JSONText.decode(JSONValue.self, from: bytes),
      case .object(let undefined)? = fields["undefined"],
      case .object(let metrics)? = undefined[split], case .string(let reason)? = metrics[metric]
    else { return nil }
    return reason
  }
}
