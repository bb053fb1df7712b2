import Foundation
import Testing

/// What one task is about stays in its folder: everything else asks the task.
@Suite struct TaskWordsTests {
  private static let sources = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources")

  /// By path below `Sources`, the lines of every Swift file outside `Tasks`.
  private static func files() throws -> [(path: String, lines: [String])] {
    let root = sources.path(percentEncoded: false)
    return try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
      .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Tasks/") }
      .map { path in
        let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
        return (path, text.components(separatedBy: "\n"))
      }
  }

  private static func places(_ isWanted: (String) -> Bool) throws -> [String] {
    try files().flatMap { path, lines in
      lines.enumerated().filter { isWanted($0.element) }.map { "\(path):\($0.offset + 1)" }
    }
  }

  @Test func thereAreFilesToLookAt() throws {
    #expect(try Self.files().count > 100)
    #expect(try Self.files().contains { $0.path == "runner/Runner.swift" })
  }

  /// What is published of weights is quoted, whatever task they are for, and so are the names of ONNX's operators.
  /// Templates are experiments, each of one task.
  private static let quoting = [
    "Engine/Pretrained/", "Reports/Terminal/Plan/ModelText.swift", "Reports/Export/Lowering/",
    "Reports/Export/Operators/", "Orchestration/Starting/ExperimentTemplate+",
  ]

  @Test(arguments: ["accuracy", "confusion", "argmax"])
  func noWordOfClassification(word: String) throws {
    let places = try Self.places { $0.lowercased().contains(word) }
    #expect(places.filter { place in !Self.quoting.contains { place.hasPrefix($0) } } == [])
  }

  @Test(arguments: ["Classification", "MultiLabel", "Regression", "Segmentation"])
  func nobodyImportsATask(name: String) throws {
    #expect(
      try Self.places { line in
        line.split(separator: " ").suffix(2) == ["import", Substring(name)]
      } == [])
  }
}
