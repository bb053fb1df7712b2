import Execution
import FoundationEssentials
import Testing
import Torch
import Training
import Weights

/// `Tests/Fixtures/recipes/goldens.json`: short trainings in PyTorch (see make.py beside it).
struct RecipeGolden: Decodable {
  /// How a batch was mixed.
  struct Draw: Decodable {
    let method: String
    let share: Double
    let correct: Int
  }

  struct Values: Decodable {
    let sum: Double
    let norm: Double
  }

  let losses: [Double]
  /// The learning rate of each epoch.
  let rates: [Double]
  let draws: [Draw]?
  /// The mean loss of the validation examples under the final weights.
  let validation: Double
  let final: [String: Values]
  /// The plain weights of the last epoch, if the final ones are an average.
  let last: [String: Values]?

  static let seed: UInt64 = 7
  static let trainCount = 321

  static func load(_ run: String) throws -> RecipeGolden {
    let url = TrainingGolden.folder.deletingLastPathComponent()
      .appending(path: "recipes/goldens.json")
    let runs = try JSONDecoder().decode([String: Self].self, from: Data(contentsOf: url))
    return try #require(runs[run])
  }

  /// The network of the goldens on their images, with their weights.
  ///
  /// - Parameter settings: the lines of the experiment that the run is about.
  static func job(_ settings: String, batchSize: Int = 32) throws -> TrainingJob {
    var job = try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: \(batchSize)
        shuffle: false
      model: \(TrainingGolden.cnn)
      optimizer: {sgd: 0.02}
      seed: \(seed)
      \(settings)
      """, FormulaImages.make(salt: 0), train: 0..<trainCount, validation: trainCount..<384)
    let path = TrainingGolden.folder.appending(path: "cnn_initial.safetensors").path
    job.initialWeights = try SafeTensors.File(reading: path).entries()
    return job
  }

  /// Compares the sums and norms of a state dict.
  static func compare(
    _ entries: [SafeTensors.Entry], _ expected: [String: Values], tolerance: Double = 1e-4
  ) throws {
    for entry in entries where entry.type == .float32 {
      let expected = try #require(expected[entry.name])
      let values = entry.floats.map(Double.init)
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(norm - expected.norm) <= tolerance * max(expected.norm, 0.1), "\(entry.name)")
      let difference = abs(values.reduce(0, +) - expected.sum)
      // Rounding that differs between processors adds up over all values.
      #expect(difference <= 3 * tolerance * max(expected.norm, 0.1), "\(entry.name)")
    }
  }
}
