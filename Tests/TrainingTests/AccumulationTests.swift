import DataSchema
import Datasets
import Tasks
import Testing
import Torch
import Training
import Weights

/// One step over several batches against one step over a batch with all their examples.
@Suite struct AccumulationTests {
  /// Random pixels with targets of a data set that is drawn.
  private static func images(_ kind: String) -> ImagesInMemory {
    let count = 24
    var state: UInt32 = 7
    func next() -> UInt32 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return state >> 16
    }
    let width = kind == "figures" ? 56 : 28
    let pixels = (0..<(count * 28 * width)).map { _ in UInt8(next() % 256) }
    let target: DataField
    let targets: Targets
    switch kind {
    case "slant":
      target = DataField("slant", .numbers([Quantity("slant")]))
      targets = Targets((0..<count).map { _ in Float(next() % 5) })
    case "[slant, stroke_width]":
      target = DataField("shares", .numbers([Quantity("slant"), Quantity("stroke_width")]))
      let shares = (0..<count).map { _ in Float(next() % 9) / 8 }
      targets = Targets(shares.flatMap { [$0, 1 - $0] }, width: 2)
    case "figures":
      target = DataField("figures", .labelSet((0..<10).map(String.init)))
      targets = Targets((0..<(count * 10)).map { _ in Float(next() % 2) }, width: 10)
    default:
      target = .digits
      // Classes that are rare, so that batches differ in their weights.
      targets = Targets(classes: (0..<count).map { $0 < 4 ? 0 : Int(next() % 5) * Int(next() % 3) })
    }
    return ImagesInMemory(
      pixels: pixels, size: ImageSize(channels: 1, height: 28, width: width), target: target,
      targets: targets)
  }

  private func weights(
    _ loss: String, _ kind: String, batch: Int, accumulate: Int, activation: String = "gelu",
    compiled: Bool = false
  ) throws -> (weights: [Float], loss: Double, validation: Double) {
    var job = try Jobs.make(
      """
      data:
        dataset: \(kind == "digits" ? "digits" : "{digits: \(kind)}")
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: \(batch)
      model: [flatten, linear: 6, \(activation), linear: {}]
      loss: \(loss)
      optimizer: {sgd: {lr: 0.5}}
      train: {epochs: 1, accumulate: \(accumulate)}
      """, Self.images(kind), train: 0..<17, validation: 17..<24)
    job.usesCompiledSteps = compiled
    let log = TrainingLog()
    let trainer = try Trainer(job)
    #expect(trainer.isCompiled == compiled)
    let result = try trainer.run(log)
    return (
      result.lastWeights.flatMap(\.floats), try #require(log.losses.last),
      try #require(log.values("val_loss").last)
    )
  }

  static let cases: [(loss: String, kind: String)] = [
    ("cross_entropy", "digits"), ("cross_entropy: {weight: balanced}", "digits"),
    ("cross_entropy: {weight: [9, 1, 0.1, 4, 1, 1, 0, 2, 1, 1], label_smoothing: 0.1}", "digits"),
    ("mse", "digits"), ("bce_with_logits", "digits"), ("focal", "digits"),
    ("focal: {alpha: balanced}", "digits"),
    ("[cross_entropy: {weight: balanced}, focal: {scale: 0.5}]", "digits"),
    ("bce_with_logits: {pos_weight: balanced, label_smoothing: 0.1}", "figures"),
    ("bce_with_logits: {weight: {3: 5}}", "figures"), ("focal", "figures"), ("mse", "figures"),
    ("mse", "slant"), ("mae", "slant"), ("huber: 0.5", "slant"), ("smooth_l1: 0.5", "slant"),
    ("poisson_nll: {full: true}", "slant"), ("gaussian_nll", "slant"),
    ("[mse, mae: {scale: 3}]", "slant"), ("kl_div", "[slant, stroke_width]"),
    ("gaussian_nll: {full: true}", "[slant, stroke_width]"),
  ]

  /// Batches of 5, 5, 5 and 2 examples.
  @Test(arguments: cases) func equalsTheLargeBatch(_ loss: String, _ kind: String) throws {
    let parts = try weights(Self.block(loss), kind, batch: 5, accumulate: 4)
    let whole = try weights(Self.block(loss), kind, batch: 17, accumulate: 1)
    #expect(abs(parts.loss - whole.loss) <= 2e-6 * max(1, abs(whole.loss)))
    #expect(parts.weights.count == whole.weights.count)
    let size = whole.weights.map(abs).max() ?? 0
    for (left, right) in zip(parts.weights, whole.weights) {
      #expect(abs(left - right) <= 2e-6 * size, "\(loss)")
    }
  }

  /// Those of ``cases`` that compiled steps compute.
  static let compiledCases = [0, 1, 2, 3, 4, 8, 11, 12].map { cases[$0] }

  /// The same in compiled steps, whose value, gradient and evaluation are those of the general way.
  @Test(arguments: compiledCases) func compiledStepsAccumulate(
    _ loss: String, _ kind: String
  ) throws {
    let general = try weights(
      Self.block(loss), kind, batch: 5, accumulate: 4, activation: "tanh")
    for batch in [5, 17] {
      let compiled = try weights(
        Self.block(loss), kind, batch: batch, accumulate: batch == 5 ? 4 : 1, activation: "tanh",
        compiled: true)
      #expect(abs(compiled.loss - general.loss) <= 2e-6 * max(1, abs(general.loss)))
      #expect(abs(compiled.validation - general.validation) <= 5e-6 * max(1, general.validation))
      let size = general.weights.map(abs).max() ?? 0
      for (left, right) in zip(compiled.weights, general.weights) {
        #expect(abs(left - right) <= 2e-6 * size, "\(loss)")
      }
    }
  }

  /// The mean of the batches' means is another loss, which the test above has to tell apart.
  @Test func theWeightsOfTheBatchesDiffer() throws {
    let loss = "{cross_entropy: {weight: balanced}}"
    let plain = try weights("cross_entropy", "digits", batch: 17, accumulate: 1)
    let weighted = try weights(loss, "digits", batch: 17, accumulate: 1)
    #expect(abs(plain.loss - weighted.loss) > 1e-3)
    let objective = try Jobs.make(
      """
      data: {dataset: digits, batch_size: 5}
      model: [flatten, linear: 10]
      loss: \(loss)
      """, Self.images("digits"), train: 0..<17, validation: 17..<24
    ).objective
    let targets = Self.images("digits").targets
    let sums = [0..<5, 5..<10, 10..<15, 15..<17].map {
      LossStep(objective, [Array($0)], of: targets).weights[0] / Double($0.count)
    }
    #expect((sums.max() ?? 0) > 1.2 * (sums.min() ?? 0))
  }

  /// A component with arguments as a mapping in one line.
  private static func block(_ loss: String) -> String {
    loss.contains(":") && !loss.hasPrefix("[") ? "{\(loss)}" : loss
  }
}
