import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import Prediction
import RunRecord
import Tasks
import Torch
import Transforms
import WorkerProtocol

/// Predictions for a subset of a data set. For the run's own data, that is exactly what the run
/// tested, validated or trained on.
extension PredictionJob {
  func predict(
    _ examples: PredictionRequest.Examples, _ plan: Plan, _ device: Device
  ) throws {
    try refuseViews(plan)
    let record = examples.dataset
    let whole = try plan.open(examples.split == .test ? .test : .train, of: record, in: run)
    // The run's own images have the expected intensity.
    var watch = examples.isOwn ? nil : try intensityWatch(plan)
    var resized = plan.transforms.map { ResizedImages($0.input) }
    var (count, loss) = (0, 0.0)
    for group in groups {
      let fold = request.method == .outOfFold ? try Self.info(group[0]).fold : nil
      var indices = try Self.indices(examples, plan, group[0], whole)
      if let limit = examples.limit { indices = Array(indices.prefix(max(0, limit - count))) }
      if indices.isEmpty { continue }
      let models = try ModelEnsemble(plan, group, device, threads: request.threads)
      let part = ExampleSubset(whole, rows: indices)
      var source = PredictionSource(name: record.used, count: part.count, isNumbered: true)
      source.fold = fold ?? 0
      let inputs: any ExampleSource
      let imagePlan: ImagePlan
      if examples.isOwn, !request.isInverted {
        inputs = part
        let pipeline = plan.transforms
        imagePlan = ImagePlan(
          pipeline: examples.decodesWhole == true ? pipeline?.decodingWhole : pipeline,
          isResizedFirst: false)
      } else {
        let images = try self.images(of: part, record.used, plan)
        watch?.look(at: images)
        imagePlan = try plan.images(height: images.size.height, width: images.size.width)
        if imagePlan.isResizedFirst { _ = resized?.add(images) }
        inputs = images
      }
      try output.send(.prediction(.source(source)))
      try models.predict(inputs, imagePlan, views: request.views) { range, rows, mean in
        loss += (mean ?? 0) * Double(range.count)
        var rows = rows
        rows.indices = Array(indices[range])
        try send(rows, hasTargets: true)
      }
      count += part.count
    }
    if count == 0 { throw InputError("the run has no \(examples.split.rawValue) examples") }
    for note in [resized?.note, watch?.hint] {
      if let note { try output.send(.prediction(.note(note))) }
    }
    let isSingle = request.models.count == 1
    // Averages of probabilities have no loss.
    let hasLoss = isSingle && request.views == nil
    try output.send(.prediction(.finished(loss: hasLoss ? loss / Double(count) : nil)))
  }

  /// Images with the channels that the run's model takes, inverted if that was requested.
  ///
  /// - Throws: `InputError` if they differ in size, or are no images of 1 or 3 channels.
  private func images(
    of part: ExampleSubset, _ name: String, _ plan: Plan
  ) throws -> ImagesInMemory {
    guard let wanted = plan.transforms?.input, let size = part.schema.image,
      size.channels == 1 || size.channels == 3
    else {
      throw InputError(
        "'\(name)' has \(part.schema.input.kind), expected images of one size with 1 or 3 channels")
    }
    let images = try ImagesInMemory(reading: part).converted(channels: wanted.channels)
    return request.isInverted ? images.inverted() : images
  }

  /// The models that predict the same examples together.
  var groups: [[PredictionRequest.Model]] {
    request.method == .outOfFold ? request.models.map { [$0] } : [request.models]
  }

  private static func info(_ model: PredictionRequest.Model) throws -> RunInfo {
    try RunDirectory(path: model.directory).readInfo()
  }

  /// The requested examples, by their position in the file.
  static func indices(
    _ examples: PredictionRequest.Examples, _ plan: Plan, _ model: PredictionRequest.Model,
    _ whole: any ExampleSource
  ) throws -> [Int] {
    let all = Array(0..<whole.count)
    guard examples.isOwn else { return all }
    switch examples.split {
    case .test:
      // With an explicit limit, more examples than the run used are allowed.
      let limit = examples.limit ?? plan.experiment.data.testLimit ?? all.count
      return Array(all.prefix(limit))
    case .train: return try plan.part(of: info(model), in: whole).train
    case .validation: return try plan.part(of: info(model), in: whole).validation
    }
  }
}
