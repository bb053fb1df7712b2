import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import ImageColor
import Planning
import Prediction
import RunRecord
import Tables
import Tasks
import Torch
import Transforms
import WorkerProtocol

/// Keeps the models of a run loaded and answers batches of inputs until there are no more.
///
/// An input that cannot be answered is refused by itself; the others of its batch are answered.
struct ServingJob {
  let job: PredictionJob
  let plan: Plan
  let models: ModelEnsemble
  /// Reads pictures; `nil` if the model takes none.
  let pictures: ServedPictures?
  /// The columns of a table that the model takes, in their order; empty for other inputs.
  let columns: [String]
  /// Explains answers in place of giving them; `nil` to give them.
  var explainer: PictureExplainer?

  init(
    _ job: PredictionJob, _ plan: Plan, _ models: ModelEnsemble, _ background: Background
  ) throws {
    self.job = job
    self.plan = plan
    self.models = models
    if let input = plan.transforms?.input {
      pictures = ServedPictures(
        plan: plan, background: background, isInverted: job.request.isInverted,
        watch: try job.intensityWatch(plan), channels: input.channels,
        threads: job.request.threads)
    } else {
      pictures = nil
    }
    let fitted = try job.request.models.first
      .flatMap { try RunDirectory(path: $0.directory).fittedInputs() }
    columns =
      try fitted.map { try JSONDecoder().decode(FittedEncoder.self, from: Data($0)) }?
      .features ?? []
  }

  func run() throws {
    // Whatever a library prints must not end up among the frames.
    let output = dup(STDOUT_FILENO)
    guard output >= 0 else { throw ProgramFault("standard output cannot be duplicated") }
    if explainer == nil { try answerOnce() }
    try job.output.send(.prediction(.ready))
    guard dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
      throw ProgramFault("standard output cannot be replaced")
    }
    let channel = FrameChannel(input: STDIN_FILENO, output: output)
    while let frame = try channel.receive() {
      try answer(try ServingInput.batch(frame)) { try channel.send($0.frame) }
    }
  }

  /// Answers an image that nobody sent, so that the first request takes no longer than others.
  private func answerOnce() throws {
    guard let input = plan.transforms?.input else { return }
    let size = ImageSize(channels: input.channels, height: input.height, width: input.width)
    let images = ImagesInMemory(
      pixels: Array(repeating: 0, count: size.count), size: size, count: 1)
    _ = try job.predictions(of: [images], plan, models)
  }

  /// - Parameter reply: called once for each input.
  private func answer(_ batch: [ServingInput], reply: (ServingReply) throws -> Void) throws {
    if let explainer { return try explain(batch, explainer, reply) }
    try answerPictures(batch, reply)
    try answerValues(batch, reply)
  }

  // MARK: Replies

  /// The reply for the rows of predictions that belong to one input.
  func reply(
    _ index: Int, _ input: ServingInput, _ rows: Range<Int>, of predictions: Predictions,
    adding fields: [String: JSONValue] = [:]
  ) throws -> ServingReply {
    var text: [UInt8] = []
    for row in rows {
      var object = models.task.answer(predictions, row, next: 0).json
      object.merge(fields) { _, new in new }
      if !input.name.isEmpty { object["image"] = .string(input.name) }
      if !text.isEmpty { text.append(UInt8(ascii: ",")) }
      text += try JSONText.encode(JSONValue.object(object))
    }
    return ServingReply(index, .answered, text)
  }

  static func refusal(
    _ index: Int, _ outcome: ServingReply.Outcome, _ message: String, hint: String? = nil
  ) throws -> ServingReply {
    let object: [String: JSONValue] = [
      "message": .string(message), "hint": hint.map(JSONValue.string) ?? .null,
    ]
    return ServingReply(index, outcome, try JSONText.encode(JSONValue.object(object)))
  }

  /// The reply to an input that made the computation fail.
  ///
  /// - Throws: ``TrainingInterrupted`` and errors that concern every input.
  static func refusal(_ index: Int, _ error: any Error) throws -> ServingReply {
    switch error {
    case let error as DataError: return try refusal(index, .unsuitable, error.reason)
    case let error as FileError: return try refusal(index, .unsuitable, error.reason)
    case let error as InputError:
      let first = error.diagnostics.first
      return try refusal(index, .unsuitable, first?.message ?? "\(error)", hint: first?.hint)
    default:
      if Interruption.isRequested { throw error }
      let failure = FailureReport.describe(error)
      return try refusal(index, .failed, failure.message)
    }
  }
}
