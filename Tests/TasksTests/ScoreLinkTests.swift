import Classification
import DataSchema
import Foundation
import Tasks
import TestSupport
import Testing

struct ScoreLinkTests {
  private func value(_ name: String, _ predictions: PooledPredictions) throws -> MetricValue {
    try #require(try MetricSet([component(name)]).values(predictions).first)
  }

  /// Of 32-bit probabilities all four would be 0 or 1: an area of 0.5 and a loss of 36 nats.
  @Test func largeScoresAreNotTies() throws {
    let predictions = PooledPredictions(
      labels: [0, 0, 1, 1], predictions: [0, 1, 1, 0],
      scores: [500, 0, 0, 30, 0, 900, 300, 200], link: .softmax, classes: 2)
    let loss = try #require(try value("log_loss", predictions).value)
    #expect(isClose(loss, (0 + 30 + 0 + 100) / 4))
    #expect(try value("roc_auc", predictions).value == 0.75)
    #expect(isClose(try #require(try value("average_precision", predictions).value), 5.0 / 6))
  }

  /// The probabilities of the true classes are 1 and their logarithms 0, to the last bit.
  @Test func certainExamplesAreRankedByTheirMargin() throws {
    let predictions = PooledPredictions(
      labels: [0, 1, 1, 1], predictions: [1, 1, 1, 1],
      scores: [0, 100, 0, 500, 0, 300, 0, 60], link: .softmax, classes: 2)
    #expect(isClose(try #require(try value("roc_auc", predictions).value), 2.0 / 3))
    let three = ScoreLink.softmax.rankScores([0, 400, 3, 0, 900, 0], classes: 3)
    #expect(three[1] == 400 - 3 - log1p(exp(-3)) && three[4] == 900 - log(2))
    #expect(three[0] == -400 && three[2] == -397)
    let odds = ScoreLink.softmax.rankScores([0.5, 0.25, -1], classes: 3)
    let p = ScoreLink.softmax.probabilities([0.5, 0.25, -1], classes: 3)
    for label in 0..<3 { #expect(isClose(odds[label], log(p[label] / (1 - p[label])))) }
    #expect(ScoreLink.softmax.rankScores([7, 8], classes: 1) == [0, 0])
    #expect(ScoreLink.sigmoid.rankScores([7, 8], classes: 2) == [7, 8])
  }

  @Test func theProbabilityOfAClassCountsAndNotItsScore() throws {
    // The second example has the larger score of class 0, and the smaller probability.
    let predictions = PooledPredictions(
      labels: [0, 1, 2], predictions: [0, 1, 2],
      scores: [3, 0, 0, 4, 9, 0, 0, 0, 1], link: .softmax, classes: 3)
    #expect(try value("roc_auc", predictions).value == 1)
  }

  @Test(arguments: [
    ("cross_entropy", ScoreLink.softmax), ("bce_with_logits", .sigmoid), ("mse", .identity),
    ("focal", .softmax),
  ])
  func followsFromTheLoss(_ loss: String, _ link: ScoreLink) {
    #expect(LossRegistry.type(named: loss)?.link(for: .category(["a", "b"])) == link)
  }

  @Test func probabilitiesOfEachLink() {
    let scores = [1.0, 2, -3, 0.5, 0.25, 0.25]
    let softmax = ScoreLink.softmax.probabilities(scores, classes: 3)
    let sum = exp(1.0) + exp(2.0) + exp(-3.0)
    #expect(isClose(softmax[0], exp(1.0) / sum) && isClose(softmax[2], exp(-3.0) / sum))
    #expect(isClose(softmax[3...].reduce(0, +), 1))
    let sigmoid = ScoreLink.sigmoid.probabilities(scores, classes: 3)
    #expect(isClose(sigmoid[2], 1 / (1 + exp(3.0))))
    #expect(ScoreLink.sigmoid.logProbabilities([-800], classes: 1) == [-800])
    #expect(ScoreLink.identity.probabilities(scores, classes: 3) == scores)
  }

  /// The mean of probabilities of which 32 bits, or even 64, hold only 0 and 1.
  @Test func modelsAreAveragedWithoutRounding() {
    let models: [[Double]] = [[0, 2000, 1, 2], [0, 1000, 2, 1]]
    let softmax = ScoreLink.softmax.averaged(models, classes: 2)
    #expect(isClose(softmax[0], -1000 - log(2), 1e-9))
    #expect(softmax[1] == 0)
    #expect(ScoreLink.largest(softmax, classes: 2) == [1, 0])
    #expect(isClose(exp(softmax[2]), 0.5) && isClose(exp(softmax[3]), 0.5))

    let sigmoid = ScoreLink.sigmoid.averaged([[3, -900], [-1, -1000]], classes: 2)
    let mean = (1 / (1 + exp(-3.0)) + 1 / (1 + exp(1.0))) / 2
    #expect(isClose(sigmoid[0], log(mean / (1 - mean))))
    #expect(isClose(sigmoid[1], -900 - log(2), 1e-9))
    #expect(ScoreLink.identity.averaged([[1, 2], [2, 4]], classes: 2) == [1.5, 3])
    #expect(ScoreLink.softmax.averaged([[5, 7]], classes: 2) == [5, 7])
  }

  /// Outputs of a model trained with `mse` have an order, but they are not probabilities.
  @Test func outputsThatAreNoProbabilities() throws {
    let predictions = PooledPredictions(
      labels: [0, 1], predictions: [0, 1], scores: [1.25, -0.5, 0.5, 0.75], link: .identity,
      classes: 2)
    for value in try everyMetric().values(predictions) {
      let needs = ["log_loss", "brier", "expected_calibration_error"].contains(value.key)
      #expect((value.reason?.contains("not probabilities") == true) == needs, "\(value)")
    }
    #expect(try value("roc_auc", predictions).value == 1)
  }

  @Test(arguments: [Double.nan, .infinity])
  func aScoreThatIsNoNumber(_ bad: Double) throws {
    let predictions = PooledPredictions(
      labels: [0, 1], predictions: [0, 0], scores: [1, 0, bad, 0], link: .softmax, classes: 2)
    #expect(try value("log_loss", predictions).reason == "a probability is not a finite number")
    #expect(try value("accuracy", predictions).value == 0.5)
  }

  /// Scores whose differences only 64 bits hold, so that rounding them makes ties.
  @Test func ranksAreThoseOfSixtyFourBits() throws {
    let count = 400
    let predictions = PooledPredictions(
      labels: (0..<count).map { $0 < count / 2 ? 0 : 1 },
      predictions: Array(repeating: 0, count: count),
      scores: (0..<count).flatMap { [0.0, 1 + Double($0) * 0x1p-40] }, link: .sigmoid, classes: 2)
    #expect(try value("roc_auc", predictions).value == 1)
  }
}
