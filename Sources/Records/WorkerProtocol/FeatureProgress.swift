/// Progress of the pass through the frozen layers.
package struct FeatureProgress: Codable, Sendable {
  /// The number of examples whose features are available.
  package var done: Int
  package var total: Int
  /// The number of examples computed by this process; the rest came from the cache.
  package var computed: Int
  package var seconds: Double

  package init(done: Int, total: Int, computed: Int, seconds: Double) {
    self.done = done
    self.total = total
    self.computed = computed
    self.seconds = seconds
  }
}
