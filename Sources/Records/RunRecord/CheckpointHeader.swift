import ExperimentConfig

/// The part of a checkpoint's JSON that matters outside of training: how far the training had come, and the
/// lengths of the files that grow with it.
package struct CheckpointHeader: CheckedRecord, Sendable {
  package struct Progress: Decodable, Sendable {
    package var step: Int
    package var epochs: Int
    package var stepInEpoch: Int
    fileprivate var earlyStopping: EarlyStopping?
  }

  fileprivate struct EarlyStopping: Decodable, Sendable {
    var hasStopped: Bool
  }

  package var identity: String
  package var progress: Progress
  /// The size of each growing file, in bytes.
  package var lengths: [String: Int]
  /// SHA-256 of that many bytes; `nil` in checkpoints of older versions.
  package var hashes: [String: String]?

  /// Whether early stopping has ended the training.
  package var hasStopped: Bool { progress.earlyStopping?.hasStopped ?? false }

  package func check() throws(RecordProblem) {
    try RecordProblem.requireHexadecimal("identity", identity)
    try RecordProblem.require("progress.epochs", progress.epochs, in: 0...1_000_000)
    try RecordProblem.require("progress.step", progress.step, in: 0...(1 << 48))
    try RecordProblem.require("progress.stepInEpoch", progress.stepInEpoch, in: 0...progress.step)
    try Self.check(lengths: lengths, hashes: hashes ?? [:])
  }

  /// The files that grow during a training.
  package static let growingFiles = ["metrics.jsonl", "timings.jsonl", "losses.bin"]

  /// Only names of the run's own files are accepted, so that no file elsewhere is ever touched.
  package static func check(
    lengths: [String: Int], hashes: [String: String]
  ) throws(RecordProblem) {
    for (name, length) in lengths.sorted(by: { $0.key < $1.key }) {
      guard growingFiles.contains(name) || isEventFile(name) else {
        throw RecordProblem(
          "lengths", "'\(name.prefix(200))' is not a file that grows during a run")
      }
      try RecordProblem.require("lengths.\(name)", length, in: 0...(1 << 48))
    }
    for (name, hash) in hashes.sorted(by: { $0.key < $1.key }) {
      guard lengths[name] != nil else {
        throw RecordProblem("hashes", "'\(name.prefix(200))' has no length")
      }
      try RecordProblem.requireHexadecimal("hashes.\(name)", hash)
    }
  }

  /// Whether TensorBoard treats a file of this name as an event file of this directory.
  package static func isEventFile(_ name: String) -> Bool {
    name.hasPrefix("events.out.tfevents.") && name.utf8.count <= 255
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
  }
}
