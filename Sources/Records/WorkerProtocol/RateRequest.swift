import RunRecord

/// Asks for a learning-rate range test of a prepared run. The worker writes nothing but what preparing a
/// training writes into its directory.
package struct RateRequest: Codable, Sendable {
  private let location: RunLocation
  package let range: RateRange

  package init(_ run: RunDirectory, _ range: RateRange) {
    location = RunLocation(run)
    self.range = range
  }

  package var run: RunDirectory { location.run }
}
