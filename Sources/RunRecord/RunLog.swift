import Files
import Logging

/// Writes `log.txt`: one line an entry, with the time.
package struct RunLog: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level = .info
  private let file: Sink

  /// A logger whose entries go to `log.txt` of a run.
  package static func logger(for run: RunDirectory) throws(FileError) -> Logger {
    let sink = Sink(try AppendedFile(creating: run.file("log.txt")))
    return Logger(label: "runner") { _ in RunLog(file: sink) }
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    file.append("\(UTCTime.iso(UTCTime.now())) \(event.level): \(event.message)")
  }

  /// One open file for all copies of the handler.
  private final class Sink: @unchecked Sendable {
    // Appending is one system call on an O_APPEND descriptor, which is safe from any thread.
    private let file: AppendedFile

    init(_ file: consuming AppendedFile) { self.file = file }

    func append(_ line: String) {
      // A log that cannot be written must not end the training; the other files will say why.
      try? file.append(line: line.split(whereSeparator: \.isNewline).joined(separator: " ").utf8)
    }
  }
}
