import DataSchema
import Diagnostics
import Embedding
import Graph
import Planning
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
    guard indices.count >= 4 else {
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
    try models.predict(part, ImagePlan(pipeline: plan.transforms, isResizedFirst: false)) {
      range, rows, _ in
      var rows = rows
      rows.indices = Array(indices[range])
      try send(rows)
      try output.send(
        .embedding(.progress(done: range.upperBound, of: 2 * part.count)))
    }
    var features: [Float] = []
    features.reserveCapacity(part.count * width)
    try models.features(part, plan.transforms, at: place) { range, values in
      features += values
      try output.send(
        .embedding(.progress(done: part.count + range.upperBound, of: 2 * part.count)))
    }
    guard features.allSatisfy(\.isFinite) else {
      throw InputError("the features of some examples are not finite")
    }
    try send(features, width: width, of: plan.graph, place, available: all.count)
    try output.send(.embedding(.finished))
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

  private func send(
    _ features: [Float], width: Int, of graph: Graph, _ place: Graph.Source, available: Int
  ) throws {
    let components = PrincipalComponents(
      features, width: width, count: request.components, threads: request.prediction.threads)
    let shape = graph.shape(of: place).dims
    var layer: String?
    if case .node(let index) = place { layer = graph.nodes[index].path }
    try output.send(
      .embedding(
        .features(
          EmbeddingFeatures(
            layer: layer, shape: shape, width: width,
            isPooled: layer != nil && shape.count == 3, available: available,
            variances: components.variances, totalVariance: components.totalVariance))))
    let scores = components.scores.values.map(Float.init)
    for start in stride(from: 0, to: scores.count, by: PackedFloats.most) {
      let part = scores[start..<min(start + PackedFloats.most, scores.count)]
      try output.send(.embedding(.components(PackedFloats(part))))
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
