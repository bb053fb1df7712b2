import ExperimentConfig
import RunRecord

/// The JSON part of a checkpoint.
package struct CheckpointState: Codable, CheckedRecord {
  package private(set) var format = 1
  package let identity: String
  package let progress: TrainingProgress
  /// The length in bytes of each append-only file.
  package let lengths: [String: Int]
  /// SHA-256 of that many leading bytes, for some of the files; `nil` in checkpoints of older versions.
  package let hashes: [String: String]?

  package init(
    identity: String, progress: TrainingProgress, lengths: [String: Int],
    hashes: [String: String] = [:]
  ) {
    self.identity = identity
    self.progress = progress
    self.lengths = lengths
    self.hashes = hashes
  }

  package func check() throws(RecordProblem) {
    guard format == 1 else {
      throw RecordProblem("format", "\(format) is from another version of this program")
    }
    try RecordProblem.requireHexadecimal("identity", identity)
    try CheckpointHeader.check(lengths: lengths, hashes: hashes ?? [:])
    let losses = 8.multipliedReportingOverflow(by: progress.step)
    if let length = lengths["losses.bin"], losses.overflow || length != losses.partialValue {
      throw RecordProblem(
        "lengths.losses.bin", "\(length) bytes are not the losses of \(progress.step) steps")
    }
  }
}
