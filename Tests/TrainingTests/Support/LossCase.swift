import DataSchema
import Diagnostics
import ExperimentConfig
import Foundation
import Planning
import TaskRegistry
import Tasks
import Testing
import Torch
import Training

/// A loss, or a sum of losses, with a batch and what PyTorch computes for it;
/// Tests/Fixtures/tasks/make_losses.py made the values.
struct LossCase: Decodable, CustomTestStringConvertible, Sendable {
  enum Kind: String, Decodable {
    case numbers, labels, classes, masks
  }

  /// As an experiment writes it.
  let loss: String
  let kind: Kind
  /// Values per target; of a mask its pixels, where -100 has no class.
  let width: Int
  let outputs: [Float]
  let targets: [Float]
  let value: Double
  let gradient: [Float]

  static let all: [LossCase] = {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = tests.appending(path: "Fixtures/tasks/losses.json")
    return (try? JSONDecoder().decode([LossCase].self, from: Data(contentsOf: path))) ?? []
  }()

  private static let names = ["cat", "dog", "owl", "bee"]

  var testDescription: String { "\(loss) of \(kind.rawValue)" }
  var rows: Int { targets.count / width }

  /// The names of the losses.
  var names: [String] {
    get throws { try trainingLoss().names }
  }

  var field: DataField {
    switch kind {
    case .numbers: DataField("y", .numbers((0..<width).map { Quantity("y\($0)") }))
    case .labels: DataField("labels", .labelSet(Array(Self.names.prefix(width))))
    case .classes: DataField("label", .category(Self.names))
    case .masks: DataField("mask", .mask(Self.names, ignore: nil))
    }
  }

  func trainingLoss() throws -> TrainingLoss {
    try Self.trainingLoss(loss, field)
  }

  static func trainingLoss(_ text: String, _ field: DataField) throws -> TrainingLoss {
    try TrainingLoss(
      try ResolvedComponent.readAll(
        SourceFile(name: "loss.yaml", text: text), as: .loss, catalog: .standard),
      for: field)
  }

  func objective() throws -> Objective {
    let loss = try trainingLoss()
    let task = try #require(TaskRegistry.task(for: field))
    #expect(loss.problems(task.name).isEmpty)
    return loss.objective(task.lossTargets(allTargets))
  }

  func function(_ dtype: ScalarType = .float32) throws -> LossFunction {
    try LossFunction(
      objective(), width: kind == .classes || kind == .masks ? Self.names.count : width,
      device: .cpu, dtype: dtype)
  }

  /// Of masks, the pixels of each class and of none.
  var allTargets: Targets {
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
  func outputs(_ rows: Range<Int>, _ dtype: ScalarType = .float32) throws -> Tensor {
    let columns = outputs.count / self.rows
    let values = Array(outputs[(rows.lowerBound * columns)..<(rows.upperBound * columns)])
    return try Tensor(values, shape: [rows.count] + outputShape).to(dtype)
  }

  /// Of one example.
  var outputShape: [Int] {
    kind == .masks ? [Self.names.count] + Self.maskSize : [outputs.count / rows]
  }

  func targets(_ rows: Range<Int>, _ dtype: ScalarType = .float32) throws -> Tensor {
    let values = Array(targets[(rows.lowerBound * width)..<(rows.upperBound * width)])
    if kind == .classes { return try Tensor(values.map { Int64($0) }) }
    if kind == .masks {
      return try Tensor(values.map { Int64($0) }, shape: [rows.count] + Self.maskSize)
    }
    return try Tensor(values, shape: [rows.count, width]).to(dtype)
  }
}
