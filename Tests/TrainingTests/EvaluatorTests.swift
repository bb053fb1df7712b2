import DataSchema
import Datasets
import Execution
import ExperimentConfig
import Planning
import Tasks
import Testing
import Torch
import Training

/// Evaluation by scores.
@Suite struct EvaluatorTests {
  /// A model whose scores are hundreds, untrained.
  private func job(
    _ loss: String = "cross_entropy", layer: String = "linear: 10"
  ) throws -> TrainingJob {
    try Jobs.make(
      """
      data: {dataset: mnist, transforms: [to_tensor, normalize: {mean: [0.0], std: [0.001]}]}
      model: [flatten, \(layer)]
      loss: \(loss)
      metrics: [log_loss, roc_auc, accuracy]
      """, FormulaImages.make(salt: 0), train: 0..<100, validation: 100..<400)
  }

  private func evaluator(_ job: TrainingJob) throws -> (Evaluator, LossFunction) {
    let loss = try LossFunction(job.objective, width: 10, device: .cpu)
    return (
      try Evaluator(try job.makeModel(), loss, job.examples, task: job.task, batchSize: 64), loss
    )
  }

  @Test(arguments: [true, false])
  func theLogLossOfLargeScoresIsTheLoss(_ isCompiled: Bool) throws {
    // LibTorch computes what no kernel is written for.
    let job = try job(layer: isCompiled ? "linear: 10" : "gelu, linear: 10")
    let (evaluator, _) = try evaluator(job)
    #expect(evaluator.isCompiled == isCompiled)
    let result = try #require(
      try evaluator.run(job.validationIndices, isInterrupted: { false }))
    let values = result.scores(job.metrics).values
    let (loss, other) = (try #require(values["loss"]), try #require(values["log_loss"]))
    #expect(loss > 20, "or else the test shows nothing")
    #expect(abs(loss - other) < 1e-5 * loss)
    #expect(result.predictions.layout.link == .softmax)
  }

  /// In the evaluator's own batches and on one thread, for products of matrices round by both on some processors.
  @Test func oneEvaluatorAnswersForManyBatches() throws {
    let threads = Runtime.threadCount
    try Runtime.setThreadCount(1)
    defer { try? Runtime.setThreadCount(threads) }
    for loss in ["cross_entropy", "mse", "bce_with_logits", "focal"] {
      let job = try job(loss)
      let (evaluator, function) = try evaluator(job)
      #expect(evaluator.isCompiled == (loss != "focal"))
      let whole = try #require(try evaluator.run(job.validationIndices, isInterrupted: { false }))
      var scores: [Double] = []
      let size = evaluator.isCompiled ? 250 : 64
      for start in stride(from: 100, to: 400, by: size) {
        let part = Array(start..<min(start + size, 400))
        scores += try #require(try evaluator.run(part, isInterrupted: { false })).predictions
          .outputs
      }
      #expect(scores == whole.predictions.outputs)
      #expect(
        function.link == LossRegistry.type(named: loss)?.link(for: job.task.target.kind)
          && whole.predictions.layout.link == function.link)
      #expect(try evaluator.run(job.validationIndices, isInterrupted: { true }) == nil)
    }
  }

  @Test func threadsChangeNoBitOfACompiledEvaluation() throws {
    let threads = Runtime.threadCount
    defer { try? Runtime.setThreadCount(threads) }
    let job = try Jobs.make(
      """
      data: {dataset: mnist, transforms: [to_tensor, normalize: {mean: [0.0], std: [0.001]}]}
      model: [flatten, linear: 40, relu, linear: 10]
      metrics: [accuracy]
      """, FormulaImages.make(salt: 0), train: 0..<100, validation: 100..<400)
    // Several batches of 250, the last of which is smaller.
    let indices = (0..<3).flatMap { _ in job.validationIndices }
    var results: [(outputs: [Double], loss: Double?)] = []
    for count in [1, 2, 5] {
      try Runtime.setThreadCount(count)
      let (evaluator, _) = try evaluator(job)
      #expect(evaluator.isCompiled)
      var counts: [Int] = []
      let result = try #require(
        try evaluator.run(indices, progress: { counts.append($0) }, isInterrupted: { false }))
      #expect(counts == [250, 500, 750, 900])
      results.append((result.predictions.outputs, result.scores(job.metrics).values["loss"]))
    }
    for result in results.dropFirst() {
      #expect(result.outputs == results[0].outputs && result.loss == results[0].loss)
    }
  }

  /// A table of one-hot targets would take 40 GB.
  @Test(arguments: ["mse", "bce_with_logits"])
  func targetsOfManyClassesTakeTheMemoryOfABatch(_ name: String) throws {
    let classes = 100_000
    let loss = try LossFunction(job(name).objective, width: classes, device: .cpu)
    var values = [Float](repeating: 0, count: 2 * classes)
    values[7] = 1
    values[classes + 99_999] = 0.5
    let scores = try Tensor(values, shape: [2, classes])
    let losses = try loss.perExample(scores, Tensor([7, 99_999] as [Int64]))
    if name == "mse" {
      #expect(losses[0] == 0 && abs(losses[1] - 0.25 / Float(classes)) < 1e-9)
    } else {
      #expect(losses.allSatisfy { abs($0 - 0.6931472) < 1e-4 })
    }
  }
}
