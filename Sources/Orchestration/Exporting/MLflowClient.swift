import Diagnostics
import ExperimentConfig
import Files
import Report
import Subprocess

/// Requests to MLflow's REST API 2.0 by the `curl` program, which knows proxies and certificates.
struct MLflowClient: Sendable {
  enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// What the server answered instead of doing what it was asked.
  struct Refusal: Error, Sendable {
    /// The HTTP status.
    let status: Int
    /// MLflow's code, such as `RESOURCE_DOES_NOT_EXIST`; `nil` if the answer is not MLflow's.
    let code: String?
    let message: String
  }

  /// The server, without a slash at the end.
  let address: String
  private let variables: [String: String]
  private let authorization: [String]
  private let scratch: ScratchFolder

  /// Longer answers are errors.
  private static let limit = 1 << 28

  /// - Parameters:
  ///   - uri: as `http://127.0.0.1:5000`.
  ///   - variables: the environment: the search path, proxies, and MLflow's variables for authentication.
  /// - Throws: ``InputError`` if `uri` is no address of a server.
  init(_ uri: String, variables: [String: String]) throws {
    var address = uri
    while address.hasSuffix("/") { address.removeLast() }
    let host = ["http://", "https://"].first(where: address.hasPrefix).map {
      address.dropFirst($0.count).prefix { $0 != "/" }
    }
    let isPlain = address.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F }
    guard let host, !host.isEmpty, isPlain, !address.contains("?"), !address.contains("#") else {
      throw InputError(
        "'\(uri)' is not the address of an MLflow server",
        hint: "give it as http://HOST:PORT, as in --uri http://127.0.0.1:5000")
    }
    guard !host.contains("@") else {
      throw InputError(
        "the address of the MLflow server contains a user name or a password",
        hint: "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD instead")
    }
    self.address = address
    self.variables = variables
    authorization = Self.authorization(variables)
    scratch = try ScratchFolder("mlflow")
  }

  /// The lines of curl's configuration that authenticate, as MLflow's own clients do: a token comes before a password.
  private static func authorization(_ variables: [String: String]) -> [String] {
    func variable(_ name: String) -> String? {
      variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    if let name = variable("MLFLOW_TRACKING_USERNAME"),
      let password = variable("MLFLOW_TRACKING_PASSWORD")
    {
      return ["user = \(quoted("\(name):\(password)"))"]
    }
    return variable("MLFLOW_TRACKING_TOKEN").map {
      ["header = \(quoted("Authorization: Bearer \($0)"))"]
    } ?? []
  }

  /// Calls `api/2.0/mlflow/<path>`.
  ///
  /// - Throws: ``Refusal`` if MLflow refuses; ``InputError`` if there is no MLflow server or it cannot be reached;
  ///   `CancellationError`.
  func call(
    _ method: Method, _ path: String, query: [(String, String)] = [], _ body: JSONValue? = nil
  ) async throws -> JSONValue {
    var options = ["request = \(Self.quoted(method.rawValue))"]
    if let body {
      let file = "body.json"
      try scratch.write(JSONText.encode(body), to: file)
      options += [
        "header = \(Self.quoted("Content-Type: application/json"))",
        "data-binary = \(Self.quoted("@" + scratch.file(file)))",
      ]
    }
    let fields = query.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
    return try await send(
      "api/2.0/mlflow/\(path)" + (fields.isEmpty ? "" : "?\(fields)"), options)
  }

  /// Stores a file through the server's proxy of artifacts.
  ///
  /// - Parameters:
  ///   - file: an absolute path.
  ///   - path: its place below the root of artifacts.
  func upload(_ file: String, to path: String) async throws {
    let place = path.split(separator: "/").map { Self.encoded(String($0)) }.joined(separator: "/")
    _ = try await send(
      "api/2.0/mlflow-artifacts/artifacts/\(place)",
      [
        "upload-file = \(Self.quoted(file))",
        "header = \(Self.quoted("Content-Type: application/octet-stream"))",
        // Some servers would otherwise be waited for.
        "header = \(Self.quoted("Expect:"))",
      ])
  }

  private func send(_ path: String, _ options: [String]) async throws -> JSONValue {
    let url = "\(address)/\(path)"
    let settings =
      [
        "url = \(Self.quoted(url))", "silent", "show-error", "globoff", "location",
        "max-redirs = 5", "proto = \"=http,https\"", "proto-redir = \"=http,https\"",
        "connect-timeout = 5", "speed-limit = 1", "speed-time = 60",
        "write-out = \"\\n%{http_code}\"",
      ] + authorization + options
    // Through standard input, because every process can read the arguments of others.
    let result = try await curl(settings.joined(separator: "\n") + "\n")
    try Task.checkCancellation()
    guard result.isSuccess else {
      let said = result.errors.split(whereSeparator: \.isNewline).last ?? "no reason given"
      throw InputError(
        "the MLflow server at \(address) cannot be reached: \(said)",
        hint: "is it running? mlflow server --host 127.0.0.1 --port 5000")
    }
    return try answer(result.output, url)
  }

  /// - Parameter settings: its configuration.
  private func curl(
    _ settings: String
  ) async throws -> (isSuccess: Bool, output: String, errors: String) {
    do {
      let result = try await Subprocess.run(
        .name("curl"), arguments: ["--disable", "--config", "-"],
        environment: .custom(environment), input: .string(settings),
        output: .string(limit: Self.limit), error: .string(limit: 1 << 16))
      return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw InputError(
        "MLflow servers are reached by curl, which is not installed",
        hint: "sudo apt-get install curl")
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw InputError("curl could not be run: \(error)")
    }
  }

  private func answer(_ output: String, _ url: String) throws -> JSONValue {
    guard let end = output.lastIndex(of: "\n"),
      let status = Int(output[output.index(after: end)...])
    else { throw InputError("\(url) gave no HTTP status") }
    let body = output[..<end]
    guard (200..<300).contains(status) else { throw Self.refusal(status, String(body)) }
    if body.isEmpty { return [:] }
    let value: JSONValue
    do {
      value = try JSONText.decode(JSONValue.self, from: Array(body.utf8))
    } catch {
      throw InputError(
        "\(address) is not an MLflow server: \(url) answered with something other than JSON: \(error)"
      )
    }
    guard case .object = value else {
      throw InputError("\(address) is not an MLflow server: \(url) did not answer with an object")
    }
    return value
  }

  /// - Parameter body: what came with the status: MLflow's JSON, or the page of another server or a proxy.
  private static func refusal(_ status: Int, _ body: String) -> Refusal {
    let firstLine = String(body.prefix(200).prefix { !$0.isNewline })
    do {
      let value = try JSONText.decode(JSONValue.self, from: Array(body.utf8))
      return Refusal(
        status: status, code: value["error_code"]?.text,
        message: value["message"]?.text ?? firstLine)
    } catch {
      // Not MLflow's, so its first line has to do.
      return Refusal(status: status, code: nil, message: firstLine)
    }
  }

  private var environment: [Environment.Key: String] {
    var environment: [Environment.Key: String] = [:]
    for (name, value) in variables where !name.hasPrefix("MLFLOW_") {
      if let key = Environment.Key(rawValue: name) { environment[key] = value }
    }
    return environment
  }

  /// A value of curl's configuration.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"":
        quoted += "\\"
        quoted.unicodeScalars.append(scalar)
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// Percent-encoding of everything that RFC 3986 does not call unreserved.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || "-._~".utf8.contains(byte)
      return isPlain
        ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }
}
