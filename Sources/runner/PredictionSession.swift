import ArgumentParser
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import Reporting
import RunRecord

/// What the models say, in the order of what was asked.
struct PredictionAnswer {
  var sources: [PredictionSource] = []
  var predictions: [Int] = []
  /// The models' outputs. Row-major: one row an image, one column a class.
  var scores: [Double] = []
  /// One for each image of a data set; none for files.
  var labels: [Int] = []
  /// The mean loss, of one model on a data set.
  var loss: Double?

  var total: Int { sources.reduce(0) { $0 + $1.count } }

  mutating func add(_ rows: PredictionRows) {
    predictions += rows.predictions
    scores += rows.scores
    labels += rows.labels ?? []
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
      let request = PredictionRequest(
        weights: models.weights, input: input, isInverted: isInverted,
        device: device(engine), threads: models.info.threads)
      try await send(WorkerRequest(models.run, predicting: request))
      var bar = PredictionBar(terminal)
      defer { bar.clear() }
      while let event = try await events.next() {
        switch event {
        case .prediction(.source(let source)): answer.sources.append(source)
        case .prediction(.rows(let rows)):
          answer.add(rows)
          bar.show(answer)
        case .prediction(.note(let text)):
          bar.clear()
          note(text)
        case .prediction(.finished(let loss)):
          answer.loss = loss
          isWhole = true
        case .failure(let reason): failure = reason
        default: break
        }
      }
    }
    if let failure {
      if failure.exitCode == CommandFailure.wrongInput { throw Self.error(failure) }
      throw ProgramFault(failure.message)
    }
    if ending == .interrupted { throw ExitCode(CommandFailure.interrupted) }
    guard ending == .success, isWhole, answer.total == answer.predictions.count,
      answer.scores.count == answer.total * models.classes, let prepared
    else { throw ProgramFault("the worker \(ending.inWords)") }
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

  /// The run's device; where this machine has none of that kind the CPU will do.
  private func device(_ engine: EngineDescription) -> String {
    if engine.devices.contains(models.info.device) { return models.info.device }
    note("this machine has no device '\(models.info.device)'; the CPU computes")
    return "cpu"
  }

  private func note(_ text: String) {
    terminal.write(
      terminal.yellow("note: ") + WrappedText.wrap(TerminalText.line(text), indent: 6) + "\n")
  }
}

/// How much of a large set is done, on a terminal.
private struct PredictionBar {
  private let terminal: Terminal
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var isShown = false

  init(_ terminal: Terminal) {
    self.terminal = terminal
    start = clock.now
  }

  mutating func show(_ answer: PredictionAnswer) {
    guard terminal.isInteractive, start.duration(to: clock.now) > .seconds(1) else { return }
    let done = answer.predictions.count
    let bar = ProgressBar.render(Double(done) / Double(max(answer.total, 1)), width: 20)
    terminal.write("\r\u{1B}[2K  \(bar)  \(NumberText.grouped(done)) images")
    isShown = true
  }

  mutating func clear() {
    if isShown { terminal.write("\r\u{1B}[2K") }
    isShown = false
  }
}
