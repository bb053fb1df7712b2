import Files
import RunRecord
import TensorBoard
import Training
import Weights

/// The state from which a training resumes.
struct JobCheckpoint {
  let state: CheckpointState
  /// The path of the state, for error messages.
  let path: String
  let snapshot: TrainingSnapshot
  /// Pretrained weights that no step changes; `nil` if there are none, or if an older version did
  /// not store them.
  let frozen: [SafeTensors.Entry]?
  let frozenHash: String?

  init(_ contents: Checkpoints.Contents) throws {
    state = try RecordFile.decode(
      CheckpointState.self, from: contents.state, path: contents.statePath)
    path = contents.statePath
    let tensors = try SafeTensors.File(contents.tensors.open()).entries()
    snapshot = TrainingSnapshot(progress: state.progress, tensors: tensors)
    frozen = try contents.frozen.map { try SafeTensors.File($0.open()).entries() }
    frozenHash = contents.frozen?.sha256
  }
}

extension CheckpointState {
  /// The event file for TensorBoard; `nil` if none is recorded.
  var eventFile: (name: String, length: Int)? {
    lengths.first { EventFileWriter.isName($0.key) }.map { ($0.key, $0.value) }
  }
}
