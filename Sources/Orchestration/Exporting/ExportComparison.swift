import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Export
import Files
import ImageColor
import ImageFormats
import PNGImage
import Planning
import Reporting
import RunRecord
import Tables
import Tasks
import Transforms
import WorkerProtocol

/// Compares an exported model's answers with those of `runner predict` to the same examples.
struct ExportComparison {
  /// The most examples that are compared.
  static let limit = 1000
  /// The most examples that a quantised model is scored on.
  static let scoredLimit = 10_000
  /// The most bytes of inputs that are compared.
  private static let limitBytes = 512 << 20

  enum Outcome {
    case skipped(String)
    case compared(ExportAgreement)
    /// Of a quantised model, whose answers are not the same; without scores for masks.
    case scored(ExportAgreement, QuantizationLoss?)

    /// Lines about it for people.
    var notes: [String] {
      switch self {
      case .skipped(let reason): ["answers not compared: \(reason)"]
      case .compared(let result): [result.description]
      case .scored(let result, let loss):
        [result.description] + (loss.map { [$0.description] } ?? [])
      }
    }
  }

  /// Writes the inputs of examples for the engine.
  typealias InputWriter = (ComparedExamples, ScratchFolder) throws -> [ComparedExamples.Group]

  private let request: ExportRequest
  private let models: PredictionModels
  private let engine: PythonEngine
  private let input: ONNXExport.Input
  private let isQuantized: Bool
  private let write: InputWriter

  /// - Parameters:
  ///   - input: what the exported model takes.
  ///   - isQuantized: whether it computes with other numbers than the run, so that scores are compared.
  init(
    _ request: ExportRequest, by engine: PythonEngine, input: ONNXExport.Input = .tensor,
    isQuantized: Bool = false, write: @escaping InputWriter
  ) {
    self.request = request
    models = request.models
    self.engine = engine
    self.input = input
    self.isQuantized = isQuantized
    self.write = write
  }

  /// An ONNX file by ONNX Runtime.
  init(_ request: ExportRequest, input: ONNXExport.Input, isQuantized: Bool) {
    self.init(
      request, by: .onnxRuntime(python: request.pythonProgram), input: input,
      isQuantized: isQuantized
    ) { examples, folder in try examples.write(to: folder, input) }
  }

  private var limit: Int { isQuantized ? Self.scoredLimit : Self.limit }

  /// - Throws: `InputError` if the Python that was named has not what is needed.
  func outcome() async throws -> Outcome {
    if let problem = await engine.problem() {
      if request.python != nil { throw InputError(problem) }
      return .skipped(problem)
    }
    let examples: ComparedExamples
    do {
      examples = try await self.examples()
    } catch let error as DataError {
      return .skipped("the run's examples cannot be read: \(error)")
    }
    guard examples.count > 0 else { return .skipped("the run has no examples to compare") }
    let scratch = try ScratchFolder("export")
    let groups = try write(examples, scratch)
    let answer = try await predictions(of: examples, scratch)
    let kind = models.task.target.kind
    let names = kind.isMask ? ["classes"] : ["boxes", "values", "scores", "probabilities"]
    let (steps, count) = (StepLine(Terminal(environment: request.environment)), examples.count)
    defer { steps.clear() }
    var outputs = try await engine.run(
      request.path, groups, outputs: names, most: models.task.boxDecoding?.most ?? 0, in: scratch
    ) { steps.show("comparison", $0, of: count) }
    // Boxes of a model that takes tensors are in pixels of these.
    if input == .tensor, models.task.boxDecoding != nil {
      outputs.values = try examples.original(outputs.values)
    }
    let agreement = try ExportAgreement(
      models, answer, outputs, split: examples.split.rawValue, examples: examples.count,
      batches: engine.batches)
    guard isQuantized else { return .compared(agreement) }
    return .scored(
      agreement, kind.isMask ? nil : QuantizationLoss(models, answer, outputs.values))
  }

  // MARK: Examples

  /// The first validation examples; those of the test set if none are held out.
  private func examples() async throws -> ComparedExamples {
    let terminal = Terminal(environment: request.environment)
    let record = try await PredictionDataset(
      name: nil, folder: nil, models: models, environment: request.environment, terminal: terminal
    ).acquire()
    let plan = models.plan
    let whole = try plan.open(.train, of: record, in: models.directory)
    let member = RunDirectory(path: models.members[0].directory)
    let held = try plan.part(of: member.readInfo(), in: whole).validation
    var split = PredictionRequest.Examples.Split.validation
    var part: any ExampleSource = ExampleSubset(whole, rows: Array(held.prefix(limit)))
    if held.isEmpty {
      split = .test
      part = try plan.open(.test, of: record, in: models.directory).prefix(
        min(limit, plan.experiment.data.testLimit ?? limit))
    }
    var columns: [FittedColumn] = []
    if case .columns(let encoder, _) = input {
      columns = encoder.columns.filter { $0.width > 0 }
    } else if models.members.count == 1, let fitted = try member.fittedInputs() {
      part = try part.applying(fitted)
    }
    return try ComparedExamples(
      part, record: record, split: split,
      pipeline: ExportedModels(models: models).pipeline(models.members[0]), columns: columns,
      limitBytes: Self.limitBytes)
  }

  /// What the run itself answers. Pictures whose answers are masks are predicted as files, because only these are
  /// answered by masks.
  private func predictions(
    of examples: ComparedExamples, _ scratch: ScratchFolder
  ) async throws -> PredictionAnswer {
    let session = PredictionSession(
      models: models, isInverted: false, views: nil, environment: request.environment,
      terminal: Terminal(environment: request.environment))
    let question: PredictionRequest.Input
    if models.task.target.kind.isMask {
      question = .images(try examples.writePictures(to: scratch), background: .white)
    } else {
      var own = PredictionRequest.Examples(
        dataset: examples.record, split: examples.split, isOwn: true, limit: examples.count)
      // As the pictures that the exported model is given.
      own.decodesWhole = true
      question = .examples(own)
    }
    return try await session.ask { ((), question) }.1
  }
}
