import ExperimentConfig
import HTTPTypes
import HummingbirdCore
import NIOCore
import Orchestration

/// Answers the requests of a service.
struct ServiceRouter: Sendable {
  let settings: ServiceSettings
  let model: ServedModel
  let token: ServiceToken?
  let batcher: Batcher
  /// Explains answers.
  let explainer: LazyBatcher
  let metrics: ServiceMetrics
  let reader: RequestReader
  /// The page at `/`.
  let page: [UInt8]
  /// The document at `/openapi.json`.
  let document: [UInt8]

  /// Thrown after a response to close the connection without reading the rest of the request.
  private struct ClosesConnection: Error {}

  /// The paths and their methods.
  static let paths: [String: String] = [
    "/": "GET, HEAD", "/predict": "POST", "/explain": "POST", "/model": "GET, HEAD",
    "/health": "GET, HEAD",
    "/health/live": "GET, HEAD", "/health/ready": "GET, HEAD", "/metrics": "GET, HEAD",
    "/openapi.json": "GET, HEAD",
  ]

  /// The longest that a client may take to read a response.
  private static let writing = TimeAmount.seconds(60)

  func answer(
    _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
  ) async throws {
    let start = ContinuousClock.now
    metrics.begin()
    let path = request.uri.path
    let known = Self.paths[path] == nil ? "other" : path
    // As nginx counts clients that left.
    var status = 499
    defer { metrics.end(path: known, status: status, ContinuousClock.now - start) }
    var response: ServiceResponse
    do {
      try check(request, path)
      if request.headers[.expect]?.lowercased() == "100-continue" {
        _ = try reader.length(of: request.headers)
        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
      }
      response = try await self.response(to: request, path, channel)
    } catch let problem as ServiceProblem {
      response = ServiceResponse(problem)
    } catch is RequestReader.Incomplete {
      throw ClosesConnection()
    } catch is CancellationError {
      throw ClosesConnection()
    }
    status = response.status
    let deadline = channel.eventLoop.scheduleTask(in: Self.writing) { channel.close(promise: nil) }
    defer { deadline.cancel() }
    let body =
      request.method == .head
      ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
    try await writer.write(response: response.head, body: body)
    guard response.closesConnection else { return }
    // Closed at once, a client that is still sending would find a broken connection in place of the response.
    if response.discardsBody { try? await reader.discardBody(of: request, channel) }
    throw ClosesConnection()
  }

  /// - Throws: ``ServiceProblem`` if this client may not send this request.
  private func check(_ request: Request, _ path: String) throws(ServiceProblem) {
    guard let allowed = Self.paths[path] else {
      throw ServiceProblem(
        404, "there is nothing at this path", hint: "GET /openapi.json lists all paths")
    }
    guard allowed.split(separator: ", ").contains(Substring(request.method.rawValue)) else {
      var problem = ServiceProblem(405, "\(path) takes \(allowed)")
      problem.allowed = allowed
      throw problem
    }
    guard let token else { return try checkHost(request) }
    // The page asks for the token itself, and probes of an orchestrator have none.
    if path == "/" || path.hasPrefix("/health") { return }
    guard let header = request.headers[.authorization], token.permits(header) else {
      throw ServiceProblem(
        401, "the token is missing or wrong", hint: "send 'Authorization: Bearer TOKEN'")
    }
  }

  /// Without a token, only pages of this machine may talk to the service: a foreign page whose name resolves to this
  /// address would send its own name.
  private func checkHost(_ request: Request) throws(ServiceProblem) {
    guard let authority = request.head.authority, !authority.isEmpty else { return }
    var host = authority[...]
    if host.hasPrefix("[") {
      host = host.dropFirst().prefix { $0 != "]" }
    } else if let colon = host.lastIndex(of: ":") {
      host = host[..<colon]
    }
    let name = host.lowercased()
    var other = settings
    other.host = name
    guard name == settings.host.lowercased() || other.isLocal else {
      throw ServiceProblem(
        421, "the service is not known as '\(name)'",
        hint: "use \(settings.host), or start it with a token")
    }
  }

  private func response(
    to request: Request, _ path: String, _ channel: any Channel
  ) async throws -> ServiceResponse {
    switch path {
    case "/": return ServiceResponse(type: "text/html; charset=utf-8", page)
    case "/predict": return try await predict(request, channel)
    case "/explain": return try await explain(request, channel)
    case "/model": return ServiceResponse(json: try JSONText.encode(model.description))
    case "/openapi.json": return ServiceResponse(json: document)
    case "/metrics":
      let text = metrics.text(
        waiting: batcher.waiting, toExplain: explainer.waiting, isReady: batcher.phase == .ready)
      return ServiceResponse(type: "text/plain; version=0.0.4", Array(text.utf8))
    default:
      let phase = batcher.phase
      let isReady = phase == .ready
      let state =
        switch phase {
        case .ready: "ready"
        case .loading: "loading"
        case .closing: "closing"
        }
      let object: JSONValue = [
        "live": true, "ready": .boolean(isReady), "state": .string(state),
      ]
      return ServiceResponse(
        isReady || path == "/health/live" ? 200 : 503, json: try JSONText.encode(object))
    }
  }
}
