import ExperimentConfig
import Metrics
import Testing

struct ConfusionMatrixTests {
  @Test func anEmptyOneHasScoresOfZero() {
    let matrix = ConfusionMatrix(classes: 3)
    #expect(matrix.total == 0)
    for (key, value) in MetricRegistry.values(["accuracy", "precision", "recall", "f1"], matrix) {
      #expect(value == 0, "\(key)")
    }
    let none = ConfusionMatrix(classes: 0)
    #expect(MetricRegistry.values(["f1"], none).allSatisfy { $0.value == 0 })
  }

  @Test func addsOneByOne() {
    var matrix = ConfusionMatrix(classes: 2)
    for (label, prediction) in [(0, 0), (0, 1), (1, 1), (1, 1)] {
      matrix.add(label: label, prediction: prediction)
    }
    #expect(
      matrix == ConfusionMatrix(labels: [1, 0, 1, 0], predictions: [1, 1, 1, 0], classes: 2))
  }

  /// Such a pair once counted as one of the next row.
  @Test func refusesWhatIsNoClass() async {
    await #expect(processExitsWith: .failure) {
      _ = ConfusionMatrix(labels: [0], predictions: [2], classes: 2)
    }
    await #expect(processExitsWith: .failure) {
      _ = ConfusionMatrix(labels: [1], predictions: [-1], classes: 2)
    }
    await #expect(processExitsWith: .failure) {
      _ = ConfusionMatrix(labels: [1, 0], predictions: [1], classes: 2)
    }
  }

  @Test func isWrittenAsATable() {
    let matrix = ConfusionMatrix(labels: [0, 0, 1], predictions: [0, 1, 1], classes: 2)
    #expect(matrix.csv(names: ["0", "1"]) == "true\\predicted,0,1\n0,1,1\n1,0,1\n")
    #expect(
      matrix.csv(names: ["a, b", "the \"c\""]) == """
        true\\predicted,"a, b","the ""c\"""
        "a, b",1,1
        "the ""c\""",0,1

        """)
  }

  @Test func everyMetricIsDocumented() {
    let names = MetricRegistry.schemas.map(\.name)
    #expect(names == ["accuracy", "precision", "recall", "f1", "confusion_matrix"])
    #expect(MetricRegistry.schemas.allSatisfy { $0.doc.hasSuffix(".") })
  }

  @Test func valuesComeInTheOrderOfTheNames() {
    let matrix = ConfusionMatrix(labels: [0, 1], predictions: [0, 1], classes: 2)
    #expect(
      MetricRegistry.values(["recall", "confusion_matrix", "accuracy"], matrix).map(\.key)
        == ["recall_macro", "recall_weighted", "accuracy"])
  }
}
