import DataSchema
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning
import TaskRegistry
import Tasks
import Torch
import Training

/// A loss, or a sum of losses, with a batch and what PyTorch computes for it;
/// Tests/Fixtures/tasks/make_losses.py made the values.
package struct LossCase: Decodable, Sendable {
  package enum Kind: String, Decodable, Sendable {
    case numbers, labels, classes, masks
  }

  /// As an experiment writes it.
  package let loss: String
  package let kind: Kind
  /// Values per target; of a mask its pixels, where -100 has no class.
  package let width: Int
  package let outputs: [Float]
  package let targets: [Float]
  package let value: Double
  package let gradient: [Float]

  /// - Parameter path: that of `losses.json`.
  package static func all(in path: String) throws -> [LossCase] {
    try JSONDecoder().decode([LossCase].self, from: Data(contentsOf: URL(filePath: path)))
  }

  private static let names = ["cat", "dog", "owl", "bee"]

  package var title: String { "\(loss) of \(kind.rawValue)" }
  package var rows: Int { targets.count / width }

  /// The names of the losses.
  package var names: [String] {
    get throws { try trainingLoss().names }
  }

  package var field: DataField {
    switch kind {
    case .numbers: DataField("y", .numbers((0..<width).map { Quantity("y\($0)") }))
    case .labels: DataField("labels", .labelSet(Array(Self.names.prefix(width))))
    case .classes: DataField("label", .category(Self.names))
    case .masks: DataField("mask", .mask(Self.names, ignore: nil))
    }
  }

  package func trainingLoss() throws -> TrainingLoss {
    try Self.trainingLoss(loss, field)
  }

  package static func trainingLoss(_ text: String, _ field: DataField) throws -> TrainingLoss {
    try TrainingLoss(
      try ResolvedComponent.readAll(
        SourceFile(name: "loss.yaml", text: text), as: .loss, catalog: .standard),
      for: field)
  }

  package func objective() throws -> Objective {
    let loss = try trainingLoss()
    guard let task = TaskRegistry.task(for: field), loss.problems(task.name).isEmpty else {
      throw TorchError(operation: self.loss, message: "it is no loss of these targets")
    }
    return loss.objective(task.lossTargets(allTargets))
  }

  package func function(
    _ dtype: ScalarType = .float32, on device: Device = .cpu
  ) throws -> LossFunction {
    try LossFunction(
      objective(), width: kind == .classes || kind == .masks ? Self.names.count : width,
      device: device, dtype: dtype)
  }

  /// Of masks, the pixels of each class and of none.
  package var allTargets: Targets {
    guard kind == .masks else { return Targets(targets, width: width) }
    let classes = Self.names.count
    var counts = [Float](repeating: 0, count: rows * (classes + 1))
    for (place, number) in targets.enumerated() {
      counts[place / width * (classes + 1) + (number < 0 ? classes : Int(number))] += 1
    }
    return Targets(counts, width: classes + 1)
  }

  /// Height and width of the masks.
  private static let maskSize = [3, 4]

  /// The outputs of some examples.
  package func outputs(_ rows: Range<Int>, _ dtype: ScalarType = .float32) throws -> Tensor {
    let columns = outputs.count / self.rows
    let values = Array(outputs[(rows.lowerBound * columns)..<(rows.upperBound * columns)])
    return try Tensor(values, shape: [rows.count] + outputShape).to(dtype)
  }

  /// Of one example.
  package var outputShape: [Int] {
    kind == .masks ? [Self.names.count] + Self.maskSize : [outputs.count / rows]
  }

  package func targets(_ rows: Range<Int>, _ dtype: ScalarType = .float32) throws -> Tensor {
    let values = Array(targets[(rows.lowerBound * width)..<(rows.upperBound * width)])
    if kind == .classes { return try Tensor(values.map { Int64($0) }) }
    if kind == .masks {
      return try Tensor(values.map { Int64($0) }, shape: [rows.count] + Self.maskSize)
    }
    return try Tensor(values, shape: [rows.count, width]).to(dtype)
  }
}
