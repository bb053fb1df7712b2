/// A request to a worker: one line of JSON on its standard input.
package enum WorkerRequest: Codable, Sendable {
  /// Answered by the events of a training, from ``WorkerEvent/begin(_:)`` to ``WorkerEvent/end(_:)``.
  case train(TrainingRequest)
  /// Answered by ``WorkerEvent/prediction(_:)``.
  case predict(PredictionRequest)
  /// Answered by ``WorkerEvent/timing(_:)``.
  case time(TimingRequest)
  /// Answered by ``WorkerEvent/rateStep(_:)`` and ``WorkerEvent/rateTest(_:)``.
  case testRates(RateRequest)
  /// Answered by ``WorkerEvent/inspection(_:)``.
  case inspect(InspectionRequest)
  /// Answered by ``WorkerEvent/script(_:)``.
  case writeScript(ScriptRequest)
}
