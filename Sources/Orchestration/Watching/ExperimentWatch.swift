import Glibc
import Signals

/// Repeats a check whenever a file that the experiment depends on changes, until Ctrl-C ends the program.
package struct ExperimentWatch {
  private let experiment: String
  private let overrides: [String]

  /// How long changes may remain unnoticed, in microseconds.
  private static let interval: UInt32 = 250_000
  /// How long files must have been left alone before they are read, in microseconds.
  private static let calm: UInt32 = 100_000

  package init(_ experiment: String, overrides: [String]) {
    self.experiment = experiment
    self.overrides = overrides
  }

  /// Checks now and after every change. Returns when nobody reads standard output any more.
  ///
  /// - Parameter check: is given the time of day, such as `09:41:07`.
  package func run(_ check: (_ time: String) throws -> Void) throws {
    let interrupts = Interrupts()
    interrupts.start()
    var files = WatchedFiles(experiment, overrides: overrides)
    while true {
      // Before the check, so that changes during it are noticed.
      let states = files.states
      try check(Self.time)
      repeat {
        if !isRead(STDOUT_FILENO) { return }
        usleep(Self.interval)
      } while files.states == states
      var last: [WatchedFiles.State?]
      repeat {
        last = files.states
        usleep(Self.calm)
      } while files.states != last
      files = WatchedFiles(experiment, overrides: overrides, keeping: files)
    }
  }

  /// Whether the other end of a pipe is open; true for everything else.
  private func isRead(_ descriptor: Int32) -> Bool {
    var state = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&state, 1, 0) <= 0 || state.revents & Int16(POLLERR | POLLNVAL) == 0
  }

  private static var time: String {
    var moment = Glibc.time(nil)
    var parts = tm()
    localtime_r(&moment, &parts)
    var buffer = [CChar](repeating: 0, count: 16)
    let count = strftime(&buffer, buffer.count, "%H:%M:%S", &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
