import Attribution
import DataSchema
import Diagnostics
import Execution
import ExperimentConfig
import FoundationEssentials
import Planning
import Tasks
import Torch
import Training
import WorkerProtocol

/// Explains answers of the model of a finished run. Nothing is written to its directory.
struct ExplanationJob {
  private let request: ExplanationRequest
  private let output: EventOutput

  init(_ request: ExplanationRequest, output: EventOutput) {
    self.request = request
    self.output = output
  }

  func answer() throws {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: request.run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    guard let plan else { throw InputError(diagnostics.sorted) }
    guard let device = Device(request.device) else {
      throw ProgramFault("there is no device '\(request.device)'")
    }
    try Runtime.setThreadCount(request.threads)
    // Maps are computed in full float32, whatever the run was trained in.
    try Runtime.setDeterministic(true, allowTF32: false)
    Runtime.setFlushDenormal(true)
    let model = try Model(
      plan.graph, weights: request.model.weights, seed: plan.experiment.seed, device: device)
    let inputs = try ExplanationInputs(request, plan, device, format: model.format)
    let maps = try ExplanationMaps(Attribution(model), request.settings)
    for (place, item) in request.items.enumerated() {
      try Self.stopIfInterrupted()
      let subject = try inputs.subject(item.picture)
      try send(maps.explain(subject, item.goal, place: place))
    }
    try output.send(.explanation(.finished))
  }

  private func send(_ answer: (item: ExplainedItem, bytes: [UInt8])) throws {
    for start in stride(from: 0, to: answer.bytes.count, by: ExplanationEvent.mostBytes) {
      let end = min(start + ExplanationEvent.mostBytes, answer.bytes.count)
      try output.send(.explanation(.part(Data(answer.bytes[start..<end]))))
    }
    try output.send(.explanation(.item(answer.item)))
  }

  static func stopIfInterrupted() throws {
    if Interruption.isRequested { throw TrainingInterrupted() }
  }
}
