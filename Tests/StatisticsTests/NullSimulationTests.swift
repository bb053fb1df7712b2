import Randomness
import Statistics
import Testing

/// Under the null hypothesis a test of level 5% rejects about that often.
struct NullSimulationTests {
  private static let pairs = 2000

  private static func normal(_ stream: RandomStream, _ position: Int) -> Double {
    Normal.quantile((Double(stream.word64(position) >> 11) + 0.5) * 0x1p-53)
  }

  /// How often the corrected test, and the t test without correction, reject at 5%.
  private static func rejections(
    _ differences: (RandomStream) -> [Double]
  ) -> (corrected: Double, naive: Double) {
    var (corrected, naive) = (0, 0)
    for pair in 0..<pairs {
      let values = differences(RandomStream(seed: 20, purpose: .split, step: pair))
      let test = CorrectedResampledT(differences: values, testShare: 0.25)
      if let p = test.pValue, p < 0.05 { corrected += 1 }
      guard let mean = test.mean, let error = test.standardError, error > 0 else { continue }
      let t = mean / (error * (0.2 / 0.45).squareRoot())
      if StudentT(degrees: 4).twoSided(t) < 0.05 { naive += 1 }
    }
    return (Double(corrected) / Double(pairs), Double(naive) / Double(pairs))
  }

  /// Differences as the correction assumes them: any two folds correlate by the share held out, 1/5.
  @Test func ofCorrelatedFolds() {
    let rate = Self.rejections { stream in
      let shared = Self.normal(stream, 5)
      return (0..<5).map { fold in
        (0.8).squareRoot() * Self.normal(stream, fold) + (0.2).squareRoot() * shared
      }
    }
    #expect(rate.corrected <= 0.06 && rate.corrected >= 0.04, "\(rate.corrected)")
    #expect(rate.naive > 0.1, "\(rate.naive)")
  }

  /// Two classifiers that do equally well: each puts the boundary half-way between the two classes'
  /// means of its own feature, learned from four fifths of 100 examples.
  @Test func ofClassifiersThatLearn() {
    let rate = Self.rejections { stream in
      let features = (0..<2).map { feature in
        (0..<100).map { Self.normal(stream, 100 * feature + $0) + ($0 % 2 == 0 ? 0.5 : -0.5) }
      }
      return (0..<5).map { fold in
        let scores = features.map { values in
          var (sums, right) = ([0.0, 0.0], 0)
          for index in 0..<100 where index / 20 != fold { sums[index % 2] += values[index] / 40 }
          let boundary = (sums[0] + sums[1]) / 2
          for index in (20 * fold)..<(20 * fold + 20)
          where (values[index] > boundary) == (index % 2 == 0) {
            right += 1
          }
          return Double(right) / 20
        }
        return scores[0] - scores[1]
      }
    }
    #expect(rate.corrected <= 0.06, "\(rate.corrected)")
    #expect(rate.naive > rate.corrected)
  }
}
