import Diagnostics
import ExperimentConfig
import RunRecord
import TensorBoard
import Training
import Weights

/// What a training resumes from.
struct JobCheckpoint {
  let state: CheckpointState
  let snapshot: TrainingSnapshot
  /// The weights from elsewhere that no step changes; `nil` if there are none, or an older program did
  /// not keep them.
  let frozen: [SafeTensors.Entry]?
  let frozenHash: String?

  init(_ contents: Checkpoints.Contents) throws {
    state = try JSONText.decode(CheckpointState.self, from: contents.state)
    try state.checkNames(at: contents.statePath)
    let tensors = try SafeTensors.File(contents.tensors.open()).entries()
    snapshot = TrainingSnapshot(progress: state.progress, tensors: tensors)
    frozen = try contents.frozen.map { try SafeTensors.File($0.open()).entries() }
    frozenHash = contents.frozen?.sha256
  }
}

/// The JSON of a checkpoint.
struct CheckpointState: Codable {
  var format = 1
  var identity: String
  var progress: TrainingProgress
  /// Bytes of each file that grows.
  var lengths: [String: Int]

  /// The files that grow, beside the one for TensorBoard.
  static let growingFiles = ["metrics.jsonl", "timings.jsonl", "losses.bin"]

  init(identity: String, progress: TrainingProgress, lengths: [String: Int]) {
    self.identity = identity
    self.progress = progress
    self.lengths = lengths
  }

  /// The file for TensorBoard; `nil` if none is recorded.
  var eventFile: (name: String, length: Int)? {
    lengths.first { EventFileWriter.isName($0.key) }.map { ($0.key, $0.value) }
  }

  /// Whether all names are those of files that grow: they are opened, and cut to the recorded length.
  fileprivate func checkNames(at path: String) throws {
    for (name, length) in lengths {
      guard Self.growingFiles.contains(name) || EventFileWriter.isName(name), length >= 0 else {
        throw InputError(
          "\(path): lengths: '\(name)' with \(length) bytes is not a file that grows during a run")
      }
    }
  }
}
