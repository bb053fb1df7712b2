import Splits
import Testing

struct ClassLimitTests {
  @Test func theFirstOfEachClassInTheOrderOfTheData() throws {
    let labels: [Int32] = [2, 0, 2, 2, 1, 0, 0, 2, 1]
    #expect(try ClassLimit.indices(labels: labels, perClass: 1) == [0, 1, 4])
    #expect(try ClassLimit.indices(labels: labels, perClass: 2) == [0, 1, 2, 4, 5, 8])
    #expect(try ClassLimit.indices(labels: labels, perClass: 9) == Array(labels.indices))
    #expect(try ClassLimit.indices(labels: [], perClass: 1).isEmpty)
    #expect(
      throws: SamplingError(reason: "0 examples of each class: there must be at least one")
    ) { try ClassLimit.indices(labels: labels, perClass: 0) }
  }
}
