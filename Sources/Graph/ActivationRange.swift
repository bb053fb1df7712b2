/// The smallest and the largest number that a quantised value represents.
package struct ActivationRange: Codable, Hashable, Sendable {
  package var lower: Float
  package var upper: Float

  package init(lower: Float, upper: Float) {
    (self.lower, self.upper) = (lower, upper)
  }
}
