import Metrics
import Testing

/// Against scikit-learn; Tests/Fixtures/metrics/make_regression.py made the values.
struct RegressionTests {
  struct File: Decodable { let cases: [Case] }

  struct Case: Decodable {
    let targets, outputs: [Double]
    let mse, mae: Double
    let r2: Double?
  }

  @Test func agree() throws {
    let cases = try fixture(File.self, "regression.json").cases
    #expect(cases.count == 100)
    for (index, item) in cases.enumerated() {
      let (targets, outputs) = (item.targets, item.outputs)
      let mse = try #require(Regression.meanSquaredError(targets: targets, outputs: outputs))
      let mae = try #require(Regression.meanAbsoluteError(targets: targets, outputs: outputs))
      #expect(isClose(mse, item.mse, 1e-12 * max(1, item.mse)), "case \(index)")
      #expect(isClose(mae, item.mae, 1e-12 * max(1, item.mae)), "case \(index)")
      let r2 = Regression.r2(targets: targets, outputs: outputs)
      if let expected = item.r2, let r2 {
        #expect(isClose(r2, expected, 1e-12 * max(1, abs(expected))), "case \(index)")
      } else {
        #expect(r2 == nil && item.r2 == nil, "case \(index)")
      }
    }
  }

  @Test func nothingHasNoMean() {
    #expect(Regression.meanSquaredError(targets: [], outputs: []) == nil)
    #expect(Regression.meanAbsoluteError(targets: [], outputs: []) == nil)
    #expect(Regression.r2(targets: [], outputs: []) == nil)
  }
}
