import Foundation

/// Gives damaged files to a reader, one after the other, in this process.
package struct FuzzRun: Sendable {
  /// How many inputs each reader is given: `RUNNER_FUZZ`, else few enough for every test run.
  package static let count = number("RUNNER_FUZZ") ?? 1500
  /// Whether this is more than a test of every day.
  package static let isLong = number("RUNNER_FUZZ") != nil
  /// The number of the first input, `RUNNER_FUZZ_FIRST`: that of a failure repeats it.
  package static let first = number("RUNNER_FUZZ_FIRST") ?? 0

  /// The processor time that an input may take, in seconds: they are a few kilobytes.
  package static let mostSeconds = 2.0
  /// The memory that reading may take, in bytes.
  package static let mostMemory = 256 << 20

  /// Inputs that the reader accepted and refused.
  package private(set) var (accepted, refused) = (0, 0)
  /// What went wrong, with the numbers of the inputs; at most a few.
  package private(set) var failures: [String] = []
  /// The longest time that an input took, in seconds of the processor.
  package private(set) var slowest = 0.0

  /// Gives `count` inputs to a reader.
  ///
  /// Each lies in a file of a folder that is removed at the end: after a crash, the file that led to it is the
  /// last one in the folder for temporary files.
  package init(_ reader: FuzzedReader, count: Int = count, first: Int = first) throws {
    let folder = try TemporaryFolder()
    let slot = try FuzzFile(folder.path + "/" + reader.name)
    let mutator = Mutator(seeds: try reader.seeds(), words: reader.words)
    var memory = PeakMemory()
    for number in first..<(first + count) where failures.count < 5 {
      var bytes = mutator.input(number)
      if let repair = reader.repair, number % 4 != 0 { bytes = repair(bytes) }
      try slot.write(bytes)
      let start = Self.processorTime
      do throws(FuzzViolation) {
        if try reader.accepts(bytes, at: slot.path) { accepted += 1 } else { refused += 1 }
      } catch {
        failures.append("input \(number) of \(reader.name): \(error)")
      }
      let seconds = Self.processorTime - start
      slowest = max(slowest, seconds)
      if seconds > Self.mostSeconds {
        failures.append("input \(number) of \(reader.name) took \(seconds) s")
      }
      if number % 64 == 63 || number == first + count - 1, memory.growth > Self.mostMemory {
        failures.append(
          "input \(number) of \(reader.name), or one of the 63 before it, took \(memory.growth) bytes"
        )
        memory = PeakMemory()
      }
    }
  }

  /// Processor time of this thread, in seconds.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func number(_ variable: String) -> Int? {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
  }
}

/// A file that is written again and again.
private final class FuzzFile {
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws {
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count,
      ftruncate(descriptor, bytes.count) == 0
    else { throw CocoaError(.fileWriteUnknown) }
  }
}

/// The peak of this process's memory since the value was made, in bytes.
private struct PeakMemory {
  private let start: Int

  init() {
    // Linux forgets the peak so far. Where it cannot, it only rises later.
    if let file = fopen("/proc/self/clear_refs", "w") {
      fputs("5", file)
      fclose(file)
    }
    start = Self.peak
  }

  var growth: Int { Self.peak - start }

  private static var peak: Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      if text.hasPrefix("VmHWM:") {
        return (Int(text.filter(\.isNumber)) ?? 0) << 10
      }
    }
    return 0
  }
}
