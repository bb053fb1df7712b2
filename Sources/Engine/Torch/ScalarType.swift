internal import CTorch

/// The type of a tensor's elements.
package enum ScalarType: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case float32, float64, float16, bfloat16, int64, int32, uint8, bool
  /// A type that this module cannot make, move or read.
  case other

  /// The name, as in PyTorch.
  package var description: String { rawValue }

  /// The bytes an element takes; 0 for `other`.
  package var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8, .bool: 1
    case .other: 0
    }
  }

  var code: ct_dtype {
    switch self {
    case .float32: CT_FLOAT32
    case .float64: CT_FLOAT64
    case .float16: CT_FLOAT16
    case .bfloat16: CT_BFLOAT16
    case .int64: CT_INT64
    case .int32: CT_INT32
    case .uint8: CT_UINT8
    case .bool: CT_BOOL
    case .other: CT_OTHER_DTYPE
    }
  }

  init(_ code: ct_dtype) { self = Self.allCases.first { $0.code == code } ?? .other }
}

/// A Swift type that tensors are made from and read into.
package protocol TensorElement: BitwiseCopyable, Sendable {
  /// The element type that has the same bytes.
  static var scalarType: ScalarType { get }
  /// What fills an array before the elements are read.
  static var zero: Self { get }
}

extension Float: TensorElement {
  /// float32
  package static var scalarType: ScalarType { .float32 }
}

extension Double: TensorElement {
  /// float64
  package static var scalarType: ScalarType { .float64 }
}

extension Int64: TensorElement {
  /// int64
  package static var scalarType: ScalarType { .int64 }
}

extension Int: TensorElement {
  /// int64: the machines that LibTorch runs on have 64 bits.
  package static var scalarType: ScalarType { .int64 }
}

extension Int32: TensorElement {
  /// int32
  package static var scalarType: ScalarType { .int32 }
}

extension UInt8: TensorElement {
  /// uint8
  package static var scalarType: ScalarType { .uint8 }
}

/// How the elements of a four-dimensional tensor lie in memory.
package enum MemoryFormat: Hashable, Sendable {
  /// Row-major order: [N, C, H, W] as written.
  case contiguous
  /// [N, C, H, W] in the order [N, H, W, C], in which convolutions on the CPU are often faster.
  case channelsLast

  var code: ct_memory_format {
    switch self {
    case .contiguous: CT_CONTIGUOUS
    case .channelsLast: CT_CHANNELS_LAST
    }
  }
}
