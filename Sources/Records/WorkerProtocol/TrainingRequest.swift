import RunRecord

/// Asks to train the experiment in a run directory, from its newest checkpoint if it has one.
package struct TrainingRequest: Codable, Sendable {
  private let location: RunLocation
  /// The epoch after which training stops, to be resumed later; `nil` to train to the end.
  package let untilEpoch: Int?

  /// - Parameter run: the run, or one of its folds or seeds.
  package init(_ run: RunDirectory, untilEpoch: Int? = nil) {
    location = RunLocation(run)
    self.untilEpoch = untilEpoch
  }

  /// The run, or one of its folds or seeds.
  package var run: RunDirectory { location.run }
}
