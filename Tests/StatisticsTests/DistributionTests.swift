import Foundation
import Statistics
import Testing

struct DistributionTests {
  /// `["t.sf", [degrees, t], value]`; `Tests/Fixtures/statistics/make.py` wrote them.
  struct Golden: Decodable {
    let name: String
    let arguments: [Double]
    let value: Double

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      name = try row.decode(String.self)
      arguments = try row.decode([Double].self)
      value = try row.decode(Double.self)
    }

    var ours: Double? {
      let a = arguments
      switch name {
      case "t.sf": return StudentT(degrees: a[0]).sf(a[1])
      case "t.cdf": return StudentT(degrees: a[0]).cdf(a[1])
      case "t.ppf": return StudentT(degrees: a[0]).quantile(a[1])
      case "chi2.sf": return ChiSquared(degrees: a[0]).sf(a[1])
      case "chi2.cdf": return ChiSquared(degrees: a[0]).cdf(a[1])
      case "chi2.ppf": return ChiSquared(degrees: a[0]).quantile(a[1])
      case "normal.ppf": return Normal.quantile(a[0])
      case "normal.cdf": return Normal.cdf(a[0])
      case "beta":
        return IncompleteBeta.regularised(a[2], complement: 1 - a[2], a[0], a[1]).lower
      case "gamma.p": return IncompleteGamma.regularised(a[0], a[1]).lower
      case "gamma.q": return IncompleteGamma.regularised(a[0], a[1]).upper
      case "binomial.cdf": return Binomial(trials: Int(a[0]), probability: a[1]).cdf(Int(a[2]))
      case "binomial.sf": return Binomial(trials: Int(a[0]), probability: a[1]).sf(Int(a[2]))
      default: return nil
      }
    }
  }

  @Test func agreeWithSciPy() throws {
    let goldens = try fixture([Golden].self, "distributions.json")
    #expect(goldens.count > 2500)
    #expect(goldens.contains { $0.value < 1e-290 })
    for golden in goldens {
      let ours = try #require(golden.ours)
      #expect(
        isClose(ours, golden.value), "\(golden.name) \(golden.arguments): \(ours), \(golden.value)")
    }
  }

  @Test func quantilesAreInverses() {
    for degrees in [0.5, 1, 4, 30, 1e4, 1e6] {
      let t = StudentT(degrees: degrees)
      let square = ChiSquared(degrees: degrees)
      for p in [1e-100, 1e-9, 0.01, 0.3, 0.4999, 0.5, 0.77, 0.999] {
        #expect(isClose(t.cdf(t.quantile(p)), p, 1e-11))
        #expect(t.quantile(p) < 1e-290 || isClose(t.quantile(p), -t.quantile(1 - p), 1e-6))
        let x = square.quantile(p)
        #expect(x < 1e-290 || isClose(square.cdf(x), p, 1e-10), "\(degrees) \(p)")
      }
    }
  }

  @Test func ends() {
    let t = StudentT(degrees: 3)
    #expect(
      t.cdf(0) == 0.5 && t.cdf(.infinity) == 1 && t.sf(.infinity) == 0 && t.cdf(-.infinity) == 0)
    #expect(t.quantile(0) == -.infinity && t.quantile(1) == .infinity && t.quantile(0.5) == 0)
    #expect(t.quantile(1.5).isNaN && t.quantile(.nan).isNaN && t.cdf(.nan).isNaN)
    #expect(StudentT(degrees: 0).cdf(1).isNaN && StudentT(degrees: -1).quantile(0.3).isNaN)
    let square = ChiSquared(degrees: 3)
    #expect(square.cdf(0) == 0 && square.sf(-1) == 1 && square.sf(.infinity) == 0)
    #expect(square.quantile(0) == 0 && square.quantile(1) == .infinity)
    #expect(Normal.quantile(0) == -.infinity && Normal.quantile(1) == .infinity)
    #expect(Normal.quantile(0.5) == 0 && Normal.quantile(2).isNaN)
    let binomial = Binomial(trials: 4, probability: 0)
    #expect(binomial.cdf(-1) == 0 && binomial.cdf(0) == 1 && binomial.cdf(4) == 1)
    #expect(Binomial(trials: 4, probability: 1).cdf(3) == 0)
    #expect(IncompleteBeta.regularised(0.3, complement: 0.5, 1, 1).lower.isNaN)
    #expect(IncompleteGamma.regularised(-1, 1).lower.isNaN)
  }
}
