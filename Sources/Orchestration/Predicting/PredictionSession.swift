import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import Reporting
import RunRecord
import Signals
import Tasks
import WorkerProtocol

/// What the models say, in the order of what was asked.
struct PredictionAnswer {
  var sources: [PredictionSource] = []
  /// What was decided, row-major.
  var answers: [Int] = []
  /// The models' outputs, row-major: one row an image.
  var outputs: [Double] = []
  /// Those of a data set's images; none for files.
  var targets: [Float] = []
  /// The places of a data set's images in it; none for files.
  var indices: [Int] = []
  /// The mean loss, of one model on a data set.
  var loss: Double?
  /// What to know of all predictions, such as a missing device.
  var warnings: [String] = []
  /// What was done to the images, or what they seem to need.
  var notes: [String] = []

  /// The files that could not be read.
  var unreadable: [PredictionSource] { sources.filter { $0.problem != nil } }

  var total: Int { sources.reduce(0) { $0 + $1.count } }

  /// The same as predictions; what is not known of images from files is 0.
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

/// A worker that is asked about images.
struct PredictionSession {
  let models: PredictionModels
  let isInverted: Bool
  let environment: [String: String]
  let terminal: Terminal

  /// Starts the worker, which loads LibTorch while `prepare` finds what is asked about.
  ///
  /// - Returns: what `prepare` gave and what the models say.
  func ask<Value>(
    _ prepare: () async throws -> (Value, PredictionRequest.Input)
  ) async throws -> (Value, PredictionAnswer) {
    let interrupts = Interrupts()
    interrupts.start()
    var answer = PredictionAnswer()
    var isWhole = false
    var failure: WorkerFailure?
    var prepared: Value?
    let worker = try WorkerProcess(environment: environment, interrupts)
    let ending = try await worker.run { events, send in
      var events = events
      let (value, input) = try await prepare()
      prepared = value
      let engine = try await events.engine(interrupts)
      let device = device(engine, &answer.warnings)
      let request = PredictionRequest(
        models.directory, models: models.members, method: models.method, input: input,
        isInverted: isInverted, device: device, threads: models.info.threads)
      try await send(.predict(request))
      var bar = PredictionBar(terminal, outputs: models.layout.outputs.count)
      defer { bar.clear() }
      while let event = try await events.next() {
        switch event {
        case .prediction(.source(let source)): answer.sources.append(source)
        case .prediction(.rows(let rows)):
          answer.add(rows)
          bar.show(answer)
        case .prediction(.note(let text)):
          bar.clear()
          show("note", text)
          answer.notes.append(text)
        case .prediction(.finished(let loss)):
          answer.loss = loss
          isWhole = true
        case .failure(let reason): failure = reason
        default: break
        }
      }
    }
    if let failure {
      if failure.exitCode == ExitStatus.wrongInput { throw Self.error(failure) }
      throw ProgramFault(failure.message)
    }
    if case .killed(let words) = ending {
      throw WorkerKilled("the worker \(words)", hint: "give the same command again")
    }
    if ending == .interrupted { throw QuietExit(ExitStatus.interrupted) }
    guard ending == .success, isWhole,
      answer.outputs.count == answer.total * models.layout.outputs.count,
      answer.answers.count == answer.total * models.layout.answers.count, let prepared
    else { throw ProgramFault("the worker \(ending.description)") }
    return (prepared, answer)
  }

  /// The first line is what is wrong, the others are what belongs to it.
  private static func error(_ failure: WorkerFailure) -> InputError {
    let lines = failure.message.split(separator: "\n").map { $0.trimmingPrefix("  ") }
    return InputError([
      Diagnostic(
        .error, String(lines.first ?? ""), at: nil,
        notes: lines.dropFirst().map { .note(String($0), at: nil) })
    ])
  }

  /// The run's device, or the CPU where this machine has none of that kind; warns of that, and of a
  /// precision that the device lacks.
  private func device(_ engine: EngineDescription, _ warnings: inout [String]) -> String {
    var device = models.info.device
    if !engine.devices.contains(device) {
      warnings.append("this machine has no device '\(device)', so that the CPU computes")
      device = "cpu"
    }
    if let warning = models.plan.experiment.precision.predictionWarning(on: device) {
      warnings.append(warning)
    }
    for warning in warnings { show("warning", warning) }
    return device
  }

  private func show(_ kind: String, _ text: String) {
    terminal.write(
      terminal.yellow("\(kind): ")
        + WrappedText.wrap(TerminalText.line(text), indent: kind.count + 2) + "\n")
  }
}

/// How much of a large set is done, on a terminal.
private struct PredictionBar {
  private let terminal: Terminal
  /// Outputs of each image.
  private let width: Int
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var isShown = false

  init(_ terminal: Terminal, outputs: Int) {
    self.terminal = terminal
    width = outputs
    start = clock.now
  }

  mutating func show(_ answer: PredictionAnswer) {
    guard terminal.isInteractive, start.duration(to: clock.now) > .seconds(1) else { return }
    let done = answer.sources.isEmpty ? 0 : answer.outputs.count / max(width, 1)
    let bar = ProgressBar.render(Double(done) / Double(max(answer.total, 1)), width: 20)
    terminal.write("\r\u{1B}[2K  \(bar)  \(NumberText.grouped(done)) images")
    isShown = true
  }

  mutating func clear() {
    if isShown { terminal.write("\r\u{1B}[2K") }
    isShown = false
  }
}
