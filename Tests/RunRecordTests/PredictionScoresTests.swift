import Classification
import Files
import RunRecord
import Tasks
import TestSupport
import Testing

/// What `predictions.csv` keeps of the scores behind the probabilities.
struct PredictionScoresTests {
  private func file(_ link: ScoreLink, _ rows: [[Double]]) -> [UInt8] {
    var file = PredictionsFile(classes: rows[0].count, link: link)
    for (index, row) in rows.enumerated() {
      file.add(
        split: "test", fold: 0, index: index, label: 0, predicted: 0, scores: row, link: link)
    }
    return file.bytes
  }

  private func table(_ bytes: [UInt8]) throws -> Predictions {
    try #require(try PredictionsFile.parse(bytes, path: "predictions.csv")["test"])
  }

  @Test func logitsStandBesideTheProbabilities() throws {
    let bytes = file(.softmax, [[1.5, -272.25], [0, 0]])
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        split,fold,index,label,predicted,p0,p1,logit0,logit1
        test,0,0,0,0,1.0,0.0,1.5,-272.25
        test,0,1,0,0,0.5,0.5,0.0,0.0

        """)
    let sigmoid = file(.sigmoid, [[0, -2]])
    #expect(
      String(decoding: sigmoid, as: UTF8.self).hasPrefix(
        "split,fold,index,label,predicted,p0,p1,binary_logit0,binary_logit1\n"))
  }

  /// 32-bit scores of one model, and 64-bit ones of several; some of those have few digits.
  @Test(arguments: [ScoreLink.softmax, .sigmoid, .identity])
  func everyBitIsKept(_ link: ScoreLink) throws {
    let floats: [Float] = [
      0.1, -0.1, 16_777_216, -123_456.79, 1e-38, 1.1754944e-38, .leastNonzeroMagnitude, 3.4e38,
      -1 / 3, 100, 0.0009765625,
    ]
    let doubles: [Double] = [
      0.1, -0.25, 1 / 3, 1e-7, 123_456_789.5, .leastNonzeroMagnitude, -1e300, 2.5e-10,
      0.30000000000000004,
    ]
    let rows = floats.map { [Double($0), 1] } + doubles.map { [$0, -0.7] }
    let table = try table(file(link, rows))
    #expect(table.layout.link == link && table.layout.outputs.count == 2)
    #expect(table.outputs.map(\.bitPattern) == rows.joined().map(\.bitPattern))
  }

  @Test func anOlderFileHasProbabilitiesOnly() throws {
    let text = """
      split,fold,index,label,predicted,p0,p1,p2
      test,0,0,2,0,0.7,0.2,0.1
      test,0,1,1,1,1.1754944e-38,1.0,0.0

      """
    let table = try table(Array(text.utf8))
    #expect(table.layout.link == .identity && table.layout.outputs.count == 3)
    #expect(table.probabilities(at: 0) == [0.7, 0.2, 0.1].map { Double(Float($0)) })
    #expect(table.pooled.confidence(at: 1) == 1)
  }

  @Test func metricsFollowFromTheFile() throws {
    let table = try table(file(.softmax, [[0, 272], [3, 1], [0, 5000]]))
    #expect(table.pooled.logLosses[0] == 272 && table.pooled.logLosses[2] == 5000)
    #expect(table.probabilities(at: 2) == [0, 1])
  }

  @Test(arguments: [
    "split,fold,index,label,predicted,p0,p1,logit0",
    "split,fold,index,label,predicted,logit0,logit1",
    "split,fold,index,label,predicted,p0,p1,logit1,logit0", "split,fold,index,label,predicted",
    "split,fold,index,label,predicted,p0,p1,score0,score1",
  ])
  func anotherHeadingIsRefused(_ heading: String) {
    #expect(throws: FileError.self) {
      try PredictionsFile.parse(Array((heading + "\n").utf8), path: "predictions.csv")
    }
  }

  @Test(arguments: [
    "test,0,0,0,0,0.5,0.5,1.0", "test,0,0,0,0,,0.5,1.0,1.0", "test,0,0,0,0,0.5,0.5,1.0,y",
    "test,0,0,0,0,0.5,0.5,1.0,1.0,1.0", "test,0,0,0,2,0.5,0.5,1.0,1.0", "test,0,0,0,0,0.5,0.5,,1.0",
  ])
  func aDamagedLineIsNamed(_ line: String) {
    let text = "split,fold,index,label,predicted,p0,p1,logit0,logit1\n\(line)\n"
    #expect(throws: FileError(path: "predictions.csv", reason: "line 2 is not a prediction")) {
      try PredictionsFile.parse(Array(text.utf8), path: "predictions.csv")
    }
  }
}
