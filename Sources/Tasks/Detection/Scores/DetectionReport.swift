import BoxAnnotations
import Tasks

/// The scores of a file of detections.
package struct DetectionReport: Sendable {
  package let annotations: BoxAnnotations
  package let detections: Detections
  package let matches: DetectionMatches
  package let scores: CocoScores
  package let intervals: CocoIntervals
  /// `nil` if they were not asked for.
  package let voc: VOCScores?

  package init(
    _ detections: Detections, _ annotations: BoxAnnotations, rules: CocoRules = CocoRules(),
    withVOC: Bool = false, resamples: Int = Bootstrap.standardResamples
  ) {
    self.annotations = annotations
    self.detections = detections
    matches = DetectionMatches(detections.boxes, to: annotations, rules: rules)
    scores = CocoScores(matches)
    intervals = CocoIntervals(matches, scores, resamples: resamples)
    voc = withVOC ? VOCScores(detections.boxes, annotations) : nil
  }

  /// Whether the other report is of the same detections, whatever their file.
  package func hasSameDetections(as other: DetectionReport) -> Bool {
    detections.boxes == other.detections.boxes
  }

  /// How this model, A, differs from another, B, on the same annotations.
  package func difference(
    from other: DetectionReport, resamples: Int = CocoDifference.resamples
  ) -> CocoDifference {
    CocoDifference(
      matches, other.matches, isSame: hasSameDetections(as: other), resamples: resamples)
  }

  /// Images without any annotation, crowds included.
  package var imagesWithoutBoxes: Int {
    annotations.images.count - Set(annotations.boxes.map(\.image)).count
  }

  /// Categories of which no box has to be found, which the averages leave out.
  package var categoriesWithoutBoxes: [BoxCategory] {
    zip(annotations.categories, matches.categories).filter { $1.boxCount == 0 }.map(\.0)
  }
}
