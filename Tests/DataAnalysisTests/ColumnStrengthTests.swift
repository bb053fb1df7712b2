import Testing

@testable import DataAnalysis

@Suite struct ColumnStrengthTests {
  @Test func areaCountsTiesHalfAndTakesTheBetterDirection() {
    // Pairs: 1 < 2 and 2 = 2 and so on: (1 + 0.5 + 1 + 1) / 4.
    #expect(ColumnStrength.auc([1, 2, 2, 3], [false, false, true, true]) == 0.875)
    #expect(ColumnStrength.auc([3, 2, 2, 1], [false, false, true, true]) == 0.875)
    #expect(ColumnStrength.auc([1, 1, 1], [true, false, true]) == 0.5)
    #expect(ColumnStrength.auc([1, 2], [true, true]) == nil)
  }

  @Test func theCorrectShareIsThatOfTheMostFrequentClass() {
    let classes = (0..<100).map { $0 % 4 }
    #expect(
      ColumnStrength.correctShare(classes.map { [5, 1, 9, 3][$0] }, classes, count: 4) == 1)
    // A column of distinct values that has nothing to do with the class.
    let noise = (0..<100).map { Float($0) }
    #expect(ColumnStrength.correctShare(noise, classes, count: 4) == 0.25)
    #expect(ColumnStrength.correctShare([1, 2], [0, 1], count: 2) == nil)
  }

  @Test func correlationIsAbsolute() {
    #expect(ColumnStrength.correlation([1, 2, 3], [-2, -4, -6]) == 1)
    #expect(ColumnStrength.correlation([1, 1, 1], [1, 2, 3]) == nil)
    let weak = ColumnStrength.correlation([1, 2, 1, 2], [1, 1, 2, 2])
    #expect(weak == 0)
  }
}
