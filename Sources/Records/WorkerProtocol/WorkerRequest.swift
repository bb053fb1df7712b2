/// A request to a worker: one line of JSON on its standard input.
package enum WorkerRequest: Codable, Sendable {
  /// Answered by the events of a training, from ``WorkerEvent/begin(_:)`` to ``WorkerEvent/end(_:)``.
  case train(TrainingRequest)
  /// Answered by ``WorkerEvent/prediction(_:)``.
  case predict(PredictionRequest)
  /// Answered by ``WorkerEvent/explanation(_:)``.
  case explain(ExplanationRequest)
  /// Answered by ``WorkerEvent/tableExplanation(_:)``.
  case explainTable(TableExplanationRequest)
  /// Answered by ``WorkerEvent/embedding(_:)``.
  case embed(EmbeddingRequest)
  /// Answered by ``WorkerEvent/timing(_:)``.
  case time(TimingRequest)
  /// Answered by ``WorkerEvent/rateStep(_:)`` and ``WorkerEvent/rateTest(_:)``.
  case testRates(RateRequest)
  /// Answered by ``WorkerEvent/inspection(_:)``.
  case inspect(InspectionRequest)
  /// Answered by ``WorkerEvent/calibration(_:)``.
  case calibrate(CalibrationRequest)
  /// Answered by ``WorkerEvent/script(_:)``.
  case writeScript(ScriptRequest)
}
