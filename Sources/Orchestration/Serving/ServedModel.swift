import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Graph
import ImageColor
import PNGImage
import Planning
import RunRecord
import Tables
import Tasks
import Transforms
import WorkerProtocol

/// The models of a run behind a service: what they take and what they answer.
package struct ServedModel: Sendable {
  /// What one input is.
  package enum Input: Sendable {
    case image(ImageSize)
    /// A row of a table.
    case row([FittedColumn])
    /// Numbers.
    case vector(Int)
  }

  package let input: Input
  /// The answer to `GET /model`.
  package let description: JSONValue
  /// The run's directory.
  package let path: String
  /// Why answers cannot be explained by maps of pictures; `nil` if they can.
  package let explanationProblem: String?
  let models: PredictionModels
  let isInverted: Bool
  let background: Background

  /// - Throws: ``InputError`` if the run has no such models, or has not finished.
  package init(_ settings: ServiceSettings) throws {
    let run = try RunReference.resolve(settings.run, in: settings.runsDirectory)
    let models = try PredictionModels(
      run, weights: settings.weights, part: settings.choice, split: nil)
    self.models = models
    path = run.path
    isInverted = settings.isInverted
    background = settings.background
    let columns = try models.members.first
      .flatMap { try RunDirectory(path: $0.directory).fittedInputs() }
      .map { try JSONDecoder().decode(FittedEncoder.self, from: Data($0)).columns }
    let schema = models.plan.dataset.dataSchema
    if let transforms = models.plan.transforms {
      input = .image(
        ImageSize(
          channels: transforms.input.channels, height: transforms.input.height,
          width: transforms.input.width))
    } else if let columns {
      input = .row(columns)
    } else if case .vector(let size) = schema.input.kind {
      input = .vector(size)
    } else {
      throw InputError("a model of \(schema.input.kind) cannot be served")
    }
    explanationProblem = Self.explanationProblem(models)
    var object: [String: JSONValue] = [
      "explains": .boolean(explanationProblem == nil), "run": .string(run.path),
      "name": .string(models.info.name),
      "identity": .string(models.info.identity), "weights": .string(settings.weights),
      "part": models.partName.map(JSONValue.string) ?? .null,
      "models": .integer(models.members.count),
      "task": .string(type(of: models.task).name),
      "runner": .string(Version.runner), "input": Self.describe(input),
      "target": Self.describe(models.task.target),
    ]
    if settings.isInverted { object["inverted"] = true }
    description = .object(object)
  }

  /// What a worker replies to frames with.
  package enum Service: Sendable {
    case predictions, explanations
  }

  /// The request that makes a worker load the models and reply to frames.
  func request(
    _ service: Service, _ engine: EngineDescription
  ) -> (request: WorkerRequest, warnings: [String]) {
    let (device, warnings) = models.device(engine)
    let input: PredictionRequest.Input =
      switch service {
      case .predictions: .frames(background: background)
      case .explanations: .explainedFrames(background: background)
      }
    let request = PredictionRequest(
      models.directory, models: models.members, method: models.method, input: input,
      isInverted: isInverted, device: device, threads: models.info.threads)
    return (.predict(request), warnings)
  }

  private static func explanationProblem(_ models: PredictionModels) -> String? {
    let input = models.plan.dataset.dataSchema.input
    if models.plan.transforms == nil {
      return "the model takes \(input.kind), and only answers for pictures have maps"
    }
    if models.members.count > 1 {
      return "\(models.members.count) models answer together, and a map is of one"
    }
    if models.plan.graph.lastSpatialNode == nil {
      return
        "no layer of the model before its head has an output with a height and a width, which a class "
        + "activation map needs"
    }
    return nil
  }

  private static func describe(_ input: Input) -> JSONValue {
    switch input {
    case .image(let size):
      [
        "kind": "image", "channels": .integer(size.channels), "height": .integer(size.height),
        "width": .integer(size.width),
      ]
    case .row(let columns):
      ["kind": "row", "columns": .array(columns.map(describe))]
    case .vector(let size): ["kind": "vector", "size": .integer(size)]
    }
  }

  private static func describe(_ column: FittedColumn) -> JSONValue {
    var object: [String: JSONValue] = [
      "name": .string(column.name), "type": .string(column.type.rawValue),
      // Whether a missing value is replaced rather than refused.
      "optional": .boolean(
        column.fill != nil || column.fillCategory != nil
          || column.imputation == "own_category"),
    ]
    if let categories = column.categories {
      object["categories"] = .array(categories.map(JSONValue.string))
    }
    if let scale = column.scale { object["mean"] = .number(scale.mean) }
    return .object(object)
  }

  private static func describe(_ target: DataField) -> JSONValue {
    var object: [String: JSONValue] = [
      "name": .string(target.name), "kind": .string(target.kind.name),
    ]
    func names(_ names: [String]) { object["classes"] = .array(names.map(JSONValue.string)) }
    func colors(_ count: Int) {
      object["colors"] = .array(
        (0..<count).map { .string(PixelImage.Color(class: $0).hex) })
    }
    switch target.kind {
    case .category(let list), .labelSet(let list): names(list)
    case .mask(let list, _):
      names(list)
      colors(list.count)
    case .boxes(let classes):
      names(classes.names)
      colors(classes.names.count)
    case .numbers(let quantities):
      object["quantities"] = .array(
        quantities.map {
          ["name": .string($0.name), "unit": $0.unit.map(JSONValue.string) ?? .null]
        })
    case .image, .mixedImages, .vector: break
    }
    return .object(object)
  }
}
