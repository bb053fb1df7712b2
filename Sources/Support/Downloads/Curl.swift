import Files
import Glibc
import Subprocess
import Synchronization

/// Transfers with the `curl` program.
struct Curl: Sendable {
  /// The environment of `curl`: its search path and proxies.
  let variables: [String: String]

  /// How a transfer ended; what was received is in the partial file in each case.
  enum Outcome {
    case complete
    /// The server does not support resuming the partial file.
    case cannotResume
    case failed(String)
    /// There is no `curl` on this machine.
    case notInstalled
  }

  /// Appends to `part` what `url` has beyond the bytes that are already there, until it has `limit` bytes.
  ///
  /// Gives up if nothing is received for `patience`. `received` is called with the number of bytes so far
  /// and, if known, the total.
  ///
  /// - Throws: `FileError` if `part` cannot be written, `CancellationError` if the task is cancelled.
  func fetch(
    _ url: String, into part: PartialFile, limit: Int, patience: Duration,
    received: (Int, Int?) -> Void
  ) async throws -> Outcome {
    let offset = part.size
    let headers = part.path + ".headers"
    defer { unlink(headers) }
    let watch = SilenceWatch(patience: patience)
    do {
      // The bytes pass through this process, so a transfer ends with it and never writes into a file that
      // another process has taken over.
      let result = try await Subprocess.run(
        .name("curl"), arguments: Arguments(arguments(url, offset, limit, headers)),
        environment: .custom(environment), input: .none, output: .sequence,
        error: .string(limit: 1 << 16)
      ) { execution in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await watch.run { try execution.send(signal: .kill) } }
          var total: Int?
          for try await buffer in execution.standardOutput where !buffer.isEmpty {
            if part.size == offset { total = contentLength(headers).map { $0 + offset } }
            watch.reset()
            try part.append(buffer.withUnsafeBytes { Array($0) })
            guard part.size <= limit else { throw TooLong() }
            received(part.size, total)
          }
          group.cancelAll()
        }
      }
      try Task.checkCancellation()
      return outcome(result.terminationStatus, result.standardError, offset, watch)
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return .notInstalled
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      return .failed("curl could not be run: \(error)")
    } catch is TooLong {
      try part.clear()
      return .failed("sent more than the \(limit) bytes allowed")
    }
  }

  private struct TooLong: Error {}

  private var environment: [Environment.Key: String] {
    var environment: [Environment.Key: String] = [:]
    for (name, value) in variables {
      if let key = Environment.Key(rawValue: name) { environment[key] = value }
    }
    return environment
  }

  private func arguments(
    _ url: String, _ offset: Int, _ limit: Int, _ headers: String
  ) -> [String] {
    var arguments = [
      "--disable",  // must be first: a user's .curlrc may redirect output
      "--silent", "--show-error", "--fail", "--globoff",
      "--location", "--max-redirs", "5",
      "--proto", "=http,https", "--proto-redir", "=http,https",
      "--connect-timeout", "4", "--speed-limit", "1000", "--speed-time", "5",
      "--max-time", "3600",
      "--max-filesize", String(max(1, limit - offset)),
      "--dump-header", headers,
    ]
    if offset > 0 { arguments += ["--continue-at", String(offset)] }
    return arguments + ["--url", url]
  }

  private func outcome(
    _ status: TerminationStatus, _ standardError: String, _ offset: Int, _ watch: SilenceWatch
  ) -> Outcome {
    let said =
      standardError.split(whereSeparator: \.isNewline).last { $0.hasPrefix("curl: ") }
      .map { String($0.dropFirst("curl: ".count)) }
    switch status {
    case .exited(0): return .complete
    // 33 and 36: the server does not support ranges; 22 with 416: the file is shorter than the partial file.
    case .exited(33) where offset > 0, .exited(36) where offset > 0: return .cannotResume
    case .exited(22) where offset > 0 && said?.hasSuffix(" 416") == true: return .cannotResume
    case .exited(let code): return .failed(said ?? "curl exited with status \(code)")
    case .signaled where watch.hasRunOut:
      return .failed("nothing was received for \(watch.patience)")
    case .signaled(let signal): return .failed("curl was terminated by signal \(signal)")
    }
  }

  /// The length that the last response in the headers file announces.
  private func contentLength(_ headers: String) -> Int? {
    // The total is only for display: without it progress has no percentage.
    guard let file = try? OpenedFile(headers),
      let bytes = try? file.bytes(at: 0..<min(file.size, 1 << 16))
    else { return nil }
    var length: Int?
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1)
      if line.hasPrefix("HTTP/") { length = nil }
      if parts.count == 2, parts[0].lowercased() == "content-length" {
        length = Int(parts[1].drop { $0 == " " })
      }
    }
    return length
  }
}

/// Ends a stalled transfer. curl has timeouts of its own, but a slow name lookup can exceed them.
private final class SilenceWatch: Sendable {
  let patience: Duration
  private let state = Mutex((last: ContinuousClock.now, hasRunOut: false))

  init(patience: Duration) { self.patience = patience }

  var hasRunOut: Bool { state.withLock { $0.hasRunOut } }

  func reset() { state.withLock { $0.last = .now } }

  /// Calls `end` if nothing is received for `patience`; returns then, or when cancelled.
  func run(_ end: () throws -> Void) async throws {
    while !Task.isCancelled {
      let deadline = state.withLock { $0.last + patience }
      if deadline <= .now {
        state.withLock { $0.hasRunOut = true }
        try end()
        return
      }
      do { try await Task.sleep(until: deadline) } catch { return }  // cancelled: all has come
    }
  }
}
