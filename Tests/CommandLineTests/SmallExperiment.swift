import Datasets
import FoundationEssentials

/// A data set and an experiment small enough to train in a moment.
enum SmallExperiment {
  static let train = 400
  static let test = 100

  /// Writes `data/` with four IDX files of 8×8 images in four classes, and `small.yaml`.
  static func write(into program: Program, largestLabel: UInt8 = 3) throws {
    let folder = program.path("data")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (prefix, count) in [("train", train), ("t10k", test)] {
      var pixels: [UInt8] = []
      var labels: [UInt8] = []
      for index in 0..<count {
        let label = index % 4
        labels.append(index == 17 ? largestLabel : UInt8(label))
        // No image is there twice, which would be warned of.
        let number = index + (prefix == "train" ? 0 : train)
        pixels += [UInt8(number % 100), UInt8(number / 100)]
        for place in 2..<64 {
          // A bright quarter for each class, with noise from a formula.
          let isBright = (place / 32) * 2 + (place % 8) / 4 == label
          let noise = (index * 31 + place * 17 + index * place) % 97
          pixels.append(UInt8((isBright ? 120 : 0) + noise))
        }
      }
      try IDX.write(
        IDXArray(shape: [count, 8, 8], bytes: pixels), to: "\(folder)/\(prefix)-images-idx3-ubyte")
      try IDX.write(
        IDXArray(shape: [count], bytes: labels), to: "\(folder)/\(prefix)-labels-idx1-ubyte")
    }
    try program.write(yaml, to: "small.yaml")
  }

  static let yaml = """
    name: small
    seed: 7
    data:
      dataset:
        idx: {folder: data, classes: 4, height: 8, width: 8}
      transforms:
        - to_tensor
        - normalize: {mean: 0.3, std: 0.3}
      batch_size: 32
    model:
      - flatten
      - linear: 16
      - relu
      - dropout: 0.1
      - linear: 4
    optimizer:
      adam: {lr: 1e-2}
    train: {epochs: 3}
    metrics: [accuracy, f1, confusion_matrix]

    """
}
