import DataSchema
import Diagnostics
import ExampleMaps
import Execution
import ExperimentConfig
import Files
import HeatMaps
import PNGImage
import Planning
import RunRecord
import TableEffects
import Tasks
import Torch
import Training
import WorkerProtocol

/// Explains answers of a run's best weights in its directory, for its report: with a model of its own, after everything
/// else has been computed, so that no other result depends on it.
struct ExplanationResults {
  private let run: RunDirectory
  private let plan: Plan
  private let info: RunInfo
  private let device: Device
  private let output: EventOutput
  private let warn: (String) throws -> Void

  /// The examples of whose pictures there are maps.
  private static let mostPictures = 8
  /// The longer side of a picture with its map beside it, in pixels.
  private static let longestSide = 900
  /// As of `runner explain`, if it is not told otherwise.
  private static let (mostExamples, repeats) = (2000, 10)
  /// The points of a map, and the pictures of them.
  private static let (mostPoints, mostThumbnails) = (1000, 500)

  /// - Parameter warn: shows and records a warning.
  init(
    _ run: RunDirectory, _ plan: Plan, _ info: RunInfo, _ device: Device, output: EventOutput,
    warn: @escaping (String) throws -> Void
  ) {
    self.run = run
    self.plan = plan
    self.info = info
    self.device = device
    self.output = output
    self.warn = warn
  }

  /// Explains the validation examples, or the test examples of a run without any.
  ///
  /// - Parameter predictions: by split, at least one.
  /// - Throws: ``TrainingInterrupted``; ``FileError`` if data or weights cannot be read, or nothing can be written.
  func write(_ predictions: [String: Predictions]) throws {
    guard plan.experiment.report.explains else { return }
    // Of an attempt that was interrupted.
    if run.isFolder(RunExplanations.folder) { try run.folder.remove(RunExplanations.folder) }
    let split: PredictionRequest.Examples.Split =
      predictions["validation"] == nil ? .test : .validation
    guard let table = predictions[split.rawValue] else { return }
    var record = RunExplanations(split: split.rawValue)
    do {
      if plan.transforms == nil {
        record.columns = try columns(split)
      } else {
        try explain(table, split, into: &record)
      }
    } catch let error as InputError {
      try add(error, about: "the answers cannot be explained", to: &record)
    }
    do {
      try writeMap(split, examples: table.count, notes: &record)
    } catch let error as InputError {
      try add(error, about: "the examples have no map", to: &record)
    }
    try run.write(json: record, to: RunExplanations.name)
  }

  private func add(
    _ error: InputError, about subject: String, to record: inout RunExplanations
  ) throws {
    let reasons = error.diagnostics.map(\.message).joined(separator: "; ")
    record.notes.append("\(subject): \(reasons)")
    try warn("\(subject): \(reasons)")
  }

  private var model: PredictionRequest.Model {
    PredictionRequest.Model(
      directory: run.path, weights: run.file("weights/best.safetensors"))
  }

  /// The request to explain examples of the run's own data.
  private func request(
    _ split: PredictionRequest.Examples.Split, limit: Int
  ) -> PredictionRequest {
    PredictionRequest(
      run, models: [model],
      input: .examples(
        PredictionRequest.Examples(
          dataset: info.dataset, split: split, isOwn: true, limit: limit)),
      isInverted: false, device: info.device, threads: plan.experiment.threads)
  }

  // MARK: Maps of examples

