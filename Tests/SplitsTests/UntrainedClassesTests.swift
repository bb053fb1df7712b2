import Splits
import Testing

struct UntrainedClassesTests {
  private let labels: [Int32] = [0, 1, 2, 0, 1, 2, 5]

  @Test func countsTheExamplesOfEach() {
    let untrained = UntrainedClasses(trainedOn: labels, [0, 1, 3, 4])
    #expect(
      untrained.among(labels, [2, 5, 6]) == [
        .init(label: 2, examples: 2), .init(label: 5, examples: 1),
      ])
    #expect(untrained.among(labels, [0, 4]).isEmpty)
    #expect(untrained.warnings("validation", labels, [0, 4]).isEmpty)
  }

  @Test func saysWhichTheyAre() {
    let untrained = UntrainedClasses(trainedOn: labels, [0, 1, 3])
    #expect(
      untrained.warnings("test", [3, 0, 3, 1], [0, 1, 2, 3]) == [
        "class 3 has no training example, although 2 of 4 test examples have it: the model "
          + "cannot learn it"
      ])
    #expect(
      untrained.warnings("validation", labels, [2, 5, 6, 4]) == [
        "classes 2, 5 have no training example, although 3 of 4 validation examples have them: "
          + "the model cannot learn them"
      ])
    let many = untrained.warnings("test", (0..<40).map { Int32($0) }, Array(0..<40)).first
    #expect(
      many?.hasPrefix("classes 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 26 more have") == true)
  }

  /// What the whole training set lacks is the same for every fold, and is said once.
  @Test func foldsAreNamedWhereTheyDiffer() {
    let untrained = UntrainedClasses(trainedOn: labels, [0, 1, 3, 4, 6])
    let found = untrained.warnings("test", [2, 9, 0], [0, 1, 2], fold: 4)
    #expect(found.count == 2)
    #expect(found[0].hasPrefix("class 9 has no training example"))
    #expect(found[1].hasPrefix("fold 4: class 2 has no training example"))
  }
}
