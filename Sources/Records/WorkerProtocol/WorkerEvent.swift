import RunRecord

/// What a worker reports while it computes, one line of JSON each on its standard output. The console
/// and the front program listen.
package enum WorkerEvent: Codable, Sendable {
  /// The first event of every worker: what it can compute with.
  case engine(EngineDescription)
  /// The pass through the frozen layers, before training begins.
  case features(FeatureProgress)
  case begin(JobSize)
  case step(StepRecord)
  /// An epoch and its evaluation, as recorded in the run directory.
  case epoch(EpochRecord, EpochTiming)
  /// A warning for the user.
  case warning(String)
  /// Where the worker's time went, shortly before it ends.
  case profile(RunProfile)
  /// A part of the answer to a ``PredictionRequest``.
  case prediction(PredictionEvent)
  /// The answer to a ``TimingRequest``.
  case timing(StepTiming)
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
