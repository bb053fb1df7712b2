import ExperimentConfig
import Tasks

extension SegmentationTask {
  /// A paired bootstrap of the scores over images: pixels of one image are not independent of each other.
  package func pairedTests(_ pairs: PairedPredictions) -> [PairedTest] {
    let haveBorders = pairs.a.borders != nil && pairs.b.borders != nil
    let metrics = Self.metrics.filter { haveBorders || $0 != BoundaryF1.self }
    return bootstrap(pairs, metrics.compactMap { try? $0.init(.none) }, tested: [primary, "dice"])
  }

  /// The losses of pixels are not recorded.
  package func exampleLosses(_ predictions: Predictions) -> [[Double]] { [] }
}
