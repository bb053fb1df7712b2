import Files
import Foundation
import Logging
import RunRecord
import TestSupport
import Testing

struct PredictionsFileTests {
  @Test func isATable() {
    var file = PredictionsFile(classes: 3)
    #expect(
      String(decoding: file.bytes, as: UTF8.self) == "split,fold,index,label,predicted,p0,p1,p2\n")
    file.add(
      split: "validation", fold: 0, index: 7, label: 2, predicted: 1,
      probabilities: [0.1, 1e-20, 1] as [Float])
    file.add(
      split: "test", fold: 1, index: 0, label: 0, predicted: 0,
      probabilities: ([9, 0, .nan, .infinity] as [Float])[1...])
    #expect(
      String(decoding: file.bytes, as: UTF8.self) == """
        split,fold,index,label,predicted,p0,p1,p2
        validation,0,7,2,1,0.1,1e-20,1.0
        test,1,0,0,0,0.0,nan,inf

        """)
  }

  @Test func keepsEveryBitOfAProbability() throws {
    let values: [Float] = [1 / 3, 0.99999994, 1.1754944e-38, .leastNonzeroMagnitude]
    var file = PredictionsFile(classes: 4)
    file.add(split: "test", fold: 0, index: 0, label: 0, predicted: 0, probabilities: values)
    let line = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")[1]
    #expect(line.split(separator: ",").dropFirst(5).map { Float($0) } == values)
  }

  @Test func refusesARaggedLine() async {
    await #expect(processExitsWith: .failure) {
      var file = PredictionsFile(classes: 2)
      file.add(split: "test", fold: 0, index: 0, label: 0, predicted: 0, probabilities: [1])
    }
  }
}

struct UTCTimeTests {
  @Test(arguments: [
    (0, "19700101-000000", "1970-01-01T00:00:00Z"),
    (1_795_396_799, "20261123-011959", "2026-11-23T01:19:59Z"),
    (951_782_399, "20000228-235959", "2000-02-28T23:59:59Z"),
    (951_782_400, "20000229-000000", "2000-02-29T00:00:00Z"),
    (253_402_300_799, "99991231-235959", "9999-12-31T23:59:59Z"),
  ])
  func isWritten(_ seconds: Int, _ compact: String, _ iso: String) {
    #expect(UTCTime.compact(seconds) == compact)
    #expect(UTCTime.iso(seconds) == iso)
  }

  @Test func nowIsNow() {
    #expect(abs(Double(UTCTime.now()) - Date().timeIntervalSince1970) < 2)
  }
}

struct RunLogTests {
  private let folder: TemporaryFolder
  private let logger: Logger

  init() throws {
    folder = try TemporaryFolder()
    logger = try RunLog.logger(for: RunDirectory(path: folder.path))
  }

  /// The entries without their times, which are checked.
  private func entries() throws -> [String] {
    let text = try folder.text("log.txt")
    #expect(text.isEmpty || text.hasSuffix("\n"))
    var entries: [String] = []
    for line in text.split(separator: "\n") {
      let time = try /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/.prefixMatch(in: line)
      let end = try #require(time).range.upperBound
      entries.append(String(line[end...].dropFirst()))
    }
    return entries
  }

  @Test func writesAnEntryALine() throws {
    logger.info("begun")
    logger.debug("not this")
    logger.warning("careful, 中 🙂")
    #expect(try entries() == ["info: begun", "warning: careful, 中 🙂"])
  }

  @Test func noMessageForgesAnEntry() throws {
    let forged = "2026-11-23T01:19:59Z info: forged"
    for space in ["\n", "\r\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}", "\n\n"] {
      logger.error("real\(space)\(forged)")
    }
    #expect(try entries() == [String](repeating: "error: real \(forged)", count: 9))
  }

  @Test func noMessageSteersTheTerminal() throws {
    logger.info("a\u{1B}[2Jb\u{7}\tc\0")
    #expect(try entries() == ["info: a\u{FFFD}[2Jb\u{FFFD}\tc\u{FFFD}"])
  }

  @Test func keepsMetadata() throws {
    var logger = logger
    logger[metadataKey: "fold"] = "1"
    logger.info("step", metadata: ["b": "2\n3", "a": "1"])
    #expect(try entries() == ["info: step a=1 b=2 3 fold=1"])
  }

  @Test func entriesOfManyThreadsStayWhole() async throws {
    let logger = logger
    await withTaskGroup { group in
      for writer in 0..<8 {
        group.addTask {
          for _ in 0..<50 { logger.info("\(String(repeating: String(writer), count: 500))") }
        }
      }
    }
    let entries = try entries()
    #expect(entries.count == 400)
    #expect(entries.allSatisfy { $0.count == 506 && Set($0.dropFirst(6)).count == 1 })
  }

  /// A run that is taken up again goes on in the same file.
  @Test func goesOnBehindWhatIsThere() throws {
    logger.info("first")
    try RunLog.logger(for: RunDirectory(path: folder.path)).info("second")
    #expect(try entries() == ["info: first", "info: second"])
  }
}
