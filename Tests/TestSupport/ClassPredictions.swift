import Classification
import ExperimentConfig
import RunRecord
import Statistics
import Tasks

/// Predictions of classes as tests write them.
extension Predictions {
  package init(classes: Int, link: ScoreLink = .identity) {
    self.init(ClassificationTask.layout(classes: classes, link))
  }

  package init(
    labels: [Int], predictions: [Int], scores: [Double], classes: Int,
    link: ScoreLink = .identity
  ) {
    self.init(
      ClassificationTask.layout(classes: classes, link), folds: labels.map { _ in 0 },
      indices: Array(labels.indices), targets: labels.map { Float($0) }, answers: predictions,
      outputs: scores)
  }

  /// The class of each example.
  package var labels: [Int] { targets.map { Int($0) } }

  package var pooled: PooledPredictions { PooledPredictions(self) }
}

extension PredictionsFile {
  package init(classes: Int, link: ScoreLink = .identity) {
    self.init(ClassificationTask.layout(classes: classes, link))
  }

  package mutating func add(
    split: String, fold: Int, index: Int, label: Int, predicted: Int,
    scores: some Collection<Double>, link: ScoreLink = .identity
  ) {
    add(
      Predictions(
        ClassificationTask.layout(classes: scores.count, link), folds: [fold], indices: [index],
        targets: [Float(label)], answers: [predicted], outputs: Array(scores)), split: split)
  }

  package mutating func add(
    split: String, fold: Int, index: Int, label: Int, predicted: Int,
    probabilities: some Collection<Float>
  ) {
    add(
      split: split, fold: fold, index: index, label: label, predicted: predicted,
      scores: probabilities.map(Double.init))
  }
}

extension MetricSet {
  /// Metrics of classes.
  package init(_ components: [ResolvedComponent], classes: Int = 3) throws {
    try self.init(components, task: ClassificationTask(classes: classes))
  }

  package func values(_ predictions: PooledPredictions) -> [MetricValue] {
    values(of: ClassSample(predictions))
  }

  package func intervals(
    _ predictions: PooledPredictions, resamples: Int = Bootstrap.standardResamples
  ) -> [String: Interval] {
    intervals(of: ClassSample(predictions), resamples: resamples)
  }

  package func perClass(
    _ predictions: PooledPredictions
  ) -> [(name: String, scores: [Double?])] {
    metrics.compactMap { metric in
      metric.parts(of: ClassSample(predictions)).map { (type(of: metric).schema.name, $0) }
    }
  }
}
