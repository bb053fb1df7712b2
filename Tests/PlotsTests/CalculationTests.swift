import Classification
import Plots
import RunRecord
import Tasks
import TestSupport
import Testing

/// Two classes, with the probability of class 1.
private func table(_ labels: [Int], _ scores: [Float]) -> PooledPredictions {
  PooledPredictions(
    labels: labels, predictions: scores.map { $0 > 0.5 ? 1 : 0 },
    scores: scores.flatMap { [1 - Double($0), Double($0)] }, link: .identity, classes: 2)
}

private func makeRanking(_ table: PooledPredictions, of index: Int) -> RankingCurves? {
  RankingCurves(table, RankingCurves.rankScores(table), of: index)
}

@Suite struct CalculationTests {
  /// The values are scikit-learn's roc_auc_score and average_precision_score.
  @Test(
    arguments: [
      ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75, 0.8333333333333333),
      ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], 0.5, 0.5),
      ([1, 1, 0], [0.9, 0.8, 0.1], 1, 1),
      ([1, 0, 0, 1, 0], [0.25, 0.25, 0.75, 0.5, 0], 0.5833333333333333, 0.5),
    ] as [([Int], [Float], Double, Double)])
  func areas(_ labels: [Int], _ scores: [Float], _ area: Double, _ precision: Double) throws {
    let ranking = try #require(makeRanking(table(labels, scores), of: 1))
    #expect(abs(ranking.area - area) < 1e-12)
    #expect(abs(ranking.averagePrecision - precision) < 1e-12)
    #expect(ranking.roc.first == .init(x: 0, y: 0) && ranking.roc.last == .init(x: 1, y: 1))
    #expect(RankingCurves.meanROC([ranking, ranking]).last == .init(x: 1, y: 1))
    #expect(RankingCurves.meanPrecisionRecall([ranking]).last?.y == ranking.precisionRecall.last?.y)
  }

  @Test func oneClassAloneHasNoCurve() {
    #expect(makeRanking(table([1, 1], [0.1, 0.2]), of: 1) == nil)
    #expect(makeRanking(table([1, 1], [0.1, 0.2]), of: 0) == nil)
    #expect(makeRanking(table([], []), of: 0) == nil)
  }

  /// The probabilities of all of them are 0 or 1.
  @Test func curvesOfLargeScores() throws {
    let table = PooledPredictions(
      labels: [1, 1, 0, 0], predictions: [0, 0, 0, 0],
      scores: [300, 0, 400, 0, 500, 0, 600, 0], link: .softmax, classes: 2)
    let ranking = try #require(makeRanking(table, of: 1))
    #expect(ranking.area == 1 && ranking.averagePrecision == 1)
    #expect(abs(Reliability(table).expectedCalibrationError - 0.5) < 1e-12)
  }

  @Test func thinningKeepsTheEnds() {
    let curve = (0...1000).map {
      RankingCurves.Point(x: Double($0) / 1e6, y: 0.5 * Double($0) / 1e6)
    }
    let thin = RankingCurves.thinned(curve)
    #expect(thin.count < 5 && thin.first == curve.first && thin.last == curve.last)
  }

  @Test func calibration() {
    let perfect = Reliability(table([1, 0], [1, 0]))
    #expect(perfect.expectedCalibrationError == 0)
    #expect(perfect.bins.last?.count == 2)
    // One bin of two examples: half of them right at a confidence of 0.75.
    let half = Reliability(table([1, 0], [0.75, 0.75]))
    #expect(abs(half.expectedCalibrationError - 0.25) < 1e-12)
    #expect(Reliability(table([], [])).expectedCalibrationError == 0)
  }

  @Test func scoresOfClassesThatNeverCome() {
    let scores = ClassScorePlot.scores([[2, 0, 1], [0, 0, 0], [1, 0, 3]])
    #expect(scores[0]?.precision == 2.0 / 3 && scores[0]?.recall == 2.0 / 3)
    #expect(scores[1] == nil && ClassScorePlot.scores([[0]]) == [nil])
    // Predicted once, which counts as 0.
    #expect(ClassScorePlot.scores([[1, 1], [0, 0]])[1]?.f1 == 0)
  }

  @Test func theSurestMistakesComeFirst() {
    let mistakes = table([0, 1, 0, 1], [0.9, 0.2, 0.99, 0.9]).mostConfidentMistakes(2)
    #expect(mistakes == [2, 0])
  }
}
