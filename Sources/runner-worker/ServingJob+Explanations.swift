import Diagnostics
import ExperimentConfig
import FoundationEssentials
import HeatMaps
import PNGImage
import Tasks
import WorkerProtocol

/// Explaining answers for image files.
extension ServingJob {
  /// Replies to each input of a batch with the map of its answer.
  func explain(
    _ batch: [ServingInput], _ explainer: PictureExplainer, _ reply: (ServingReply) throws -> Void
  ) throws {
    for (place, input) in batch.enumerated() {
      let answer: ServingReply
      do {
        answer = try explained(place, input, explainer)
      } catch {
        answer = try Self.refusal(place, error)
      }
      try reply(answer)
    }
  }

  /// - Throws: ``InputError`` if the model does not predict what is to be explained.
  private func explained(
    _ place: Int, _ input: ServingInput, _ explainer: PictureExplainer
  ) throws -> ServingReply {
    guard input.kind == .picture, let pictures else {
      return try Self.refusal(place, .unsuitable, "only answers for images can be explained")
    }
    let picture: ServedPictures.Picture
    switch pictures.read([0], of: [input])[0] {
    case .success(let found): picture = found
    case .failure(let refused):
      return try Self.refusal(place, refused.outcome, refused.message)
    }
    let goals = try ExplanationGoal(
      models.task.target, named: input.explained.isEmpty ? nil : input.explained)
    let predictions = try job.predictions(of: [picture.images], plan, models)
    guard let goal = goals.goal(predictions, 0) else {
      return try Self.refusal(place, .unsuitable, "the answer is not explained: \(goals.absence)")
    }
    let (facts, bytes) = try explainer.explain(picture.images, goal)
    let explained = try ExplainedPicture(facts, bytes)
    guard let map = facts.maps.first, let values = explained.maps.first else {
      throw ProgramFault("an explanation has no map")
    }
    let overlay = HeatMap(values, map.method).overlay(explained.picture)
    let object: [String: JSONValue] = [
      "explained": .string(goals.name(facts.label)), "score": .number(facts.score),
      "method": .string(map.method.rawValue), "layer": facts.layer.map(JSONValue.string) ?? .null,
      "height": .integer(facts.height), "width": .integer(facts.width),
      "is_zero": .boolean(values.allSatisfy { $0 == 0 }),
      "map": .string(Data(try overlay.png()).base64EncodedString()),
    ]
    return ServingReply(
      place, .answered, try JSONText.encode(JSONValue.object(object)))
  }
}
