import DataSchema
import Datasets
import ExperimentConfig
import FoundationEssentials
import Planning
import Tasks
import Transforms
import WorkerProtocol

/// Answering image files.
extension ServingJob {
  /// Reads the pictures of a batch and answers them together, those of one size in one batch of the model.
  func answerPictures(
    _ batch: [ServingInput], _ reply: (ServingReply) throws -> Void
  ) throws {
    let places = batch.indices.filter { batch[$0].kind == .picture }
    if places.isEmpty { return }
    guard let pictures else {
      for place in places {
        try reply(
          Self.refusal(
            place, .unsuitable, "the model takes \(plan.dataset.dataSchema.input.kind), not images",
            hint: columns.isEmpty
              ? #"send {"instances": [[…]]} as application/json"#
              : #"send {"rows": [{…}]} as application/json"#))
      }
      return
    }
    for group in pictures.groups(places, of: batch) {
      var readable: [ServedPictures.Picture] = []
      for result in pictures.read(group, of: batch) {
        switch result {
        case .success(let picture): readable.append(picture)
        case .failure(let refused):
          try reply(Self.refusal(refused.index, refused.outcome, refused.message))
        }
      }
      try answer(readable, batch, reply)
    }
  }

  /// Answers pictures together; if that fails, one by one, so that the failure is that of its picture.
  private func answer(
    _ pictures: [ServedPictures.Picture], _ batch: [ServingInput],
    _ reply: (ServingReply) throws -> Void
  ) throws {
    if pictures.isEmpty { return }
    var maps: [Int: ClassMap] = [:]
    let predictions: Predictions
    do {
      predictions = try job.predictions(of: pictures.map(\.images), plan, models) { maps[$0] = $1 }
    } catch {
      if pictures.count == 1 { return try reply(Self.refusal(pictures[0].index, error)) }
      if Interruption.isRequested { throw error }
      for picture in pictures { try answer([picture], batch, reply) }
      return
    }
    for (row, picture) in pictures.enumerated() {
      let size = picture.images.size
      var fields: [String: JSONValue] = [
        "warnings": .array(picture.warnings.map(JSONValue.string)),
        "width": .integer(size.width), "height": .integer(size.height),
      ]
      if !picture.notes.isEmpty { fields["notes"] = .array(picture.notes.map(JSONValue.string)) }
      if let map = maps[row] {
        // In the size of the model's output if the transforms do not tell which pixel is which.
        let restored = try plan.restored(map, height: size.height, width: size.width) ?? map
        if let mask = try models.task.answerPicture(restored) {
          fields["mask"] = .string(Data(mask).base64EncodedString())
        }
      }
      try reply(
        self.reply(
          picture.index, batch[picture.index], row..<(row + 1), of: predictions, adding: fields))
    }
  }
}
