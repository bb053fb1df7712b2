import Diagnostics

/// What the loss of an output is multiplied by in the sum that training minimises, as `outputs: {NODE: WEIGHT}`
/// says.
package struct OutputWeight: Sendable {
  package let node: ModelNode.Reference
  /// Not negative.
  package let weight: Double

  /// One weight for each output, in order; empty if the outputs have none.
  static func all(_ value: Resolved?) throws -> [OutputWeight] {
    guard let value, case .record(let weights) = value.content else { return [] }
    return try weights.compactMap { name, value in
      guard let range = value.range else { return nil }
      return OutputWeight(
        node: ModelNode.Reference(name: name, range: range), weight: try value.number())
    }
  }
}
