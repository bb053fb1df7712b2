import Foundation
import Glibc

/// `runner` as another process that can be watched and killed, with the workers that it started.
final class Spawned {
  struct Outcome {
    /// The exit code; for a process that a signal ended, its number below zero.
    let code: Int32
    /// Standard error.
    let text: String
    let output: String
    let seconds: Double
  }

  private let process: Process
  private let error: String
  private let output: String
  private let start = Date()
  private let done = DispatchSemaphore(value: 0)

  init(
    _ program: String, _ arguments: [String], _ environment: [String: String], in folder: String
  ) throws {
    let unique = UUID().uuidString
    error = "\(folder)/.error-\(unique)"
    output = "\(folder)/.output-\(unique)"
    for path in [error, output] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = FileHandle.nullDevice
    let texts = try [error, output].map { try FileHandle(forWritingTo: URL(filePath: $0)) }
    // Foundation keeps a process for longer than the thousands of a long suite can stay open.
    defer { for text in texts { try? text.close() } }
    process.standardError = texts[0]
    process.standardOutput = texts[1]
    process.terminationHandler = { [done] _ in done.signal() }
    try process.run()
  }

  var identifier: Int32 { process.processIdentifier }

  var isRunning: Bool { process.isRunning }

  var textSoFar: String { (try? String(contentsOfFile: error, encoding: .utf8)) ?? "" }

  func send(_ signal: Int32) { kill(identifier, signal) }

  /// Waits for its end; kills it after `limit` seconds.
  @discardableResult
  func wait(limit: Double = 300) -> Outcome {
    if done.wait(timeout: .now() + limit) == .timedOut {
      for worker in workers { kill(worker, SIGKILL) }
      send(SIGKILL)
      done.wait()
    }
    let outcome = Outcome(
      code: process.terminationReason == .exit
        ? process.terminationStatus : -process.terminationStatus,
      text: textSoFar, output: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "",
      seconds: Date().timeIntervalSince(start))
    unlink(error)
    unlink(output)
    return outcome
  }

  /// Waits until standard error shows `text`.
  ///
  /// - Returns: whether it did.
  func waitFor(_ text: String, limit: Double = 120) -> Bool {
    let deadline = Date().addingTimeInterval(limit)
    while Date() < deadline {
      if textSoFar.contains(text) { return true }
      if !isRunning { return textSoFar.contains(text) }
      usleep(2000)
    }
    return false
  }

  /// The workers that it has started and that go on.
  var workers: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { pid in
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")"), text[..<end].hasSuffix("(runner-worker")
      else { return false }
      // The state, then the parent.
      return text[end...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) }
        == identifier
    }
  }
}

/// Numbers from a seed, so that a failure can be had again.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
