import ExperimentConfig
import HTTPTypes
import NIOCore

/// The answer to a request.
struct ServiceResponse {
  let status: Int
  let type: String
  let body: [UInt8]
  var retryAfter: Int?
  var allowed: String?
  var closesConnection = false
  /// Whether the rest of the body is read before the connection is closed.
  var discardsBody = false

  init(_ status: Int = 200, type: String, _ body: [UInt8]) {
    self.status = status
    self.type = type
    self.body = body
  }

  init(_ status: Int = 200, json bytes: [UInt8]) {
    self.init(status, type: "application/json", bytes)
  }

  init(_ problem: ServiceProblem) {
    self.init(problem.status, json: (try? JSONText.encode(problem.json)) ?? [])
    retryAfter = problem.retryAfter
    allowed = problem.allowed
    closesConnection = problem.closesConnection
    discardsBody = problem.closesConnection && !problem.hasReadBody
  }

  var head: HTTPResponse {
    var fields: HTTPFields = [
      .contentType: type, .contentLength: "\(body.count)", .cacheControl: "no-store",
      .xContentTypeOptions: "nosniff",
    ]
    if let retryAfter { fields[.retryAfter] = "\(retryAfter)" }
    if let allowed { fields[.allow] = allowed }
    if status == 401 { fields[.wwwAuthenticate] = "Bearer" }
    if closesConnection { fields[.connection] = "close" }
    if type.hasPrefix("text/html") {
      // Everything is on the page itself; it talks to this service only.
      fields[.contentSecurityPolicy] =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }
    return HTTPResponse(status: .init(code: status), headerFields: fields)
  }
}
