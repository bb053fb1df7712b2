import Execution
import ExperimentConfig
import FoundationEssentials
import Testing
import Torch
import Training
import Weights

/// `Tests/Fixtures/finetuning/goldens.json`: short trainings in PyTorch (see make.py beside it).
struct FineTuningGolden: Decodable {
  struct Values: Decodable {
    let sum: Double
    let norm: Double
  }

  let losses: [Double]
  let val_loss: [Double]
  let rates: [Double]
  let final: [String: Values]

  static func load(_ run: String) throws -> FineTuningGolden {
    let url = TrainingGolden.folder.deletingLastPathComponent()
      .appending(path: "finetuning/goldens.json")
    let runs = try JSONDecoder().decode([String: Self].self, from: Data(contentsOf: url))
    return try #require(runs[run])
  }

  /// The network of the goldens on their images, with their weights.
  ///
  /// - Parameter settings: the lines of the experiment that the run is about.
  static func job(_ settings: String) throws -> TrainingJob {
    var job = try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: 32
        shuffle: false
      model: \(TrainingGolden.cnn)
      \(settings)
      """, FormulaImages.make(salt: 0), train: 0..<320, validation: 320..<384)
    let path = TrainingGolden.folder.appending(path: "cnn_initial.safetensors").path
    job.initialWeights = try SafeTensors.File(reading: path).entries()
    return job
  }

  /// Trains and compares every number.
  @discardableResult
  func compare(_ job: TrainingJob, tolerance: Double = 1e-5) throws -> TrainingLog {
    let log = TrainingLog()
    let result = try Trainer(job).run(log)
    expect(log.losses, losses, tolerance, "loss")
    expect(log.values("val_loss"), val_loss, tolerance, "validation loss")
    for entry in result.lastWeights where entry.type == .float32 {
      let expected = try #require(final[entry.name])
      let values = entry.floats.map(Double.init)
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      expect([norm], [expected.norm], 10 * tolerance, entry.name)
      // A sum of many weights, whose errors need not cancel: convolutions are computed in another way than PyTorch's.
      let difference = abs(values.reduce(0, +) - expected.sum)
      #expect(difference <= 30 * tolerance * max(expected.norm, 1e-9), "\(entry.name)")
    }
    return log
  }

  private func expect(_ ours: [Double], _ theirs: [Double], _ tolerance: Double, _ what: String) {
    #expect(ours.count == theirs.count, "\(what)")
    for (index, (ours, theirs)) in zip(ours, theirs).enumerated() {
      let difference = abs(ours - theirs) / max(abs(theirs), 1e-9)
      #expect(difference <= tolerance, "\(what) \(index): \(ours), PyTorch has \(theirs)")
    }
  }
}

extension SafeTensors.Entry {
  /// Of a float32 tensor.
  var floats: [Float] {
    bytes.withUnsafeBytes { buffer in
      (0..<(buffer.count / 4)).map { buffer.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}
