import Classification
import Foundation
import Tasks
import TestSupport
import Testing

/// Every metric against scikit-learn on 2,000 cases given as scores: with classes that are absent, scores
/// of which 32-bit probabilities are 0 or 1, and labels of a single class.
/// Tests/Fixtures/metrics/make_scores.py made the values.
struct ScoreCaseTests {
  private static let keys = [
    "accuracy", "balanced_accuracy", "cohen_kappa", "matthews_corrcoef", "top_k_accuracy",
    "log_loss",
    "brier", "expected_calibration_error", "precision_macro", "precision_micro",
    "precision_weighted",
    "recall_macro", "recall_micro", "recall_weighted", "f1_macro", "f1_micro", "f1_weighted",
    "roc_auc_macro", "roc_auc_weighted", "average_precision_macro", "average_precision_weighted",
  ]

  private func rows() throws -> [[Double]] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let bytes = try Data(contentsOf: tests.appending(path: "Fixtures/metrics/scores.f64"))
    let values = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { place in
        Double(
          bitPattern: UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self)))
      }
    }
    return stride(from: 0, to: values.count, by: Self.keys.count).map {
      Array(values[$0..<($0 + Self.keys.count)])
    }
  }

  @Test func agree() throws {
    let rows = try rows()
    #expect(rows.count == 2000)
    var compared = 0
    var undefined = 0
    var absent = 0
    var saturated = 0
    var single = 0
    for (number, row) in rows.enumerated() {
      let predictions = ScoreCase(number).predictions
      let k = 1 + number % 5
      let values = try everyMetric(k: k).values(predictions)
      let expected = Dictionary(
        uniqueKeysWithValues: zip(
          Self.keys.map { $0 == "top_k_accuracy" ? "top_\(k)_accuracy" : $0 }, row))
      #expect(Set(values.map(\.key)) == Set(expected.keys))
      for value in values {
        let other = try #require(expected[value.key])
        if let own = value.value {
          compared += 1
          // A loss may be hundreds of nats.
          if !isClose(own, other, 1e-12 * max(1, abs(other))) {
            Issue.record("case \(number), \(value.key): \(own), scikit-learn \(other)")
          }
        } else {
          undefined += 1
          #expect(other.isNaN, "case \(number), \(value.key)")
          #expect(value.reason?.isEmpty == false)
        }
      }
      let (predicted, missing) = predictions.confusionMatrix.withoutExamples
      if predicted.count + missing.count > 0 { absent += 1 }
      if Set(predictions.labels).count == 1 { single += 1 }
      let confidences = predictions.confidences.map(Float.init)
      if confidences.contains(1) { saturated += 1 }
    }
    #expect(compared > 40_000 && undefined > 1000)
    #expect(absent > 1000 && saturated > 700 && single > 300)
  }
}
