import Foundation
import Synchronization

/// A web server on 127.0.0.1 for one test, which can be told to misbehave.
package final class LoopbackServer: Sendable {
  /// What is done with one request.
  package enum Behaviour: Sendable {
    /// What a well-behaved server does, ranges included.
    case serve
    /// The whole file whatever range is asked for.
    case ignoreRange
    /// The right header, then so many bytes, then the connection is closed.
    case dropAfter(Int)
    /// Waits so long, then serves.
    case delay(TimeInterval)
    /// An error page.
    case status(Int)
    case redirect(String)
    /// Nothing at all until the server stops.
    case hang
    /// These bytes in place of the file.
    case send([UInt8])
    /// Zeros without an end and without an announced length.
    case endless
  }

  package struct Request: Sendable, Equatable {
    package var path: String
    /// The first byte asked for; nil for a request without a range.
    package var start: Int?
  }

  private struct State {
    var script: [Behaviour]
    var requests: [Request] = []
    var stopped = false
  }

  private let files: [String: [UInt8]]
  private let listener: Int32
  private let state: Mutex<State>
  package let port: UInt16

  package struct SetUpFailed: Error {}

  /// Serves `files` by path. The first requests are treated as `script` says, later ones as they
  /// should be.
  package init(_ files: [String: [UInt8]], script: [Behaviour] = []) throws {
    self.files = files
    state = Mutex(State(script: script))
    (listener, port) = try Self.listen(backlog: 16)
    let thread = Thread { [self] in acceptAll() }
    thread.start()
  }

  /// A listening socket on a free port of 127.0.0.1.
  package static func listen(backlog: Int32) throws -> (Int32, UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let done = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && Glibc.listen(listener, backlog) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard listener >= 0, done else { throw SetUpFailed() }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  package var base: String { "http://127.0.0.1:\(port)/tiny" }

  package var requests: [Request] { state.withLock { $0.requests } }

  /// Ends the server; every test does this at its end.
  package func stop() {
    state.withLock { $0.stopped = true }
    shutdown(listener, Int32(SHUT_RDWR))
  }

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
    guard let request = readRequest(connection) else { return }
    let behaviour = state.withLock { state in
      state.requests.append(request)
      return state.script.isEmpty ? .serve : state.script.removeFirst()
    }
    switch behaviour {
    case .serve: serve(request, connection)
    case .ignoreRange: serve(Request(path: request.path), connection)
    case .dropAfter(let count): serve(request, connection, atMost: count)
    case .delay(let seconds):
      Thread.sleep(forTimeInterval: seconds)
      serve(request, connection)
    case .status(let code): send("HTTP/1.1 \(code) No\r\nContent-Length: 0\r\n\r\n", connection)
    case .redirect(let url):
      send("HTTP/1.1 302 Found\r\nLocation: \(url)\r\nContent-Length: 0\r\n\r\n", connection)
    case .hang:
      while !state.withLock({ $0.stopped }) { Thread.sleep(forTimeInterval: 0.02) }
    case .send(let bytes):
      send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n", connection)
      send(bytes, connection)
    case .endless:
      send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", connection)
      let zeros = [UInt8](repeating: 0, count: 1 << 12)
      while send(zeros, connection) {}
    }
  }

  private func serve(_ request: Request, _ connection: Int32, atMost: Int = .max) {
    guard let file = files[request.path] else {
      send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", connection)
      return
    }
    let start = request.start ?? 0
    guard start < file.count else {
      send("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n", connection)
      return
    }
    let status = request.start == nil ? "200 OK" : "206 Partial Content"
    var header = "HTTP/1.1 \(status)\r\nContent-Length: \(file.count - start)\r\n"
    if request.start != nil {
      header += "Content-Range: bytes \(start)-\(file.count - 1)/\(file.count)\r\n"
    }
    send(header + "Connection: close\r\n\r\n", connection)
    send(Array(file.dropFirst(start).prefix(atMost)), connection)
  }

  /// The request's path and range, once its header has come.
  private func readRequest(_ connection: Int32) -> Request? {
    var header = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !header.contains("\r\n\r\n") {
      let got = recv(connection, &buffer, buffer.count, 0)
      guard got > 0, header.utf8.count < 1 << 16 else { return nil }
      header += String(decoding: buffer.prefix(got), as: UTF8.self)
    }
    let words = header.split(separator: " ", maxSplits: 2)
    guard words.count == 3 else { return nil }
    let range = header.split(separator: "\r\n").first { $0.hasPrefix("Range: bytes=") }
    let start = range.flatMap { Int($0.dropFirst("Range: bytes=".count).prefix { $0 != "-" }) }
    return Request(path: String(words[1]), start: start)
  }

  private func send(_ text: String, _ connection: Int32) { send(Array(text.utf8), connection) }

  /// Whether the other side took all of `bytes`.
  @discardableResult
  private func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let step = bytes.withUnsafeBytes {
        // Without the flag, a client that goes away would end the whole test process.
        Glibc.send(
          connection, $0.baseAddress.map { $0 + sent }, $0.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      guard step > 0 else { return false }
      sent += step
    }
    return true
  }
}
