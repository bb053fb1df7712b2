import ExperimentConfig
import HTTPTypes
import HummingbirdCore
import NIOCore
import Orchestration
import WorkerProtocol

/// `POST /predict`.
extension ServiceRouter {
  private static let types =
    "send an image (image/jpeg, image/png, …), several as multipart/form-data, or application/json"

  func predict(_ request: Request, _ channel: any Channel) async throws -> ServiceResponse {
    try await withInputs(of: request, channel, or: Self.types) { inputs, isForm in
      try await isForm ? answer(inputs) : answer(inputs[0])
    }
  }

  /// Reads the body of a request.
  ///
  /// - Parameters:
  ///   - types: a hint on what may be sent.
  ///   - use: is given the inputs, at least one; only a form has several.
  func withInputs(
    of request: Request, _ channel: any Channel, or types: String,
    _ use: (_ inputs: [ServingInput], _ isForm: Bool) async throws -> ServiceResponse
  ) async throws -> ServiceResponse {
    let length = try reader.length(of: request.headers)
    let type = request.headers[.contentType].map { ContentType($0) }
    if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
      throw ServiceProblem(
        415, "a body in the encoding '\(encoding)' cannot be read", hint: "send it as it is")
    }
    guard
      type.map({ $0.isImage || $0.isJSON || $0.type == "multipart/form-data" }) ?? true
    else {
      throw ServiceProblem(
        415, "a body of the type '\(type?.type ?? "")' cannot be read",
        hint: type?.type == "application/x-www-form-urlencoded"
          ? "curl needs -H 'Content-Type: image/jpeg'; \(types)" : types)
    }
    return try await reader.withBody(of: request, length: length, channel) { body in
      if body.isEmpty { throw ServiceProblem(400, "the body is empty", hint: types) }
      guard let type, !type.isImage else {
        return try await use([ServingInput(.picture, body)], false)
      }
      if type.isJSON { return try await use([ServingInput(.json, body)], false) }
      return try await use(try files(body, type), true)
    }
  }

  /// The files of a form.
  private func files(_ body: [UInt8], _ type: ContentType) throws(ServiceProblem) -> [ServingInput]
  {
    guard let boundary = type.parameters["boundary"] else {
      throw ServiceProblem(400, "the content type multipart/form-data has no boundary")
    }
    let parts: [MultipartBody.Part]
    do throws(MultipartBody.Problem) {
      parts = try MultipartBody(body, boundary: boundary, mostParts: settings.queue).parts
    } catch {
      throw ServiceProblem(400, error.message)
    }
    let files = parts.filter { $0.fileName != nil || $0.type?.isImage == true }
    guard !files.isEmpty else {
      throw ServiceProblem(
        400, "the form has no file",
        hint: "curl -F file=@photo.jpg sends one")
    }
    return files.map { ServingInput(.picture, name: $0.fileName ?? $0.name, $0.bytes) }
  }

  /// The answer to a request with one input.
  private func answer(_ input: ServingInput) async throws -> ServiceResponse {
    let reply = try await batcher.answer([input])[0]
    guard reply.outcome == .answered else {
      return ServiceResponse(Self.status(reply.outcome), json: reply.text)
    }
    return Self.predictions([reply.text])
  }

  /// The answer to a form. A file that cannot be read gets an error in its place; if none can be read, the request fails.
  private func answer(_ inputs: [ServingInput]) async throws -> ServiceResponse {
    let replies = try await batcher.answer(inputs)
    if let first = replies.first, replies.allSatisfy({ $0.outcome != .answered }) {
      return ServiceResponse(Self.status(first.outcome), json: first.text)
    }
    return Self.predictions(
      try zip(inputs, replies).map { input, reply in
        if reply.outcome == .answered { return reply.text }
        let name = try JSONText.encode(JSONValue.string(input.name))
        return Array(#"{"error":"#.utf8) + reply.text + Array(#","image":"#.utf8) + name + [
          UInt8(ascii: "}")
        ]
      })
  }

  private static func predictions(_ texts: [[UInt8]]) -> ServiceResponse {
    var body = Array(#"{"predictions":["#.utf8)
    for (place, text) in texts.enumerated() {
      if place > 0 { body.append(UInt8(ascii: ",")) }
      body += text
    }
    body += "]}".utf8
    return ServiceResponse(json: body)
  }

  static func status(_ outcome: ServingReply.Outcome) -> Int {
    switch outcome {
    case .answered: 200
    case .malformed: 400
    case .unsupported: 415
    case .unsuitable: 422
    case .failed: 500
    }
  }
}
