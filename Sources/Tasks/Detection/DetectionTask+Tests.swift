import ExperimentConfig
import Tasks

extension DetectionTask {
  /// A paired bootstrap over images: boxes of one image are not independent of each other.
  package func pairedTests(_ pairs: PairedPredictions) -> [PairedTest] {
    let metrics: [any Metric.Type] = [
      MeanAveragePrecision.self, MeanAveragePrecision50.self, MeanAveragePrecision75.self,
      MeanAverageRecall100.self,
    ]
    return bootstrap(
      pairs, metrics.compactMap { try? $0.init(.none) }, tested: [primary, "map_50"])
  }

  /// The losses of images are not recorded.
  package func exampleLosses(_ predictions: Predictions) -> [[Double]] { [] }
}
