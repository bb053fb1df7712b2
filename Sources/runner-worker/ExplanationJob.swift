import Diagnostics
import FoundationEssentials
import Planning
import Torch
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
    let explainer = try PictureExplainer(request, plan, device)
    for (place, item) in request.items.enumerated() {
      try send(explainer.explain(item, place: place))
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
}
