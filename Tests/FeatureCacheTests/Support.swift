import FeatureCache
import Files
import Foundation
import TestSupport
import Testing

/// A store in a folder of its own, and entries whose values say where they belong.
struct Fixture {
  let folder: TemporaryFolder
  let store: FeatureStore

  init(limit: Int = CacheLimit.standard) throws {
    folder = try TemporaryFolder()
    store = FeatureStore(folder: folder.path + "/features", limit: limit)
  }

  static let description = FeatureDescription(
    dataset: "mnist (train)", model: "lenet", layers: "conv1 … pool2")

  /// 64 times the same digit.
  static func key(_ digit: Character) -> String { String(repeating: digit, count: 64) }

  static func values(_ rows: Range<Int>, _ width: Int) -> [Float] {
    rows.flatMap { row in (0..<width).map { Float(row) + Float($0) / 1024 } }
  }

  /// Fills an entry and counts the rows that had to be computed.
  @discardableResult
  func fill(
    _ key: String, rows: Int = 1000, width: Int = 8, in other: FeatureStore? = nil,
    onProblem: (String) -> Void = { _ in }
  ) throws -> (matrix: FeatureMatrix, computed: Int) {
    var computed = 0
    let matrix = try (other ?? store).fill(
      key: key, rows: rows, width: width, description: Self.description, onProblem: onProblem
    ) { range in
      computed += range.count
      return Self.values(range, width)
    }
    return (matrix, computed)
  }

  func path(_ name: String) -> String { store.folder + "/" + name }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: store.folder)
      .filter { $0 != ".lock" }.sorted()
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }

  func write(_ bytes: [UInt8], _ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: store.folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: path(name)))
  }

  /// Sets when the file was used last.
  func setUse(_ name: String, _ seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path(name))
  }
}

func expectValues(
  _ matrix: FeatureMatrix?, _ rows: Int = 1000, _ width: Int = 8,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(matrix?.rows == rows, sourceLocation: sourceLocation)
  #expect(matrix?.width == width, sourceLocation: sourceLocation)
  let agrees = matrix?.withValues { $0.elementsEqual(Fixture.values(0..<rows, width)) }
  #expect(agrees == true, sourceLocation: sourceLocation)
}

/// Another process that uses the store.
final class Probe {
  let process = Process()
  private let output = Pipe()
  private let input = Pipe()
  private var unread = ""

  init(_ arguments: [String]) throws {
    let program = CommandLine.arguments[0]
    let folder = program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."
    process.executableURL = URL(filePath: folder + "/FeatureCacheProbe")
    process.arguments = arguments
    process.standardOutput = output
    process.standardInput = input
    try process.run()
  }

  /// The next line that it says; nil when it has ended.
  func line() -> String? {
    while true {
      if let end = unread.firstIndex(of: "\n") {
        defer { unread.removeSubrange(...end) }
        return String(unread[..<end])
      }
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return nil }
      unread += String(decoding: data, as: UTF8.self)
    }
  }

  func rest() -> [String] {
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    process.waitUntilExit()
    return lines
  }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func endInput() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
