import RunRecord

/// An event that a worker reports while it computes, as one line of JSON on its standard output.
package enum WorkerEvent: Codable, Sendable {
  /// The first event of every worker: the available devices and instruction sets.
  case engine(EngineDescription)
  /// Progress of the pass through the frozen layers, before training begins.
  case features(FeatureProgress)
  /// Progress of any other step, once it has taken a second.
  case work(WorkProgress)
  case begin(JobSize)
  case step(StepRecord)
  /// An epoch and its evaluation, as recorded in the run directory.
  case epoch(EpochRecord, EpochTiming)
  /// A warning for the user.
  case warning(String)
  /// How the worker spent its time, shortly before it exits.
  case profile(RunProfile)
  /// A part of the answer to a ``PredictionRequest``.
  case prediction(PredictionEvent)
  /// A part of the answer to an ``ExplanationRequest``.
  case explanation(ExplanationEvent)
  /// A part of the answer to a ``TableExplanationRequest``.
  case tableExplanation(TableExplanationEvent)
  /// A part of the answer to an ``EmbeddingRequest``.
  case embedding(EmbeddingEvent)
  /// The answer to a ``TimingRequest``.
  case timing(StepTiming)
  /// The steps of a ``RateRequest`` that are done.
  case rateStep(Int)
  /// The answer to a ``RateRequest``.
  case rateTest(RateTest)
  /// The answer to an ``InspectionRequest``.
  case inspection(InspectionAnswer)
  /// The answer to a ``CalibrationRequest``.
  case calibration(CalibrationAnswer)
  /// The answer to a ``ScriptRequest``: the number of tensors in the file.
  case script(Int)
  /// Training has finished with these results.
  case end(RunSummary)
  case failure(WorkerFailure)
}

/// Why a worker failed.
package struct WorkerFailure: Codable, Sendable {
  /// The exit code of the front program.
  package var exitCode: Int32
  package var message: String

  package init(exitCode: Int32, message: String) {
    self.exitCode = exitCode
    self.message = message
  }
}
