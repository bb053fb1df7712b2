import BoxAnnotations
import DetectionScores
import Files
import Foundation
import Statistics
import Tasks
import Testing

/// Against pycocotools and a transcription of VOC's devkit (`Tests/Fixtures/detection/make.py`).
@Suite struct ReferenceTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/detection")

  /// By case: twelve scores, AP and AP50 of four categories, VOC's two; NaN where undefined.
  private static func expected() throws -> [[Double]] {
    let bytes = [UInt8](try Data(contentsOf: fixtures.appending(path: "scores.f64")))
    let numbers = bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 8).map { place in
        Double(
          bitPattern: UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
      }
    }
    return stride(from: 0, to: numbers.count, by: 22).map { Array(numbers[$0..<($0 + 22)]) }
  }

  private func agree(_ value: Double?, _ expected: Double) -> Bool {
    guard let value else { return expected.isNaN }
    return abs(value - expected) < 1e-12
  }

  @Test func scoresAreThoseOfPycocotools() throws {
    let expected = try Self.expected()
    #expect(expected.count == RandomCase.count)
    var (defined, undefined) = (0, 0)
    for (number, expected) in expected.enumerated() {
      let random = RandomCase(number)
      let scores = CocoScores(
        DetectionMatches(
          random.detections, to: random.annotations,
          rules: CocoRules(maxDetections: random.maxDetections)))
      #expect(scores.values.count == 12)
      for (value, expected) in zip(scores.values, expected) {
        if !agree(value.value, expected) {
          Issue.record("case \(number), \(value.key): \(value.outcome), not \(expected)")
        }
        if expected.isNaN { undefined += 1 } else { defined += 1 }
        #expect((value.reason == nil) == !expected.isNaN)
      }
      for (index, category) in scores.categories.enumerated() {
        if !agree(category.ap, expected[12 + index]) || !agree(category.ap50, expected[16 + index])
        {
          Issue.record("case \(number), category \(index): \(String(describing: category.ap))")
        }
      }
      let voc = VOCScores(random.detections, random.annotations)
      for (value, expected) in zip(voc.values, expected[20...]) where !agree(value.value, expected)
      {
        Issue.record("case \(number), \(value.key): \(value.outcome), not \(expected)")
      }
    }
    #expect(defined > 8000 && undefined > 1000)
  }

  private struct Intervals: Decodable {
    struct Case: Decodable {
      let `case`: Int
      let resamples: Int
      let intervals: [String: [Double]]
    }
    let cases: [Case]
  }

  /// pycocotools was given the resampled images as images of their own.
  @Test func intervalsAreThoseOfResampledImages() throws {
    let bytes = try Data(contentsOf: Self.fixtures.appending(path: "intervals.json"))
    for item in try JSONDecoder().decode(Intervals.self, from: bytes).cases {
      let random = RandomCase(item.case)
      let matches = DetectionMatches(random.detections, to: random.annotations)
      let found = CocoIntervals(matches, CocoScores(matches), resamples: item.resamples)
      for (key, interval) in [("ap", found.ap), ("ap50", found.ap50)] {
        let interval = try #require(interval)
        let expected = try #require(item.intervals[key])
        #expect(abs(interval.lower - expected[0]) < 1e-12, "case \(item.case), \(key)")
        #expect(abs(interval.upper - expected[1]) < 1e-12, "case \(item.case), \(key)")
        #expect(interval.method.count == random.annotations.images.count)
        #expect(interval.method.resamples == item.resamples)
      }
    }
  }
}
