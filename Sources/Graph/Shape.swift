/// The size of one example's tensor, without the batch dimension.
package struct Shape: Hashable, Sendable, CustomStringConvertible, ExpressibleByArrayLiteral {
  package var dims: [Int]

  package init(_ dims: [Int]) { self.dims = dims }
  package init(arrayLiteral elements: Int...) { dims = elements }

  package var rank: Int { dims.count }
  /// The number of values in one example, saturating at the largest integer.
  package var count: Int { dims.reduce(1) { Saturating.multiply($0, $1) } }

  /// The shape with the batch dimension in PyTorch's notation: `[N, 1, 28, 28]`.
  package var description: String {
    "[" + (["N"] + dims.map(String.init)).joined(separator: ", ") + "]"
  }
}

/// Arithmetic that saturates at the largest integer instead of trapping, because sizes come from users.
package enum Saturating {
  package static func multiply(_ left: Int, _ right: Int) -> Int {
    let (value, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? .max : value
  }

  package static func add(_ left: Int, _ right: Int) -> Int {
    let (value, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : value
  }

  package static func product(_ values: Int...) -> Int { values.reduce(1, multiply) }
}
