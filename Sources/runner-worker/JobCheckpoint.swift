import ExperimentConfig
import RunRecord
import Training
import Weights

/// What a training goes on from.
struct JobCheckpoint {
  let state: CheckpointState
  let snapshot: TrainingSnapshot
  /// The weights from elsewhere that no step changes; nothing where there are none, or an older program
  /// did not keep them.
  let frozen: [SafeTensors.Entry]?
  let frozenHash: String?

  init(_ contents: Checkpoints.Contents) throws {
    state = try JSONText.decode(CheckpointState.self, from: contents.state)
    let tensors = try SafeTensors.File(reading: contents.tensors).entries()
    snapshot = TrainingSnapshot(progress: state.progress, tensors: tensors)
    frozen = try contents.frozen.map { try SafeTensors.File(reading: $0.path).entries() }
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

  init(identity: String, progress: TrainingProgress, lengths: [String: Int]) {
    self.identity = identity
    self.progress = progress
    self.lengths = lengths
  }
}
