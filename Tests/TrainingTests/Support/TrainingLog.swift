import Datasets
import RunRecord
import Training
import WorkerProtocol

/// Listens to a training and keeps what it says.
final class TrainingLog: TrainingObserver {
  private(set) var steps: [StepRecord] = []
  private(set) var epochs: [EpochEnd] = []
  private(set) var snapshots: [TrainingSnapshot] = []
  private(set) var warnings: [String] = []
  /// The step after which the training is to be put down.
  var lastStep = Int.max
  /// Whether every epoch ends with a checkpoint.
  var keepsEpochs = false

  var losses: [Double] { steps.map(\.loss) }
  /// The values of each epoch.
  var values: [[String: Double]] { epochs.map(\.record.values) }

  func values(_ name: String) -> [Double] { values.map { $0[name] ?? .nan } }

  func didStep(_ record: StepRecord) { steps.append(record) }
  func didFinish(_ epoch: EpochEnd) { epochs.append(epoch) }
  var isInterrupted: Bool { (steps.last?.step ?? 0) >= lastStep }
  func warn(_ text: String) { warnings.append(text) }
  func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool { atEndOfEpoch && keepsEpochs }
  func keep(_ snapshot: TrainingSnapshot) { snapshots.append(snapshot) }
}
