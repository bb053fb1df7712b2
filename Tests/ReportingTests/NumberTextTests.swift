import ExperimentConfig
import Testing

/// The numbers that tables are made of.
struct NumberTextTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (1, 0, "1"), (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (0.125, 2, "0.12"),
    (0.375, 2, "0.38"), (-0.001, 2, "0.00"), (-1.5, 1, "-1.5"), (0.98764, 4, "0.9876"),
    (0.00004, 4, "0.0000"), (12.345, 1, "12.3"), (999.96, 1, "1000.0"), (1e9, 3, "1000000000.000"),
    (.nan, 2, "nan"), (.infinity, 2, "inf"), (-.infinity, 0, "-inf"),
  ])
  func fixed(_ value: Double, _ decimals: Int, _ expected: String) {
    #expect(NumberText.fixed(value, decimals) == expected)
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (-999, "-999"), (-1_000, "-1,000"),
    (109_386, "109,386"), (1_234_567, "1,234,567"), (.max, "9,223,372,036,854,775,807"),
    (.min, "-9,223,372,036,854,775,808"),
  ])
  func grouped(_ value: Int, _ expected: String) { #expect(NumberText.grouped(value) == expected) }

  @Test(arguments: [
    (0, "0"), (1, "1"), (-3, "-3"), (0.1, "0.1"), (1e-3, "0.001"), (1e-5, "1e-05"),
    (1e14, "100000000000000"), (1e20, "1e+20"),
    (0.1 + 0.2, "0.30000000000000004"), (.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf"),
  ])
  func short(_ value: Double, _ expected: String) { #expect(NumberText.short(value) == expected) }
}

struct DurationTextTests {
  @Test(arguments: [
    (0, "0.00 s"), (0.034, "0.03 s"), (2.345, "2.35 s"), (9.996, "10.0 s"), (59.94, "59.9 s"),
    (59.96, "1 min 0 s"), (125, "2 min 5 s"), (3599.6, "1 h 0 min"), (12_000, "3 h 20 min"),
    (36_000_000, "10,000 h 0 min"), (-1, "0.00 s"), (.nan, "–"),
  ])
  func isWritten(_ seconds: Double, _ expected: String) {
    #expect(NumberText.duration(seconds) == expected)
  }

  @Test func sharesAreWrittenWithOneDecimal() {
    #expect(NumberText.percent(0.98769) == "98.8%")
    #expect(NumberText.percent(0.98769, 2) == "98.77%")
    #expect(NumberText.percent(1) == "100.0%")
  }
}
