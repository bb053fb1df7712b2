import ExperimentConfig
import Files
import Foundation
import Glibc
import Subprocess
import SystemPackage
import TestSupport

/// A service that `runner serve` started.
struct RunningService {
  let port: Int
  let process: pid_t

  /// Starts a service, runs `body` and ends the service.
  ///
  /// - Parameter number: the signal that ends it; 0 if `body` has sent one.
  /// - Returns: how it ended.
  static func with(
    _ program: Program, _ arguments: [String], ending number: Int32 = SIGTERM,
    _ body: (RunningService) async throws -> Void
  ) async throws -> Program.Outcome {
    var variables: [Environment.Key: String?] = [
      "HOME": program.work, "RUNNER_CACHE": program.work + "/cache", "RUNNER_DATA": nil,
      "XDG_CACHE_HOME": nil, "RUNNER_WORKER": nil, "RUNNER_SERVE": nil, "RUNNER_TOKEN": nil,
    ]
    for (key, value) in program.environment {
      variables[Environment.Key(rawValue: key) ?? "X"] = value
    }
    let result = try await Subprocess.run(
      .path(FilePath(Program.folder + "/runner")),
      arguments: Arguments(["serve"] + arguments + ["--port", "0", "--json"]),
      environment: .inherit.updating(variables), workingDirectory: FilePath(program.work),
      input: .none, output: .sequence, error: .sequence
    ) { execution in
      async let error = collect(execution.standardError)
      var output = ""
      var failure: (any Error)?
      for try await line in execution.standardOutput.strings() {
        output += line + "\n"
        guard
          case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(line.utf8)),
          case .integer(let port)? = object["port"]
        else { continue }
        let process = execution.processIdentifier.value
        do {
          try await body(RunningService(port: port, process: process))
        } catch {
          failure = error
        }
        kill(process, number)
      }
      let text = try await error
      if let failure { throw failure }
      return (output, text)
    }
    let code: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): -signal
      }
    return Program.Outcome(
      code: code, output: result.closureResult.0, error: result.closureResult.1)
  }

  private static func collect(_ sequence: SubprocessOutputSequence) async throws -> String {
    var text = ""
    for try await line in sequence.strings() { text += line + "\n" }
    return text
  }

  /// The worker of the service: its only child, if nothing has been explained.
  var worker: pid_t? { workers.first }

  /// The children of the service.
  var workers: Set<pid_t> {
    let folder = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Set(
      threads.flatMap { thread in
        let text = try? FileReading.bytes(of: "\(folder)/\(thread)/children")
        return String(decoding: text ?? [], as: UTF8.self).split(separator: " ")
          .compactMap { pid_t($0) }
      })
  }

  struct Response {
    let status: Int
    /// By their names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue {
      get throws { try JSONText.decode(JSONValue.self, from: body) }
    }

    /// The answers of a response to `POST /predict`.
    var predictions: [[String: JSONValue]] {
      get throws {
        guard case .object(let object) = try json, case .array(let all)? = object["predictions"]
        else {
          throw TestFailure(text)
        }
        return all.compactMap { if case .object(let one) = $0 { one } else { nil } }
      }
    }
  }

  func get(_ path: String, _ headers: [String] = []) throws -> Response {
    try send("GET \(path) HTTP/1.1", headers)
  }

  func post(
    _ body: [UInt8], type: String?, _ headers: [String] = [], to path: String = "/predict"
  ) throws -> Response {
    let all = ["Content-Length: \(body.count)"] + (type.map { ["Content-Type: \($0)"] } ?? [])
    return try send("POST \(path) HTTP/1.1", all + headers, body)
  }

  /// Sends a request on a connection of its own; `nil` as its `Host` leaves that out.
  func send(
    _ line: String, _ headers: [String], _ body: [UInt8] = [], host: String? = "127.0.0.1"
  ) throws -> Response {
    let lines =
      [line] + (host.map { ["Host: \($0)"] } ?? []) + ["Connection: close"] + headers + ["", ""]
    return try exchange(Array(lines.joined(separator: "\r\n").utf8) + body)
  }

  /// Sends bytes and reads until the connection ends.
  func exchange(_ bytes: [UInt8]) throws -> Response {
    let connection = try connect()
    defer { close(connection) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { break }
      rest = rest.dropFirst(count)
    }
    return try Self.response(Self.read(connection))
  }

  /// A connection to the service.
  func connect() throws -> Int32 {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else {
      close(connection)
      throw TestFailure("no connection to port \(port): \(errno)")
    }
    return connection
  }

  /// All that arrives until the end.
  static func read(_ connection: Int32) -> [UInt8] {
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return received }
      received += buffer[..<count]
    }
  }

  private static func response(_ bytes: [UInt8]) throws -> Response {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { throw TestFailure("no response: \(text)") }
    let lines = text[..<end.lowerBound].split(separator: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count > 1, let status = Int(words[1]) else { throw TestFailure(text) }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = String(
        line[line.index(after: colon)...].drop { $0 == " " })
    }
    // The head is ASCII, so characters are bytes.
    let start = text[..<end.upperBound].utf8.count
    return Response(status: status, headers: headers, body: Array(bytes.dropFirst(start)))
  }
}
