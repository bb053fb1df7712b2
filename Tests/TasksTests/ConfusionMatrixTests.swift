import Classification
import Tasks
import TestSupport
import Testing

struct ConfusionMatrixTests {
  @Test func anEmptyOneHasNothing() {
    let matrix = ConfusionMatrix(classes: 3)
    #expect(matrix.total == 0)
    #expect(matrix.correct == 0)
    #expect(ConfusionMatrix(classes: 0).total == 0)
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
}