  private func writeMap(
    _ split: PredictionRequest.Examples.Split, examples: Int, notes record: inout RunExplanations
  ) throws {
    let task = try run.fitted(plan.task)
    guard ExampleMap.isPossible(task.target.kind) else { return }
    guard examples >= ExampleMap.fewest else {
      record.notes.append(
        "There is no map of the examples: \(examples) are too few.")
      return
    }
    let found = try EmbeddingJob(
      EmbeddingRequest(
        request(split, limit: min(Self.mostPoints, examples)), components: ExampleMap.components),
      output: output
    ).embedding { _, _ in try Interruption.check() }
    let source = try plan.open(
      split == .test ? .test : .train, of: info.dataset, in: run)
    let made = try ExampleMap(
      found.predictions, task, found.features, components: found.components,
      split: split.rawValue, label: nil, threads: plan.experiment.threads,
      name: source.name, isInterrupted: { Interruption.isRequested })
    guard var map = made else { throw TrainingInterrupted() }
    if let sheet = try ThumbnailSheet(map, source, most: Self.mostThumbnails) {
      map.pictured = sheet.rows
      try run.write([sheet.image.png()], to: ExampleMap.pictures)
    }
    try run.write([JSONText.encode(map) + [UInt8(ascii: "\n")]], to: ExampleMap.name)
  }

  // MARK: Pictures

  private func explain(
    _ predictions: Predictions, _ split: PredictionRequest.Examples.Split,
    into record: inout RunExplanations
  ) throws {
    let task = try run.fitted(plan.task)
    let examples = task.notable(predictions, Self.mostPictures)
    if examples.isEmpty {
      record.notes.append("No answer to the \(split.rawValue) examples is wrong.")
      return
    }
    let goals = try ExplanationGoal(task.target, named: nil)
    var request = ExplanationRequest(
      run, model: model, items: [],
      settings: ExplanationRequest.Settings(standardFor: plan.graph), device: info.device,
      threads: plan.experiment.threads)
    request.dataset = info.dataset
    request.split = split
    let explainer = try PictureExplainer(request, plan, device)
    for example in examples {
      let index = predictions.indices[example.row]
      let name = "\(split.rawValue) example \(index)"
      guard let goal = goals.goal(predictions, example.row) else {
        record.notes.append("\(name) is not explained: \(goals.absence)")
        continue
      }
      do {
        let (facts, bytes) = try explainer.explain(
          ExplanationRequest.Item(.example(index), goal), place: record.pictures.count)
        let explained = try ExplainedPicture(facts, bytes)
        for (map, values) in zip(facts.maps, explained.maps) {
          let file =
            "\(RunExplanations.folder)/\(name.replacing(" ", with: "_"))_\(map.method.rawValue).png"
          let picture = HeatMap(values, map.method).besides(explained.picture)
            .shrunk(to: Self.longestSide)
          try run.write([picture.png()], to: file)
          if values.allSatisfy({ $0 == 0 }) {
            record.notes.append("The map of \(name) is zero everywhere.")
          }
          record.pictures.append(
            RunExplanations.Picture(
              file: file, example: index, lines: example.lines.map(Self.plain),
              method: map.method.rawValue, explained: goals.name(facts.label), layer: facts.layer))
        }
      } catch let error as InputError {
        try add(error, about: "\(name) is not explained", to: &record)
      }
    }
  }

  /// Without the spaces that align lines below pictures.
  private static func plain(_ line: String) -> String {
    line.split(separator: " ").joined(separator: " ")
  }

  // MARK: Tables

  private func columns(
    _ split: PredictionRequest.Examples.Split
  ) throws -> RunExplanations.Columns {
    let request = TableExplanationRequest(
      self.request(split, limit: Self.mostExamples), repeats: Self.repeats, dependences: 0,
      lines: 0, files: [])
    let found = try TableExplanationJob(request, output: output).explanation { _, _ in }
    return RunExplanations.Columns(
      score: found.score.key, value: found.score.value,
      higherIsBetter: found.score.higherIsBetter, examples: found.examples,
      available: found.available, repeats: found.repeats,
      columns: found.importances.map {
        RunExplanations.Columns.Column(
          name: $0.column, mean: $0.mean, deviation: $0.deviation,
          interval: $0.interval.map { [$0.lower, $0.upper] })
      }, notes: found.associationNotes)
  }
}
