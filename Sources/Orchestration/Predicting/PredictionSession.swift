import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import Reporting
import RunRecord
import Signals
import Tasks
import Transforms
import WorkerProtocol

/// The predictions of the models, in the order of the inputs.
struct PredictionAnswer {
  var sources: [PredictionSource] = []
  /// The decisions, row-major.
  var answers: [Int] = []
  /// The model outputs, row-major: one row per image.
  var outputs: [Double] = []
  /// The targets of a data set's examples; empty for files.
  var targets: [Float] = []
  /// The indices of the examples in the data set; empty for files.
  var indices: [Int] = []
  /// The mean loss of a single model on a data set; otherwise `nil`.
  var loss: Double?
  /// Warnings about all predictions, such as a missing device.
  var warnings: [String] = []
  /// The pictures of answers by their rows, such as masks, as PNG.
  var pictures: [Int: [UInt8]] = [:]
  /// Notes on how the images were converted, or what they seem to need.
  var notes: [String] = []

  /// The files that could not be read.
  var unreadable: [PredictionSource] { sources.filter { $0.problem != nil } }

  var total: Int { sources.reduce(0) { $0 + $1.count } }

  /// Converts to predictions; unknown values for images from files are 0.
  func predictions(_ layout: PredictionLayout, folds: [Int]? = nil) -> Predictions {
    Predictions(
      layout, folds: folds ?? Array(repeating: 0, count: total),
      indices: indices.isEmpty ? Array(0..<total) : indices,
      targets: targets.isEmpty
        ? Array(repeating: 0, count: total * layout.targets.count) : targets,
      answers: answers, outputs: outputs)
  }

  mutating func add(_ rows: PredictionRows) {
    answers += rows.answers
    outputs += rows.outputs
    targets += rows.targets ?? []
    indices += rows.indices ?? []
  }
}

/// A worker process that predicts images.
struct PredictionSession {
  let models: PredictionModels
  let isInverted: Bool
  let views: ImageViews?
  var tiling: PredictionRequest.Tiling?
  let environment: [String: String]
  let terminal: Terminal

  /// Starts the worker, which loads LibTorch while `prepare` locates the inputs.
  ///
  /// - Returns: the value from `prepare`, and the predictions.
  func ask<Value>(
    _ prepare: () async throws -> (Value, PredictionRequest.Input)
  ) async throws -> (Value, PredictionAnswer) {
    var answer = PredictionAnswer()
    var isWhole = false
    let steps = StepLine(terminal)
    let (prepared, warnings) = try await converse(prepare, asking: WorkerRequest.predict) { event in
      guard let event else { return steps.clear() }
      guard case .prediction(let part) = event else { return }
      switch part {
      case .source(let source): answer.sources.append(source)
      case .rows(let rows):
        answer.add(rows)
        steps.show(
          "prediction", answer.outputs.count / max(models.layout.outputs.count, 1), of: answer.total
        )
      case .picture(let picture):
        let row = answer.outputs.count / max(models.layout.outputs.count, 1) - picture.fromEnd
        answer.pictures[row, default: []] += picture.part
      case .note(let text):
        steps.clear()
        show("note", text)
        answer.notes.append(text)
      case .finished(let loss):
        answer.loss = loss
        isWhole = true
      // Of a service.
      case .ready: break
      }
    }
    answer.warnings = warnings
    guard isWhole, answer.outputs.count == answer.total * models.layout.outputs.count,
      answer.answers.count == answer.total * models.layout.answers.count
    else { throw ProgramFault("the worker ended without a result") }
    return (prepared, answer)
  }

  /// Asks a worker about these models, whatever the question is.
  ///
  /// - Parameters:
  ///   - request: the question about the models and the inputs.
  ///   - receive: is given the worker's events, and at the end `nil`, also before an error is thrown.
  /// - Returns: the value from `prepare`, and warnings such as a missing device, which have been shown.
  func converse<Value>(
    _ prepare: () async throws -> (Value, PredictionRequest.Input),
    asking request: (PredictionRequest) -> WorkerRequest,
    receive: (WorkerEvent?) throws -> Void
  ) async throws -> (Value, warnings: [String]) {
    let interrupts = Interrupts()
    interrupts.start()
    var warnings: [String] = []
    var failure: WorkerFailure?
    var prepared: Value?
    let worker = try WorkerProcess(environment: environment, interrupts)
    let ending = try await worker.run { events, send in
      var events = events
      let (value, input) = try await prepare()
      prepared = value
      let engine = try await events.engine(interrupts)
      let device = device(engine, &warnings)
      var question = PredictionRequest(
        models.directory, models: models.members, method: models.method, input: input,
        isInverted: isInverted, views: views, device: device, threads: models.info.threads)
      question.tiling = tiling
      try await send(request(question))
      defer { try? receive(nil) }
      while let event = try await events.next() {
        if case .failure(let reason) = event { failure = reason } else { try receive(event) }
      }
    }
    if let failure {
      if failure.exitCode == ExitStatus.wrongInput { throw Self.error(failure) }
      throw ProgramFault(failure.message)
    }
    if case .killed(let words) = ending {
      throw WorkerKilled("the worker \(words)", hint: "run the same command again")
    }
    if ending == .interrupted { throw QuietExit(ExitStatus.interrupted) }
    guard ending == .success, let prepared else {
      throw ProgramFault("the worker \(ending.description)")
    }
    return (prepared, warnings)
  }

  /// The first line of the message is the error; the others are notes.
  static func error(_ failure: WorkerFailure) -> InputError {
    let lines = failure.message.split(separator: "\n").map { $0.trimmingPrefix("  ") }
    return InputError([
      Diagnostic(
        .error, String(lines.first ?? ""), at: nil,
        notes: lines.dropFirst().map { .note(String($0), at: nil) })
    ])
  }

  /// The device for the models. Shows the warnings about it.
  func device(_ engine: EngineDescription, _ warnings: inout [String]) -> String {
    let (device, found) = models.device(engine)
    warnings += found
    for warning in warnings { show("warning", warning) }
    return device
  }

  func show(_ kind: String, _ text: String) {
    terminal.write(
      terminal.yellow("\(kind): ")
        + WrappedText.wrap(TerminalText.line(text), indent: kind.count + 2) + "\n")
  }
}
