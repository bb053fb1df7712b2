import ExperimentConfig
import Files
import Glibc
import WorkerProtocol

/// Writes events to standard output, one per line.
struct EventOutput: Sendable {
  /// - Throws: ``FileError`` if nobody reads the output any more; the job then ends, since nobody
  ///   watches it.
  func send(_ event: WorkerEvent) throws {
    let line = try JSONText.encode(event) + [UInt8(ascii: "\n")]
    try AtomicFile.append(line, to: STDOUT_FILENO, path: "standard output")
  }
}

enum StandardError {
  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Reports failures to the front program.
enum FailureReport {
  static func send(_ failure: WorkerFailure, to output: EventOutput) {
    do {
      try output.send(.failure(failure))
    } catch {
      StandardError.write("runner-worker: \(failure.message)\n")
    }
  }
}
