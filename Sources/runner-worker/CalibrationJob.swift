import DataSchema
import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import Graph
import Planning
import RunRecord
import Tasks
import Torch
import Training
import Transforms
import Weights
import WorkerProtocol

/// Measures which values the layers of a trained model give for training examples, in float32 on the CPU.
struct CalibrationJob {
  private let request: CalibrationRequest

  init(_ request: CalibrationRequest) { self.request = request }

  func answer() throws -> CalibrationAnswer {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: request.run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    guard let plan else { throw InputError(diagnostics.sorted) }
    try Runtime.setThreadCount(request.threads)
    try Runtime.setDeterministic(true, allowTF32: false)
    Runtime.setFlushDenormal(true)
    let model = try Model(
      plan.graph, weights: request.model.weights, seed: plan.experiment.seed, device: .cpu)
    let examples = try self.examples(plan)
    let batch = min(plan.graph.evaluationBatch(), max(examples.count, 1))
    var sampler = ActivationSampler(batches: (examples.count + batch - 1) / batch)
    for start in stride(from: 0, to: examples.count, by: batch) {
      if Interruption.isRequested { throw TrainingInterrupted() }
      try withInferenceMode { () throws -> Void in
        let inputs = try examples.batch(
          start..<min(start + batch, examples.count), format: model.format
        ).inputs
        try sampler.add(inputs, of: .input(0))
        _ = try model(inputs, observing: { try sampler.add($1, of: .node($0)) })
      }
      sampler.finishBatch()
    }
    let ranges = sampler.ranges()
    guard let input = ranges[.input(0)] else {
      throw InputError("the run has no training examples to measure activations on")
    }
    return CalibrationAnswer(
      input: input,
      nodes: plan.graph.nodes.indices.compactMap { index in
        ranges[.node(index)].map { CalibrationAnswer.Node(index: index, range: $0) }
      }, examples: examples.count)
  }

  /// Training examples, spread evenly over all of them, as evaluation sees them.
  private func examples(_ plan: Plan) throws -> ExampleSet {
    let whole = try plan.open(.train, of: request.dataset, in: request.run)
    let member = RunDirectory(path: request.model.directory)
    let rows = try plan.part(of: member.readInfo(), in: whole).train
    let count = min(request.examples, rows.count)
    let chosen = (0..<count).map { rows[$0 * rows.count / count] }
    var source: any ExampleSource = ExampleSubset(whole, rows: chosen)
    if let fitted = try member.fittedInputs() { source = try source.applying(fitted) }
    var pipeline = plan.transforms
    if pipeline?.steps.contains(.normalizeByTraining) == true {
      pipeline = try pipeline.map {
        try NormalizationFile(beside: request.model.weights).fitted($0)
      }
    }
    return try ExampleSet(
      source, pipeline, isCategory: plan.task.targetsAreClasses, device: .cpu,
      threads: request.threads)
  }
}
