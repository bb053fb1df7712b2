/// The type of a value in an ONNX graph.
package struct ONNXType: Sendable, Equatable, CustomStringConvertible {
  /// By ONNX's numbers.
  package enum Element: Int, Sendable {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case int32 = 6
    case int64 = 7
    /// Never of constants.
    case string = 8
    case bool = 9
    case double = 11

    /// Bytes of a value; 0 for texts.
    package var size: Int {
      switch self {
      case .string: 0
      case .uint8, .int8, .bool: 1
      case .float, .int32: 4
      case .int64, .double: 8
      }
    }
  }

  package enum Dimension: Sendable, Equatable, CustomStringConvertible {
    case fixed(Int)
    /// Known when the model runs, such as `batch`.
    case named(String)

    package var size: Int? { if case .fixed(let size) = self { size } else { nil } }

    package var description: String {
      switch self {
      case .fixed(let size): String(size)
      case .named(let name): name
      }
    }
  }

  package var element: Element
  package var shape: [Dimension]

  package init(_ element: Element, _ shape: [Dimension]) {
    self.element = element
    self.shape = shape
  }

  package init(_ element: Element, fixed shape: [Int]) {
    self.init(element, shape.map { .fixed($0) })
  }

  /// Examples of a shape, as many as there are in a batch.
  package init(_ element: Element, batchOf shape: [Int]) {
    self.init(element, [.batch] + shape.map { .fixed($0) })
  }

  package var rank: Int { shape.count }

  /// The sizes; `nil` if one is not fixed.
  package var sizes: [Int]? {
    let sizes = shape.compactMap(\.size)
    return sizes.count == rank ? sizes : nil
  }

  /// `float[batch, 3, 224, 224]`.
  package var description: String {
    "\(element)[" + shape.map(\.description).joined(separator: ", ") + "]"
  }
}

extension ONNXType.Dimension {
  /// The number of examples.
  package static let batch = ONNXType.Dimension.named("batch")
}

/// A graph that ONNX does not allow, which is a fault of this program when it writes one.
package struct ONNXFault: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
