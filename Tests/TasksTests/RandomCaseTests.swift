import Classification
import Foundation
import Tasks
import TestSupport
import Testing

/// Every metric against scikit-learn on 2,000 random cases; Tests/Fixtures/metrics/make_random.py made the
/// values and says where scikit-learn has none.
struct RandomCaseTests {
  struct File: Decodable {
    let keys: [String]
    let cases: [Case]
  }

  struct Case: Decodable {
    let number: Int
    let values: [Double?]
    /// What scikit-learn did instead of answering, by metric.
    let notes: [String: String]
    let classes: [[Double?]]?

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      number = try container.decode(Int.self)
      values = try container.decode([Double?].self)
      notes = try container.decode([String: String].self)
      classes = try container.decodeIfPresent([[Double?]].self)
    }
  }

  @Test func agree() throws {
    let file = try fixture(File.self, "random.json")
    #expect(file.cases.count == 2000)
    var compared = 0
    var undefined = 0
    for item in file.cases {
      let predictions = RandomCase(item.number).predictions
      let k = 1 + item.number % 5
      let values = try everyMetric(k: k).values(predictions)
      let expected = Dictionary(
        uniqueKeysWithValues: zip(
          file.keys.map { $0 == "top_k_accuracy" ? "top_\(k)_accuracy" : $0 }, item.values))
      #expect(Set(values.map(\.key)) == Set(expected.keys))
      #expect(values.count == expected.count)
      for value in values {
        let other = try #require(expected[value.key])
        switch (value.value, other) {
        case (let own?, let other?):
          compared += 1
          if !isClose(own, other) {
            Issue.record("case \(item.number), \(value.key): \(own), scikit-learn \(other)")
          }
        case (nil, nil):
          undefined += 1
          #expect(value.reason?.isEmpty == false)
        default:
          Issue.record("case \(item.number), \(value.key): \(value.outcome), not \(other as Any)")
        }
      }
    }
    #expect(compared > 38_000)
    #expect(undefined > 1000)
  }

  @Test func classesAgree() throws {
    let file = try fixture(File.self, "random.json")
    var cases = 0
    for item in file.cases {
      guard let expected = item.classes else { continue }
      cases += 1
      let scores = try everyMetric().perClass(RandomCase(item.number).predictions)
      #expect(
        scores.map(\.name) == ["precision", "recall", "f1", "roc_auc", "average_precision"])
      for ((name, own), other) in zip(scores, expected) {
        #expect(own.count == other.count)
        for (left, right) in zip(own, other) {
          let agrees =
            if let left, let right { isClose(left, right) } else { left == nil && right == nil }
          #expect(agrees, "case \(item.number), \(name)")
        }
      }
    }
    #expect(cases == 200)
  }

  /// Where scikit-learn refuses, warns or answers NaN, the program's policy is a stated one.
  @Test func policies() throws {
    let file = try fixture(File.self, "random.json")
    var seen: Set<String> = []
    for item in file.cases {
      let predictions = RandomCase(item.number).predictions
      let values = try everyMetric(k: 1 + item.number % 5).values(predictions)
      func value(_ key: String) throws -> MetricValue {
        try #require(values.first { $0.key == key })
      }
      for (metric, note) in item.notes {
        seen.insert("\(metric) \(note)")
        switch (metric, note) {
        case (_, "raises") where predictions.count == 0:
          for value in values { #expect(value.reason == "there are no examples", "\(value)") }
        case ("cohen_kappa", "nan"):
          #expect(Set(predictions.labels + predictions.predictions).count == 1)
          #expect(
            try value(metric).reason == "all labels and predictions are the same class")
        case ("roc_auc_macro", _), ("roc_auc_weighted", _):
          let isSingle = Set(predictions.labels).count == 1
          #expect(
            try value(metric).reason == (isSingle ? "the labels contain only one class" : nil))
        case ("average_precision_macro", _), ("average_precision_weighted", _):
          let isRefused = predictions.classes == 2 && !predictions.labels.contains(1)
          #expect(
            try value(metric).reason == (isRefused ? "the second class has no examples" : nil))
        case ("top_k_accuracy", "warns"):
          #expect(try value("top_\(1 + item.number % 5)_accuracy").value == 1)
        case ("balanced_accuracy", "warns"):
          let isSingle = Set(predictions.labels + predictions.predictions).count == 1
          #expect(isSingle || !Set(predictions.predictions).isSubset(of: predictions.labels))
        case ("matthews_corrcoef", "warns"):
          #expect(try value(metric).value == 0)
        default:
          Issue.record("case \(item.number): no policy for '\(metric)', scikit-learn \(note)")
        }
      }
    }
    #expect(seen.isSuperset(of: ["cohen_kappa nan", "roc_auc_macro nan", "log_loss raises"]))
  }
}
