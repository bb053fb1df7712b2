import ExperimentConfig
import Files
import RunRecord
import TensorBoard
import Training
import Weights

/// The files that grow or change with every epoch.
struct EpochFiles {
  private let run: RunDirectory
  private let metrics: AppendedFile
  private let timings: AppendedFile

  private let events: EventFileWriter

  init(_ run: RunDirectory, host: String) throws {
    self.run = run
    metrics = try AppendedFile(creating: run.file("metrics.jsonl"))
    timings = try AppendedFile(creating: run.file("timings.jsonl"))
    events = try EventFileWriter(in: run.path, wallTime: Double(UTCTime.now()), host: host)
  }

  func write(_ end: TrainingLoop.EpochEnd) throws {
    let bytes = try SafeTensors.encode(end.weights)
    if end.isBest { try run.write(bytes, to: "weights/best.safetensors") }
    try run.write(bytes, to: "weights/last.safetensors")
    try metrics.append(line: JSONText.encode(end.record))
    try metrics.synchronize()
    try timings.append(line: JSONText.encode(end.timing))
    try events.append(end.record, wallTime: Double(UTCTime.now()))
  }

  /// Adds the pictures of the predictions, which have been written, to TensorBoard's file.
  func finish(epoch: Int) throws {
    for (split, table) in try run.readPredictions().sorted(by: { $0.key < $1.key }) {
      try events.append(
        confusionOf: table, split: split, step: epoch, wallTime: Double(UTCTime.now()))
    }
    try events.synchronize()
  }
}
