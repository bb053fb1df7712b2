import ExperimentConfig
import Files
import RunRecord
import Training
import Weights

/// The files that grow or change with every epoch.
struct EpochFiles {
  private let run: RunDirectory
  private let metrics: AppendedFile
  private let timings: AppendedFile

  init(_ run: RunDirectory) throws {
    self.run = run
    metrics = try AppendedFile(creating: run.file("metrics.jsonl"))
    timings = try AppendedFile(creating: run.file("timings.jsonl"))
  }

  func write(_ end: TrainingLoop.EpochEnd) throws {
    let bytes = try SafeTensors.encode(end.weights)
    if end.isBest { try run.write(bytes, to: "weights/best.safetensors") }
    try run.write(bytes, to: "weights/last.safetensors")
    try metrics.append(line: JSONText.encode(end.record))
    try metrics.synchronize()
    try timings.append(line: JSONText.encode(end.timing))
  }
}
