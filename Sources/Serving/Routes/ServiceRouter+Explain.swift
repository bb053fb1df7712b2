import HummingbirdCore
import NIOCore
import Orchestration
import WorkerProtocol

/// `POST /explain`.
extension ServiceRouter {
  private static let types =
    "send one image (image/jpeg, image/png, …), or a form with one file"

  func explain(_ request: Request, _ channel: any Channel) async throws -> ServiceResponse {
    if let problem = model.explanationProblem {
      throw ServiceProblem(404, "answers of this service cannot be explained: \(problem)")
    }
    let wanted = request.uri.queryParameters["class"].map(String.init) ?? ""
    return try await withInputs(of: request, channel, or: Self.types) { inputs, _ in
      guard inputs.count == 1, inputs[0].kind == .picture else {
        throw ServiceProblem(
          inputs[0].kind == .picture ? 400 : 415,
          inputs[0].kind == .picture
            ? "the form has \(inputs.count) files, and one picture is explained at a time"
            : "only answers for images can be explained", hint: Self.types)
      }
      var input = inputs[0]
      input.explained = wanted
      let reply = try await explainer.answer(input)
      return ServiceResponse(Self.status(reply.outcome), json: reply.text)
    }
  }
}
