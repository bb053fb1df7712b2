/// Why a data set cannot be split as requested, worded for users.
package struct SamplingError: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String

  package init(reason: String) { self.reason = reason }

  package var description: String { reason }
}
