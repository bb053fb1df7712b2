import Attribution
import DataSchema
import Execution
import ExperimentConfig
import Planning
import Torch
import WorkerProtocol

/// Has a model of its own, with which it explains answers for pictures.
struct PictureExplainer {
  let inputs: ExplanationInputs
  private let maps: ExplanationMaps

  /// Prepares LibTorch and loads the model. Maps are computed in full float32, whatever the run was trained in.
  ///
  /// - Parameter request: its items are not used.
  /// - Throws: ``InputError`` if the model or the settings do not suit each other; ``FileError`` if weights or data
  ///   cannot be read.
  init(_ request: ExplanationRequest, _ plan: Plan, _ device: Device) throws {
    try Runtime.setThreadCount(request.threads)
    try Runtime.setDeterministic(true, allowTF32: false)
    Runtime.setFlushDenormal(true)
    let model = try Model(
      plan.graph, weights: request.model.weights, seed: plan.experiment.seed, device: device)
    inputs = try ExplanationInputs(request, plan, device, format: model.format)
    maps = try ExplanationMaps(Attribution(model), request.settings)
  }

  /// - Parameter place: of the item among those of its request.
  /// - Returns: the facts about the bytes, as ``ExplainedItem`` describes them, and these.
  /// - Throws: ``InputError`` if there is nothing to explain; ``TrainingInterrupted``.
  func explain(
    _ item: ExplanationRequest.Item, place: Int
  ) throws -> (item: ExplainedItem, bytes: [UInt8]) {
    try Interruption.check()
    return try maps.explain(inputs.subject(item.picture), item.goal, place: place)
  }

  /// Explains the answer for a picture in memory.
  func explain(
    _ images: ImagesInMemory, _ goal: ExplanationRequest.Goal
  ) throws -> (item: ExplainedItem, bytes: [UInt8]) {
    try maps.explain(inputs.subject(images), goal, place: 0)
  }
}
