import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import ExplainPage
import Graph
import HeatMaps
import Planning
import Reporting
import RunRecord
import Tasks
import WorkerProtocol

/// Explains answers for pictures by maps of their pixels.
struct PictureExplanation {
  private let query: ExplanationQuery
  private let models: PredictionModels
  private let goal: ExplanationGoal
  private let settings: ExplanationRequest.Settings
  private let terminal: Terminal

  /// A picture with its answer.
  private struct Subject {
    var picture: ExplanationRequest.Picture
    var name: String
    var row: Int
    /// What would have been right, as far as that is known.
    var lines: [String] = []
  }

  /// - Throws: ``InputError`` if there is no such class, or no layer for the methods.
  init(_ query: ExplanationQuery) throws {
    self.query = query
    models = query.models
    goal = try ExplanationGoal(models.task.target, named: query.label)
    let graph = models.plan.graph
    var settings = query.settings
    settings.methods =
      query.methods ?? ExplanationRequest.Settings(standardFor: graph).methods
    if settings.methods.contains(where: \.needsLayer) {
      _ = try graph.spatialNode(named: settings.layer)
    } else if settings.layer != nil {
      throw InputError(
        "--layer does not belong to \(settings.methods.map(\.rawValue).joined(separator: ", "))",
        hint: "it names the layer of class activation maps and feature maps")
    }
    self.settings = settings
    terminal = Terminal(environment: query.environment)
  }

  func answer() async throws {
    let files = try ExplanationFiles(query.folder)
    let (subjects, predictions, answer, dataset) = try await subjects()
    var notes = answer.notes
    var explained: [Subject] = []
    var items: [ExplanationRequest.Item] = []
    for subject in subjects {
      guard let goal = goal.goal(predictions, subject.row) else {
        let note = "\(subject.name) is not explained: \(goal.absence)"
        terminal.write(terminal.yellow("note: ") + TerminalText.line(note) + "\n")
        notes.append(note)
        continue
      }
      explained.append(subject)
      items.append(ExplanationRequest.Item(subject.picture, goal))
    }
    let output = ImagePredictions(models, answer, top: 1, views: nil)
    guard !items.isEmpty else {
      throw output.error ?? InputError("there is nothing to explain")
    }
    let session = ExplanationSession(
      models: models, environment: query.environment, terminal: terminal)
    var (explanations, warnings) = try await session.ask { device in
      var request = ExplanationRequest(
        models.directory, model: models.members[0], items: items, settings: settings,
        device: device, threads: models.info.threads)
      request.dataset = dataset?.dataset
      request.split = dataset?.split ?? .test
      request.background = query.background
      request.isInverted = query.isInverted
      return request
    }
    let headings = models.task.answerHeadings(models.layout).cells
    var answers: [AnswerText] = []
    for (place, subject) in explained.enumerated() {
      let text = models.task.answer(predictions, subject.row, next: 0)
      answers.append(text)
      explanations[place].name = subject.name
      explanations[place].label = goal.name(explanations[place].facts.label)
      explanations[place].lines =
        [zip(headings, text.cells).map { "\($0): \($1)" }.joined(separator: " · ")]
        + (subject.lines.isEmpty ? [] : [subject.lines.joined(separator: " · ")])
    }
    let incomplete = ExplanationText.warnings(explanations)
    for warning in incomplete {
      terminal.write(
        terminal.yellow("warning: ") + WrappedText.wrap(TerminalText.line(warning), indent: 9)
          + "\n")
    }
    let page = try ExplanationPage.render(
      explanations, title: models.run.name, facts: facts(explanations),
      notes: warnings + notes + incomplete)
    let paths = try files.write(explanations, page: page)
    let text = ExplanationText(
      explanations, answers, headings: headings, files: paths, page: files.page)
    if query.printsJSON {
      var object = text.json
      object["run"] = .string(models.run.path)
      object["part"] = models.partName.map(JSONValue.string) ?? .null
      object["warnings"] = .array((warnings + notes + incomplete).map(JSONValue.string))
      try StandardOutput.write(json: JSONValue.object(object))
    } else {
      try StandardOutput.write(text.table)
    }
    if let error = output.error { throw error }
  }

  /// What all pictures have in common.
  private func facts(_ explanations: [ExplainedPicture]) -> [String] {
    var facts = [
      "\(explanations.count) picture\(explanations.count == 1 ? "" : "s")",
      "weights \(models.members[0].weights.split(separator: "/").last.map(String.init) ?? "")",
    ]
    if let part = models.partName { facts.append(part.replacing("-", with: " ")) }
    if let layer = explanations.first?.facts.layer { facts.append("layer \(layer)") }
    if settings.methods.contains(where: { $0 == .integratedGradients || $0 == .occlusion }) {
      facts.append("baseline \(settings.baseline.rawValue)")
    }
    return facts
  }

  // MARK: What to explain

  /// The pictures with their predictions, and the data set that they are from.
  private func subjects() async throws -> (
    [Subject], Predictions, PredictionAnswer, PredictionRequest.Examples?
  ) {
    let session = PredictionSession(
      models: models, isInverted: query.isInverted, views: nil, environment: query.environment,
      terminal: terminal)
    switch query.subject {
    case .files(let paths):
      let (_, answer) = try await session.ask {
        ((), .images(paths, background: query.background))
      }
      var subjects: [Subject] = []
      for source in answer.sources {
        for index in 0..<source.count {
          subjects.append(
            Subject(
              picture: .file(source.name, index: index),
              name: source.isNumbered ? "\(source.name)[\(index)]" : source.name,
              row: subjects.count))
        }
      }
      return (subjects, answer.predictions(models.layout), answer, nil)
    case .worst(let count, let split):
      let source = PredictionDataset(
        name: nil, folder: nil, models: models, environment: query.environment, terminal: terminal)
      let (examples, answer) = try await session.ask {
        let examples = PredictionRequest.Examples(
          dataset: try await source.acquire(), split: split, isOwn: true, limit: nil)
        return (examples, .examples(examples))
      }
      let predictions = answer.predictions(models.layout)
      return (
        worst(count, of: predictions, split), predictions, answer, examples
      )
    }
  }

  private func worst(
    _ count: Int, of predictions: Predictions, _ split: PredictionRequest.Examples.Split
  ) -> [Subject] {
    models.task.notable(predictions, count).map { example in
      let index = predictions.indices[example.row]
      return Subject(
        picture: .example(index), name: "\(split.rawValue) example \(index)", row: example.row,
        lines: example.lines)
    }
  }
}
