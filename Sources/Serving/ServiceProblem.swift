import ExperimentConfig

/// Why a request is not answered, as its status and the JSON of its body: `{"message": …, "hint": …}`.
struct ServiceProblem: Error, Equatable {
  let status: Int
  let message: String
  var hint: String?
  /// Seconds after which the same request may succeed.
  var retryAfter: Int?
  /// The methods of the path, for status 405.
  var allowed: String?
  /// Whether the connection is closed because the rest of the request is not read.
  var closesConnection = false
  /// Whether as much of the body has been read as ever will be.
  var hasReadBody = false

  init(_ status: Int, _ message: String, hint: String? = nil) {
    self.status = status
    self.message = message
    self.hint = hint
  }

  /// Status 503: the same request may succeed later.
  static func unavailable(_ message: String, retryAfter: Int = 1) -> ServiceProblem {
    var problem = ServiceProblem(503, message)
    problem.retryAfter = retryAfter
    return problem
  }

  var json: JSONValue {
    ["message": .string(message), "hint": hint.map(JSONValue.string) ?? .null]
  }
}
