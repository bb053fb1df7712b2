import DataSchema
import Diagnostics
import Embedding
import ExampleMaps
import Graph
import Planning
import RunRecord
import Tasks
import Torch
import Training
import WorkerProtocol

/// Computes the features of examples and their principal components.
struct EmbeddingJob {
  private let request: EmbeddingRequest
  private let output: EventOutput

  init(_ request: EmbeddingRequest, output: EventOutput) {
    self.request = request
    self.output = output
  }

  /// The most numbers that all features have together.
  private static let mostFeatures = 1 << 27

  func answer() throws {
    let found = try embedding { done, count in
      try output.send(.embedding(.progress(done: done, of: count)))
    }
    try send(found.predictions)
    try output.send(.embedding(.features(found.features)))
    for start in stride(from: 0, to: found.components.count, by: PackedFloats.most) {
      let part = found.components[start..<min(start + PackedFloats.most, found.components.count)]
      try output.send(.embedding(.components(PackedFloats(part))))
    }
    try output.send(.embedding(.finished))
  }

  /// The examples in the coordinates of their principal components.
  struct Found {
    let predictions: Predictions
    let features: EmbeddingFeatures
    /// Row-major, as many of each example as ``features`` has variances.
    let components: [Float]
  }

  /// - Parameter progress: is given the steps that are done, and that of all.
  /// - Throws: ``InputError`` if the examples or the model have no map; ``TrainingInterrupted``.
  func embedding(progress: (_ done: Int, _ count: Int) throws -> Void) throws -> Found {
    let prediction = request.prediction
    let job = PredictionJob(prediction, of: prediction.run, output: output)
    let (plan, device) = try job.prepare()
    guard case .examples(let examples) = prediction.input, prediction.models.count == 1 else {
      throw ProgramFault("an embedding is of a data set's examples by one model")
    }
    guard let place = plan.graph.featureSource else {
      throw InputError("the model has no layer with parameters, so it has no features to map")
    }
    let whole = try plan.open(
      examples.split == .test ? .test : .train, of: examples.dataset, in: prediction.run)
    let all = try PredictionJob.indices(examples.unlimited, plan, prediction.models[0], whole)
    let indices = all.evenly(examples.limit)
    guard indices.count >= ExampleMap.fewest else {
      throw InputError(
        "the run has \(indices.count) \(examples.split.rawValue) examples, too few for a map")
    }
    let width = Self.width(plan.graph, place)
    guard indices.count <= Self.mostFeatures / max(width, 1) else {
      throw InputError(
        "\(indices.count) examples with \(width) features each do not fit into memory",
        hint: "--limit \(Self.mostFeatures / width)")
    }
    let part = ExampleSubset(whole, rows: indices)
    let models = try ModelEnsemble(plan, prediction.models, device, threads: prediction.threads)
    var predictions: Predictions?
    try models.predict(part, ImagePlan(pipeline: plan.transforms, isResizedFirst: false)) {
      range, rows, _ in
      var rows = rows
      rows.indices = Array(indices[range])
      if predictions == nil { predictions = rows } else { predictions?.append(rows) }
      try progress(range.upperBound, 2 * part.count)
    }
    var features: [Float] = []
    features.reserveCapacity(part.count * width)
    try models.features(part, plan.transforms, at: place) { range, values in
      features += values
      try progress(part.count + range.upperBound, 2 * part.count)
    }
    guard features.allSatisfy(\.isFinite) else {
      throw InputError("the features of some examples are not finite")
    }
    guard let predictions else { throw ProgramFault("no example was predicted") }
    let components = PrincipalComponents(
      features, width: width, count: request.components, threads: prediction.threads)
    let shape = plan.graph.shape(of: place).dims
    var layer: String?
    if case .node(let index) = place { layer = plan.graph.nodes[index].path }
    return Found(
      predictions: predictions,
      features: EmbeddingFeatures(
        layer: layer, shape: shape, width: width, isPooled: layer != nil && shape.count == 3,
        available: all.count, variances: components.variances,
        totalVariance: components.totalVariance),
      components: components.scores.values.map(Float.init))
  }

  /// The numbers of an example's features.
  private static func width(_ graph: Graph, _ place: Graph.Source) -> Int {
    let shape = graph.shape(of: place).dims
    if case .node = place, shape.count == 3 { return shape[0] }
    return shape.reduce(1, Saturating.multiply)
  }

  private func send(_ rows: Predictions) throws {
    let step = PredictionRows.count(rows.layout)
    for start in stride(from: 0, to: rows.count, by: step) {
      let part = rows.selecting(Array(start..<min(start + step, rows.count)))
      try output.send(.embedding(.rows(PredictionRows(part, hasTargets: true))))
    }
  }
}

extension PredictionRequest.Examples {
  /// All examples of the split.
  var unlimited: Self {
    var examples = self
    examples.limit = nil
    return examples
  }
}

extension Array {
  /// At most `limit` elements in equal steps, so that they represent all, whatever these are sorted by; all of them
  /// without a limit.
  func evenly(_ limit: Int?) -> [Element] {
    guard let limit, limit < count else { return self }
    return (0..<limit).map { self[$0 * count / limit] }
  }
}
