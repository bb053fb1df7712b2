import Classification
import ExperimentConfig
import Foundation
import Tasks
import TestSupport
import Testing

/// Against scikit-learn's classification_report; Tests/Fixtures/metrics/make_reports.py made the texts.
struct ClassificationReportTests {
  struct File: Decodable { let cases: [Case] }

  struct Case: Decodable {
    let `case`: Int
    let digits: Int
    let names: [String]?
    let labels: [Int]?
    let text: String
    let dict: JSONValue
  }

  @Test func textIsEqual() throws {
    let cases = try fixture(File.self, "reports.json").cases
    #expect(cases.count == 200)
    for item in cases {
      let report = ClassificationReport(
        RandomCase(item.case).predictions.confusionMatrix, names: item.names, labels: item.labels)
      #expect(report.text(digits: item.digits) == item.text, "case \(item.case)")
    }
  }

  @Test func jsonIsEqual() throws {
    for item in try fixture(File.self, "reports.json").cases {
      let report = ClassificationReport(
        RandomCase(item.case).predictions.confusionMatrix, names: item.names, labels: item.labels)
      let own = try JSONText.decode(JSONValue.self, from: JSONText.encode(report, pretty: true))
      #expect(Self.isEqual(own, item.dict), "case \(item.case)")
    }
  }

  private static func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.object(let left), .object(let right)):
      left.keys == right.keys
        && left.allSatisfy { key, value in right[key].map { isEqual(value, $0) } ?? false }
    default:
      if let left = number(left), let right = number(right) { isClose(left, right) } else { false }
    }
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  @Test func withoutExamplesAllIsZero() {
    let report = ClassificationReport(ConfusionMatrix(classes: 2), labels: [0, 1])
    #expect(
      report.text() == """
                      precision    recall  f1-score   support

                   0       0.00      0.00      0.00         0
                   1       0.00      0.00      0.00         0

            accuracy                           0.00         0
           macro avg       0.00      0.00      0.00         0
        weighted avg       0.00      0.00      0.00         0

        """)
  }

  /// 0.015 is a little less than it looks, 0.5 and 0.125 are exact, and ties go to the even digit.
  @Test(arguments: [
    (1, 2, 0, "0"), (1, 8, 2, "0.12"), (3, 8, 2, "0.38"), (3, 200, 2, "0.01"), (1, 3, 4, "0.3333"),
    (2, 3, 18, "0.666666666666666630"), (0, 1, 2, "0.00"), (1, 1, 3, "1.000"),
  ])
  func roundsTheExactValue(_ right: Int, _ total: Int, _ digits: Int, _ text: String) {
    let matrix = ConfusionMatrix(
      labels: Array(repeating: 0, count: total),
      predictions: (0..<total).map { $0 < right ? 0 : 1 }, classes: 2)
    let lines = ClassificationReport(matrix, labels: [0, 1]).text(digits: digits).split(
      separator: "\n")
    #expect(lines[3].split(separator: " ").dropFirst().first.map(String.init) == text)
  }
}
