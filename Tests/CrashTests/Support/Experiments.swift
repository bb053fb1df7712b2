import Datasets
import Foundation

/// Experiments that take seconds and use everything that a checkpoint has to hold.
enum Experiments {
  static let all = ["sequential", "cnn", "folds", "seeds", "labels"]

  static func write(into sandbox: Sandbox) throws {
    try writeData(into: sandbox)
    try sandbox.write(sequential, to: "sequential.yaml")
    try sandbox.write(cnn, to: "cnn.yaml")
    try sandbox.write(folds, to: "folds.yaml")
    try sandbox.write(seeds, to: "seeds.yaml")
    try writeLabels(into: sandbox)
    try sandbox.write(labels, to: "labels.yaml")
  }

  /// Four IDX files of images in four classes: a bright quarter for each, with noise from a formula.
  ///
  /// - Parameter image: pixels and label of a training example by its index, to have others.
  static func writeData(
    into sandbox: Sandbox, _ folder: String = "data", side: Int = 8, train: Int = 480,
    test: Int = 120,
    change: (_ index: Int, _ pixels: inout [UInt8], _ label: inout UInt8) -> Void = { _, _, _ in }
  ) throws {
    try FileManager.default.createDirectory(
      atPath: sandbox.path(folder), withIntermediateDirectories: true)
    for (prefix, count) in [("train", train), ("t10k", test)] {
      var pixels: [UInt8] = []
      var labels: [UInt8] = []
      for index in 0..<count {
        var label = UInt8(index % 4)
        var image = (0..<(side * side)).map { place in
          let (row, column) = (place / side, place % side)
          let isBright = (row * 2 / side) * 2 + column * 2 / side == Int(label)
          let noise = (index * 31 + place * 17 + index * place) % 97
          return UInt8((isBright ? 60 : 0) + noise)
        }
        if prefix == "train" { change(index, &image, &label) }
        pixels += image
        labels.append(label)
      }
      let path = sandbox.path(folder) + "/\(prefix)"
      try IDX.write(
        IDXArray(shape: [count, side, side], bytes: pixels), to: path + "-images-idx3-ubyte")
      try IDX.write(IDXArray(shape: [count], bytes: labels), to: path + "-labels-idx1-ubyte")
    }
  }

  /// The same images with two labels, whether a picture is of class 1 or 3 and whether of 2 or 3.
  private static func writeLabels(into sandbox: Sandbox) throws {
    try writeData(into: sandbox, "labels")
    for (prefix, count) in [("train", 480), ("t10k", 120)] {
      let bits = (0..<count).flatMap { [UInt8($0 % 2), UInt8($0 % 4 / 2)] }
      try IDX.write(
        IDXArray(shape: [count, 2], bytes: bits),
        to: sandbox.path("labels") + "/\(prefix)-labels-idx1-ubyte")
    }
  }

  static let dataset = "idx: {folder: data, classes: 4, height: 8, width: 8}"

  /// The project's first experiment on a part of MNIST, or of the drawn digits where that is not there.
  static let sequential = """
    name: sequential
    seed: 42
    data:
      dataset: mnist
      fallback: digits
      transforms:
        - to_tensor
        - normalize: {mean: [0.5], std: [0.5]}
      split: {validation: 0.2}
      batch_size: 64
      limit: {train: 2500, test: 400}
    model:
      - flatten
      - linear: 128
      - relu
      - dropout: 0.2
      - linear: 64
      - relu
      - linear: 10
    optimizer:
      adam: {lr: 1e-3}
    train:
      epochs: 8
      checkpoint: {every: 9}
    metrics: [accuracy, precision, recall, f1, confusion_matrix]

    """

  static let cnn = """
    name: cnn
    seed: 3
    data:
      dataset:
        \(dataset)
      transforms:
        - random_crop: {size: [8, 8], padding: 1}
        - random_horizontal_flip
        - to_tensor
        - normalize: {mean: 0.3, std: 0.3}
      batch_size: 16
    model:
      - conv2d: {out_channels: 8, kernel_size: 3, padding: 1}
      - batch_norm2d
      - relu
      - max_pool2d: 2
      - dropout: 0.2
      - flatten
      - linear: 4
    optimizer:
      sgd: {lr: 0.05, momentum: 0.9, nesterov: true}
    schedule:
      reduce_on_plateau: {patience: 1, factor: 0.5}
    train:
      epochs: 14
      accumulate: 2
      ema: 0.9
      clip_grad_norm: 1.0
      early_stopping: {patience: 4}
      checkpoint: {every: 5}
    metrics: [accuracy, f1, confusion_matrix]
    report: {explain: true}

    """

  /// Fits thresholds to its validation predictions, also in the folds.
  static let labels = """
    name: labels
    seed: 9
    task: {multi_label: {thresholds: validation}}
    data:
      dataset:
        idx: {folder: labels, labels: [right, low], height: 8, width: 8}
      split: {folds: 2, inner_validation: 0.25}
      batch_size: 32
    model: [flatten, linear: 2]
    optimizer: {adam: 1e-3}
    train: {epochs: 6, checkpoint: {every: 5}}

    """

  static let seeds = """
    extends: cnn.yaml
    name: seeds
    train: {epochs: 5, seeds: 3}

    """

  static let folds = """
    name: folds
    seed: 5
    data:
      dataset:
        \(dataset)
      transforms:
        - random_horizontal_flip
        - to_tensor
        - normalize: {mean: 0.3, std: 0.3}
      split: {folds: 3, stratified: false, inner_validation: 0.2}
      batch_size: 32
    model:
      - flatten
      - linear: 16
      - batch_norm1d
      - relu
      - dropout: 0.1
      - linear: 4
    optimizer:
      adam: {lr: 1e-2}
    schedule:
      cosine: {warmup_epochs: 1}
    train:
      epochs: 8
      ema: 0.95
      early_stopping: {patience: 3}
      checkpoint: {every: 7}
    metrics: [accuracy, f1, confusion_matrix]

    """
}
