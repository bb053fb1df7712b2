import ExperimentConfig
import Foundation
import Synchronization

/// An MLflow server on 127.0.0.1 for one test: the part of REST API 2.0 that exports need, kept in memory and as strict
/// about its input as MLflow is.
package final class TrackingServer: Sendable {
  package struct Value: Sendable, Equatable {
    package var key: String
    package var value: JSONValue
    package var timestamp: Int
    package var step: Int
  }

  package struct Run: Sendable, Equatable {
    package var id: String
    package var experiment: String
    package var name: String
    package var status = "RUNNING"
    package var start: Int?
    package var end: Int?
    package var tags: [String: String] = [:]
    package var parameters: [String: String] = [:]
    /// Every value that was logged, repetitions included.
    package var metrics: [Value] = []
    package var artifacts: [String: [UInt8]] = [:]
  }

  package struct State: Sendable {
    /// Names by id.
    package var experiments: [String: String] = [:]
    package var runs: [Run] = []
    /// Requests that changed something.
    package var changes = 0
    package var requests = 0
    /// The values of the header `Authorization` that came.
    package var authorizations: Set<String> = []
    /// Requests after which the server fails.
    var failsAfter: Int?
    /// Where runs store their files.
    var artifacts = "mlflow-artifacts:"
    var stopped = false
  }

  /// An answer other than success.
  private struct Refusal: Error {
    var status: Int
    var code: String
    var message: String
  }

  private let listener: Int32
  private let state: Mutex<State>
  package let address: String

  /// - Parameter artifacts: where runs store their files, such as `s3://bucket`.
  package init(artifacts: String = "mlflow-artifacts:") throws {
    let (listener, port) = try LoopbackServer.listen(backlog: 16)
    self.listener = listener
    address = "http://127.0.0.1:\(port)"
    var state = State()
    state.artifacts = artifacts
    self.state = Mutex(state)
    Thread { [self] in acceptAll() }.start()
  }

  package var contents: State { state.withLock { $0 } }

  /// The run with this name.
  package func run(_ name: String) -> Run? { contents.runs.first { $0.name == name } }

  /// Fails with status 500 after so many further requests; `nil` for never.
  package func fail(after count: Int?) {
    state.withLock { state in state.failsAfter = count.map { $0 + state.requests } }
  }

  /// Ends the server; every test does this at its end.
  package func stop() {
    state.withLock { $0.stopped = true }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  // MARK: HTTP

  private func acceptAll() {
    defer { close(listener) }
    while true {
      let connection = accept(listener, nil, nil)
      if state.withLock({ $0.stopped }) {
        if connection >= 0 { close(connection) }
        return
      }
      guard connection >= 0 else { continue }
      Thread { [self] in
        answer(connection)
        close(connection)
      }.start()
    }
  }

  private func answer(_ connection: Int32) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var end: Int?
    while end == nil {
      let got = recv(connection, &buffer, buffer.count, 0)
      guard got > 0 else { return }
      bytes += buffer.prefix(got)
      end = bytes.indices.first { bytes[$0...].starts(with: Array("\r\n\r\n".utf8)) }
    }
    guard let end else { return }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    var body = Array(bytes[(end + 4)...])
    while body.count < length {
      let got = recv(connection, &buffer, buffer.count, 0)
      guard got > 0 else { return }
      body += buffer.prefix(got)
    }
    let words = lines[0].split(separator: " ").map(String.init)
    guard words.count == 3 else { return }
    var status = 200
    var value: JSONValue
    do {
      value = try state.withLock { state in
        state.requests += 1
        if let authorization = headers["authorization"] {
          state.authorizations.insert(authorization)
        }
        if let last = state.failsAfter, state.requests > last {
          throw Refusal(status: 500, code: "INTERNAL_ERROR", message: "out of order")
        }
        return try Self.handle(words[0], words[1], body, &state)
      }
    } catch let refusal as Refusal {
      value = ["error_code": .string(refusal.code), "message": .string(refusal.message)]
      status = refusal.status
    } catch {
      value = ["error_code": "INTERNAL_ERROR", "message": .string("\(error)")]
      status = 500
    }
    let text = (try? JSONText.encode(value)) ?? []
    let head = "HTTP/1.1 \(status) X\r\nContent-Length: \(text.count)\r\nConnection: close\r\n\r\n"
    for part in [Array(head.utf8), text] {
      part.withUnsafeBytes { _ = send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
  }

  // MARK: MLflow

  private static func handle(
    _ method: String, _ target: String, _ body: [UInt8], _ state: inout State
  ) throws -> JSONValue {
    let parts = URLComponents(string: target)
    let path = parts?.path ?? ""
    func query(_ name: String) -> String {
      parts?.queryItems?.first { $0.name == name }?.value ?? ""
    }
    let artifacts = "/api/2.0/mlflow-artifacts/artifacts/"
    if method == "PUT", path.hasPrefix(artifacts) {
      return try store(String(path.dropFirst(artifacts.count)), body, &state)
    }
    let fields = body.isEmpty ? [:] : try JSONText.decode([String: JSONValue].self, from: body)
    switch (method, path.replacing("/api/2.0/mlflow/", with: "")) {
    case ("GET", "experiments/get-by-name"):
      let found = state.experiments.first { $0.value == query("experiment_name") }
      guard let found else {
        throw Refusal(status: 404, code: "RESOURCE_DOES_NOT_EXIST", message: "no such experiment")
      }
      return [
        "experiment": ["experiment_id": .string(found.key), "lifecycle_stage": "active"]
      ]
    case ("POST", "experiments/create"):
      let id = "\(state.experiments.count + 1)"
      state.experiments[id] = fields["name"].string
      state.changes += 1
      return ["experiment_id": .string(id)]
    case ("POST", "runs/search"): return try search(fields, state)
    case ("POST", "runs/create"):
      var run = Run(
        id: "run\(state.runs.count + 1)", experiment: fields["experiment_id"].string,
        name: fields["run_name"].string)
      run.start = fields["start_time"].integer
      for tag in fields["tags"].array { run.tags[tag["key"].string] = tag["value"].string }
      state.runs.append(run)
      state.changes += 1
      return ["run": json(run, state)]
    case ("POST", "runs/log-batch"): return try log(fields, &state)
    case ("POST", "runs/update"):
      let place = try place(of: fields["run_id"].string, state)
      state.runs[place].status = fields["status"].string
      state.runs[place].end = fields["end_time"].integer ?? state.runs[place].end
      state.changes += 1
      return [:]
    case ("GET", "metrics/get-history"):
      let run = state.runs[try Self.place(of: query("run_id"), state)]
      let values = run.metrics.filter { $0.key == query("metric_key") }
      return [
        "metrics": .array(
          values.map {
            [
              "key": .string($0.key), "value": $0.value, "timestamp": .integer($0.timestamp),
              "step": .integer($0.step),
            ]
          })
      ]
    default: throw Refusal(status: 404, code: "ENDPOINT_NOT_FOUND", message: "\(method) \(path)")
    }
  }

  private static func place(of id: String, _ state: State) throws -> Int {
    guard let place = state.runs.firstIndex(where: { $0.id == id }) else {
      throw Refusal(status: 404, code: "RESOURCE_DOES_NOT_EXIST", message: "no run \(id)")
    }
    return place
  }

  /// A filter of the form tags.`key` = 'value' and …
  private static func search(
    _ fields: [String: JSONValue], _ state: State
  ) throws -> JSONValue {
    let wanted = try fields["filter"].string.components(separatedBy: " and ").map { text in
      let parts = text.components(separatedBy: "` = '")
      guard parts.count == 2, parts[0].hasPrefix("tags.`"), parts[1].hasSuffix("'") else {
        throw Refusal(status: 400, code: "INVALID_PARAMETER_VALUE", message: "filter: \(text)")
      }
      return (String(parts[0].dropFirst(6)), String(parts[1].dropLast()))
    }
    let experiments = fields["experiment_ids"].array.map(\.string)
    let found = state.runs.filter { run in
      experiments.contains(run.experiment) && wanted.allSatisfy { run.tags[$0.0] == $0.1 }
    }
    return ["runs": .array(found.map { json($0, state) })]
  }

  private static func json(_ run: Run, _ state: State) -> JSONValue {
    func pairs(_ values: [String: String]) -> JSONValue {
      .array(
        values.sorted { $0.key < $1.key }
          .map { ["key": .string($0.key), "value": .string($0.value)] })
    }
    return [
      "info": [
        "run_id": .string(run.id), "experiment_id": .string(run.experiment),
        "artifact_uri": .string("\(state.artifacts)/\(run.experiment)/\(run.id)/artifacts"),
      ],
      "data": [
        "params": pairs(run.parameters), "tags": pairs(run.tags),
        "metrics": .array(
          Set(run.metrics.map(\.key)).sorted().map { ["key": .string($0), "value": 0] }),
      ],
    ]
  }

  private static func log(
    _ fields: [String: JSONValue], _ state: inout State
  ) throws -> JSONValue {
    let place = try place(of: fields["run_id"].string, state)
    let (metrics, parameters, tags) = (
      fields["metrics"].array, fields["params"].array, fields["tags"].array
    )
    guard metrics.count <= 1000, parameters.count <= 100, tags.count <= 100 else {
      throw Refusal(status: 400, code: "INVALID_PARAMETER_VALUE", message: "too many entries")
    }
    for item in metrics + parameters + tags {
      let key = item["key"].string
      let isValid = key.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-. :/".unicodeScalars.contains($0))
      }
      guard isValid, (1...250).contains(key.count) else {
        throw Refusal(status: 400, code: "INVALID_PARAMETER_VALUE", message: "key '\(key)'")
      }
    }
    for item in parameters {
      let (key, value) = (item["key"].string, item["value"].string)
      guard value.utf16.count <= 6000, state.runs[place].parameters[key, default: value] == value
      else {
        throw Refusal(
          status: 400, code: "INVALID_PARAMETER_VALUE", message: "parameter \(key) is \(value)")
      }
      state.runs[place].parameters[key] = value
    }
    for item in tags { state.runs[place].tags[item["key"].string] = item["value"].string }
    for item in metrics {
      state.runs[place].metrics.append(
        Value(
          key: item["key"].string, value: item["value"],
          timestamp: item["timestamp"].integer ?? -1, step: item["step"].integer ?? -1))
    }
    state.changes += 1
    return [:]
  }

  private static func store(
    _ path: String, _ bytes: [UInt8], _ state: inout State
  ) throws -> JSONValue {
    let parts = path.split(separator: "/", maxSplits: 3).map(String.init)
    guard parts.count == 4, parts[2] == "artifacts" else {
      throw Refusal(status: 400, code: "INVALID_PARAMETER_VALUE", message: path)
    }
    state.runs[try place(of: parts[1], state)].artifacts[parts[3]] = bytes
    state.changes += 1
    return [:]
  }
}

extension JSONValue? {
  fileprivate var string: String { if case .string(let text)? = self { text } else { "" } }
  fileprivate var integer: Int? { if case .integer(let value)? = self { value } else { nil } }
  fileprivate var array: [JSONValue] { if case .array(let values)? = self { values } else { [] } }
}

extension JSONValue {
  fileprivate var string: String { JSONValue?(self).string }
  fileprivate var integer: Int? { JSONValue?(self).integer }

  fileprivate subscript(key: String) -> JSONValue {
    if case .object(let values) = self { values[key] ?? .null } else { .null }
  }
}
