/// Why a data set cannot be divided as asked, in words for the person who asked.
package struct SamplingError: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String

  package init(reason: String) { self.reason = reason }

  package var description: String { reason }
}
