import DataSchema
import Datasets
import Execution
import ExperimentConfig
import Planning
import RunRecord
import Splits
import Tasks
import Testing
import Torch
import Training
import Weights

/// Dead and saturated units, and the sample of training examples.
@Suite struct ActivityTests {
  /// What an evaluation sees of a model whose biases are given, layer by layer.
  private func activity(
    _ model: String, biases: [String: [Float]], precision: String = "float32"
  ) throws -> UnitActivity {
    let job = try Jobs.make(
      """
      data: {dataset: mnist, transforms: [to_tensor]}
      model: \(model)
      train: {precision: \(precision)}
      """, FormulaImages.make(salt: 0), train: 0..<64, validation: 64..<464)
    let made = try job.makeModel()
    var entries = try made.stateDict()
    for index in entries.indices {
      guard let values = biases[entries[index].name] else { continue }
      entries[index].bytes = values.flatMap {
        withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) }
      }
    }
    try made.load(entries)
    let recorder = ActivityRecorder(job.graph, behind: nil)
    let loss = try LossFunction(job.objective, width: 10, device: .cpu)
    _ = try Evaluation.run(
      made, loss, job.examples, job.validationIndices, task: job.task, watching: recorder,
      isInterrupted: { false })
    return recorder.activity(split: "validation", examples: 400)
  }

  @Test func deadUnitsOfACompiledModelAreCounted() throws {
    let found = try activity(
      "[flatten, linear: 6, relu, dropout: 0.5, linear: 10]",
      biases: ["1.bias": [-1e4, 1e4, -1e4, 1e4, 1e4, -1e4]])
    #expect(
      found.layers == [.init(node: "2", activation: "relu", units: 6, dead: 3, saturated: 0)])
  }

  @Test func deadChannelsOfAGeneralModelAreCounted() throws {
    let model = "[conv2d: {out_channels: 4, kernel_size: 3}, relu, flatten, linear: 10]"
    for precision in ["float32", "bfloat16"] {
      let found = try activity(
        model, biases: ["0.bias": [1e4, -1e4, 1e4, 1e4]], precision: precision)
      #expect(
        found.layers == [.init(node: "1", activation: "relu", units: 4, dead: 1, saturated: 0)])
    }
  }

  @Test(arguments: ["sigmoid", "tanh"]) func saturatedUnitsAreCounted(name: String) throws {
    let chain = try activity(
      "[flatten, linear: 4, \(name), linear: 10]", biases: ["1.bias": [1e4, 0, -1e4, 0]])
    #expect(chain.layers == [.init(node: "2", activation: name, units: 4, dead: 0, saturated: 2)])
    let image = try activity(
      "[conv2d: {out_channels: 3, kernel_size: 3}, \(name), flatten, linear: 10]",
      biases: ["0.bias": [1e4, 0, 0]])
    #expect(image.layers == [.init(node: "1", activation: name, units: 3, dead: 0, saturated: 1)])
  }

  @Test func theSampleIsAFunctionOfSeedAndFold() {
    let all = Array(stride(from: 0, to: 40_000, by: 2))
    let sample = TrainSample.indices(of: all, validation: 4_000, seed: 1, fold: 0)
    #expect(sample.count == 4_000 && Set(sample).isSubset(of: all) && sample == sample.sorted())
    #expect(sample == TrainSample.indices(of: all, validation: 4_000, seed: 1, fold: 0))
    #expect(sample != TrainSample.indices(of: all, validation: 4_000, seed: 2, fold: 0))
    #expect(sample != TrainSample.indices(of: all, validation: 4_000, seed: 1, fold: 1))
    #expect(TrainSample.indices(of: all, validation: 9_000, seed: 1, fold: 0).count == 5_000)
    #expect(TrainSample.indices(of: all, validation: 0, seed: 1, fold: 0).count == 1_000)
    #expect(TrainSample.indices(of: [4, 7], validation: 9, seed: 1, fold: 0) == [4, 7])
  }

  @Test func theBaselineIsTheBestConstantAnswer() throws {
    /// Of two classes with these shares of two hundred examples.
    func loss(_ text: String, _ shares: [Double]) throws -> Double {
      let plan = try Jobs.plan(
        "{data: {dataset: mnist}, model: [flatten, linear: 10], loss: \(text)}")
      let columns = shares.map { share in
        let count = Int(200 * share)
        return TargetDistribution(values: [(0, 200 - count), (1, count)])
      }
      return try #require(
        plan.loss.ofConstantAnswer(
          LossTargets(plan.task.lossTarget, columns, plan.task.target.kind)))
    }
    let half = 0.693147180559945
    #expect(abs(try loss("cross_entropy", [0.5, 0.5]) - half) < 1e-12)
    #expect(abs(try loss("bce_with_logits", [0.5, 0.5]) - half) < 1e-12)
    #expect(abs(try loss("mse", [0.5, 0.5]) - 0.25) < 1e-12)
    #expect(try loss("cross_entropy", [1, 0]) == 0)
    #expect(
      abs(
        try loss("{cross_entropy: {label_smoothing: 0.5}}", [1, 0])
          - 0.562335144618808) < 1e-12)
  }
}
