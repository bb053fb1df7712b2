import DataSchema
import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import Files
import FoundationEssentials
import Graph
import Planning
import Torch
import Training
import Weights

/// `Tests/Fixtures/training/<run>.json`: the losses of 200 steps in PyTorch (see make.py beside it).
struct TrainingGolden: Decodable {
  struct Buffer: Decodable {
    let shape: [Int]
    let data: [Double]
  }

  let run: String
  let dataset: String
  let salt: UInt32?
  let model: String
  let initial: String
  let loss: JSONValue
  let optimizer: JSONValue
  let batch_size: Int
  let steps: Int
  let losses: [Double]
  let buffers: [String: Buffer]?
  let precision: String?
  let accumulate: Int?
  /// Of a run in another precision.
  let losses_float32: [Double]?

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/training")

  static func load(_ run: String) throws -> TrainingGolden {
    let url = folder.appending(path: "\(run).json")
    return try JSONDecoder().decode(TrainingGolden.self, from: Data(contentsOf: url))
  }

  static let cnn = """
    [conv2d: {out_channels: 8, kernel_size: 3, bias: false}, batch_norm2d, relu, max_pool2d: 2, \
    conv2d: {out_channels: 16, kernel_size: 3, bias: false}, batch_norm2d, relu, \
    adaptive_avg_pool2d: 1, flatten, linear: 10]
    """

  private static let models = [
    "sequential": "[flatten, linear: 128, relu, linear: 64, relu, linear: 10]",
    "cnn": cnn,
  ]

  /// The run as our own job, without shuffling and with PyTorch's initial weights.
  func job(_ images: ImagesInMemory) throws -> TrainingJob {
    func json(_ value: JSONValue) throws -> String {
      String(decoding: try JSONText.encode(value), as: UTF8.self)
    }
    let text = """
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: \(batch_size)
        shuffle: false
      model: \(Self.models[model] ?? "")
      loss: \(try json(loss))
      optimizer: \(try json(optimizer))
      train:
        epochs: 100
        max_steps: \(steps)
        precision: \(precision ?? "float32")
        accumulate: \(accumulate ?? 1)
      """
    var job = try Jobs.make(text, images, train: 0..<images.count, validation: 0..<64)
    job.initialWeights =
      try SafeTensors.File(reading: Self.folder.appending(path: initial).path).entries()
    return job
  }
}

/// The data set of the goldens, whose pixels are a formula (its definition is in make.py).
enum FormulaImages {
  static let count = 3_200

  static func make(salt: UInt32) throws -> ImagesInMemory {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * 784)
    for image in 0..<UInt32(count) {
      let tens = image / 10
      let shown = tens % 5 != 0 ? image % 10 : (tens + image * 3 + 1) % 10
      for row in 0..<UInt32(28) {
        for column in 0..<UInt32(28) {
          var value = (image &* 784 &+ row &* 28 &+ column &+ salt) &* 2_654_435_761
          value ^= value >> 15
          value = value &* 2_246_822_519
          value ^= value >> 13
          let noise = value >> 24
          let phase = row * (shown % 5 + 1) + column * (shown / 5 * 3 + 1) + tens % 3
          let stripe: UInt32 = phase % 14 < 7 ? 255 : 0
          pixels.append(UInt8((noise * 5 + stripe * 3) >> 3))
        }
      }
    }
    return ImagesInMemory(
      pixels: pixels, size: ImageSize(channels: 1, height: 28, width: 28), target: .digits,
      targets: Targets(classes: (0..<count).map { $0 % 10 }))
  }
}
