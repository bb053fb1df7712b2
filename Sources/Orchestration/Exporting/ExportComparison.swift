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
import Tasks
import Transforms
import WorkerProtocol

/// Compares an exported model's answers with those of `runner predict` to the same examples.
struct ExportComparison {
  /// The most examples that are compared.
  static let limit = 1000
  /// The most bytes of inputs that are compared.
  private static let limitBytes = 512 << 20
  enum Outcome {
    case skipped(String)
    case compared(Result)

    var description: String {
      switch self {
      case .skipped(let reason): "answers not compared: \(reason)"
      case .compared(let result): result.description
      }
    }
  }

  /// Writes the inputs of examples for the engine.
  typealias InputWriter = (ComparedExamples, ScratchFolder) throws -> [ComparedExamples.Group]

  private let request: ExportRequest
  private let models: PredictionModels
  private let engine: PythonEngine
  private let write: InputWriter

  init(_ request: ExportRequest, by engine: PythonEngine, write: @escaping InputWriter) {
    self.request = request
    models = request.models
    self.engine = engine
    self.write = write
  }

  /// An ONNX file by ONNX Runtime.
  init(_ request: ExportRequest, input: ONNXExport.Input) {
    self.init(request, by: .onnxRuntime(python: request.pythonProgram)) { examples, folder in
      try examples.write(to: folder, input)
    }
  }

  /// - Throws: `InputError` if the Python that was named has not what is needed.
  func outcome() async throws -> Outcome {
    let runtime = engine
    if let problem = await runtime.problem() {
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
    let isMask = models.task.target.kind.isMask
    let names = isMask ? ["classes"] : ["values", "scores", "probabilities"]
    let outputs = try await runtime.run(
      request.path, groups, outputs: names, in: scratch)
    var result =
      isMask
      ? try Self.masks(answer, outputs, examples) : try scores(answer, outputs, examples)
    result.batches = runtime.batches
    return .compared(result)
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
    var part: any ExampleSource = ExampleSubset(whole, rows: Array(held.prefix(Self.limit)))
    if held.isEmpty {
      split = .test
      part = try plan.open(.test, of: record, in: models.directory).prefix(
        min(Self.limit, plan.experiment.data.testLimit ?? Self.limit))
    }
    if models.members.count == 1, let fitted = try member.fittedInputs() {
      part = try part.applying(fitted)
    }
    return try ComparedExamples(
      part, record: record, split: split,
      pipeline: ExportedModels(models: models).pipeline(models.members[0]),
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
    let question: PredictionRequest.Input =
      models.task.target.kind.isMask
      ? .images(try examples.writePictures(to: scratch), background: .white)
      : .examples(
        PredictionRequest.Examples(
          dataset: examples.record, split: examples.split, isOwn: true, limit: examples.count))
    return try await session.ask { ((), question) }.1
  }

  // MARK: Comparing

  private func scores(
    _ answer: PredictionAnswer, _ outputs: PythonEngine.Outputs, _ examples: ComparedExamples
  ) throws -> Result {
    let (layout, task) = (models.layout, models.task)
    let width = layout.outputs.count
    let found = outputs.values.map(Double.init)
    guard answer.total == examples.count, found.count == answer.outputs.count else {
      throw ProgramFault(
        "the exported file gives \(found.count) numbers, the run \(answer.outputs.count)")
    }
    var largest = 0.0
    var relative = 0.0
    // A number near zero says nothing about rounding, so numbers are held against the largest of all examples.
    let all = answer.outputs.reduce(0) { max($0, abs($1)) }
    for start in stride(from: 0, to: found.count, by: width) {
      let pairs = zip(found[start..<start + width], answer.outputs[start..<start + width])
      let difference = pairs.reduce(0) { max($0, abs($1.0 - $1.1)) }
      let scale = layout.answers.isEmpty ? all : pairs.reduce(0) { max($0, abs($1.1)) }
      largest = max(largest, difference)
      relative = max(relative, scale > 0 ? difference / scale : difference)
    }
    let decided = layout.answers.count
    let own = task.answers(found, layout)
    let same =
      decided == 0
      ? examples.count
      : (0..<examples.count).count { row in
        let places = (row * decided)..<((row + 1) * decided)
        return own[places].elementsEqual(answer.answers[places])
      }
    let isExact = models.plan.experiment.precision == .float32
    return Result(
      engine: outputs.engine, split: examples.split.rawValue, examples: examples.count,
      output: outputs.name, decisions: decided == 0 ? 0 : examples.count,
      same: decided == 0 ? 0 : same, difference: largest, relative: relative,
      tolerance: isExact ? ExportCertificate.tolerance : 0.05)
  }

  private static func masks(
    _ answer: PredictionAnswer, _ outputs: PythonEngine.Outputs, _ examples: ComparedExamples
  ) throws -> Result {
    var (same, count) = (0, 0)
    for row in 0..<examples.count {
      guard let picture = answer.pictures[row] else {
        throw ProgramFault("the run gives no mask for picture \(row)")
      }
      let mask = try MaskImage(decoding: picture, path: "answer \(row)")
      let start = row * mask.bytes.count
      guard outputs.bytes.count >= start + mask.bytes.count else {
        throw ProgramFault("the exported file gives masks of another size")
      }
      same += zip(outputs.bytes[start...], mask.bytes).count { $0 == $1 }
      count += mask.bytes.count
    }
    return Result(
      engine: outputs.engine, split: examples.split.rawValue, examples: examples.count,
      output: outputs.name, decisions: count, same: same, difference: nil, relative: nil,
      tolerance: 1e-3)
  }

  /// How two programs answer the same examples.
  struct Result: CustomStringConvertible {
    /// `onnxruntime 1.32.0`.
    let engine: String
    let reference = "runner predict"
    let split: String
    /// The sizes of batches, in turn.
    var batches: [Int] = []
    let examples: Int
    /// The output that was compared.
    let output: String
    /// The classes or sets of labels, or the classes of pixels; 0 if numbers are predicted.
    let decisions: Int
    let same: Int
    /// The largest difference of an output; `nil` for masks.
    let difference: Double?
    /// The same relative to the largest output of the example; for numbers, of all examples.
    let relative: Double?
    /// The largest relative difference that passes; for masks, the largest share of other classes.
    let tolerance: Double

    var passes: Bool {
      if let relative { return relative <= tolerance }
      return Double(decisions - same) <= tolerance * Double(decisions)
    }

    var description: String {
      var parts: [String] = []
      if let difference, let relative {
        parts.append(
          "\(output) differ by at most \(NumberText.significant(difference, 2)) "
            + "(\(NumberText.significant(relative, 2)) of the largest)")
      }
      if decisions > 0 {
        parts.append(
          "\(NumberText.grouped(same)) of \(NumberText.grouped(decisions)) decisions are the same")
      }
      return "\(engine) on \(NumberText.grouped(examples)) \(split) examples: "
        + parts.joined(separator: ", ")
    }
  }
}
