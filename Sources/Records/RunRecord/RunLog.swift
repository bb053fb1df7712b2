import Files
import Logging
import Synchronization

/// Writes `log.txt`: one line per entry, with the time.
package struct RunLog: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level = .info
  private let file: Sink

  /// A logger whose entries are appended to `log.txt` of a run.
  package static func logger(for run: RunDirectory) throws(FileError) -> Logger {
    try open(for: run).logger
  }

  /// The same, with a function that returns the first write error.
  package static func open(
    for run: RunDirectory
  ) throws(FileError) -> (logger: Logger, problem: @Sendable () -> FileError?) {
    let sink = Sink(try AppendedFile(continuing: "log.txt", in: run.folder))
    return (Logger(label: "runner") { _ in RunLog(file: sink) }, { sink.problem })
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var line = "\(UTCTime.iso(UTCTime.now())) \(event.level): \(event.message)"
    if let error = event.error { line += ": \(error)" }
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
    file.append(line)
  }

  /// One open file for all copies of the handler.
  private final class Sink: Sendable {
    private let file: Mutex<AppendedFile>
    private let failure = Mutex<FileError?>(nil)

    init(_ file: sending AppendedFile) { self.file = Mutex(file) }

    var problem: FileError? { failure.withLock(\.self) }

    func append(_ line: String) {
      // A log that cannot be written must not end the training; it is reported afterwards.
      file.withLock { file in
        do throws(FileError) {
          try file.append(line: Self.oneLine(line).utf8)
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }

    /// Prevents a message from faking a second entry or controlling the terminal that shows the
    /// file.
    private static func oneLine(_ text: String) -> String {
      text.split(whereSeparator: \.isNewline).joined(separator: " ").unicodeScalars
        .map { $0.properties.generalCategory == .control && $0 != "\t" ? "\u{FFFD}" : String($0) }
        .joined()
    }
  }
}
