import HTTPTypes
import HummingbirdCore
import NIOCore

/// Reads the bodies of requests within limits on their size, their time and the memory of all of them.
struct RequestReader: Sendable {
  /// The largest body in bytes.
  let limit: Int
  /// The longest time that a body may take.
  let timeout: Duration
  let budget: ByteBudget

  /// Bytes of a body that is too large which are read nevertheless, so that a client that sends all before it reads the
  /// response does not find a broken connection in its place.
  private static let mostDiscarded = 32 << 20

  /// The client ended the connection within the body.
  struct Incomplete: Error {}

  /// The announced length of the body; `nil` if it comes in chunks.
  ///
  /// - Throws: ``ServiceProblem`` with status 411 or 413.
  func length(of headers: HTTPFields) throws(ServiceProblem) -> Int? {
    guard let text = headers[.contentLength] else {
      if headers[.transferEncoding] != nil { return nil }
      throw ServiceProblem(411, "the request has no body", hint: "send Content-Length")
    }
    guard let length = Int(text), length >= 0 else {
      throw ServiceProblem(400, "Content-Length '\(text)' is not a number of bytes")
    }
    if length > limit { throw tooLarge }
    return length
  }

  /// Reads the body and hands it to `use`; its memory counts as long as that runs.
  ///
  /// - Parameter length: what ``length(of:)`` said.
  /// - Throws: ``ServiceProblem``, ``Incomplete``, and what `use` throws.
  func withBody<Value>(
    of request: Request, length: Int?, _ channel: any Channel,
    _ use: ([UInt8]) async throws -> Value
  ) async throws -> Value {
    // A client that sends a byte now and then must not hold the connection.
    let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
      channel.close(promise: nil)
    }
    var taken = 0
    defer {
      deadline.cancel()
      budget.giveBack(taken)
    }
    var bytes: [UInt8] = []
    if let length {
      guard budget.take(length) else { throw noRoom }
      taken = length
      bytes.reserveCapacity(length)
    }
    for try await buffer in request.body {
      // A client that sends chunks without an announced length may pause for ever, so it is answered at once.
      if bytes.count + buffer.readableBytes > limit { throw tooLarge.afterReading }
      if length == nil {
        guard budget.take(buffer.readableBytes) else { throw noRoom.afterReading }
        taken += buffer.readableBytes
      }
      buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
    }
    if let length, bytes.count != length { throw Incomplete() }
    deadline.cancel()
    return try await use(bytes)
  }

  /// Reads what a client sends although it has been refused, for some seconds.
  func discardBody(of request: Request, _ channel: any Channel) async throws {
    let deadline = channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    defer { deadline.cancel() }
    var discarded = 0
    for try await buffer in request.body {
      discarded += buffer.readableBytes
      if discarded > Self.mostDiscarded { break }
    }
  }

  private var tooLarge: ServiceProblem {
    var problem = ServiceProblem(
      413, "the body has more than \(limit >> 20) MB",
      hint: "runner serve --max-body N allows more")
    problem.closesConnection = true
    return problem
  }

  private var noRoom: ServiceProblem {
    var problem = ServiceProblem.unavailable("too many large requests are running")
    problem.closesConnection = true
    return problem
  }
}

extension ServiceProblem {
  /// The same, found out while the body was read.
  fileprivate var afterReading: ServiceProblem {
    var problem = self
    problem.hasReadBody = true
    return problem
  }
}
