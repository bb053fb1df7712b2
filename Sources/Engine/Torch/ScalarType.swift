internal import CTorch

/// The type of a tensor's elements.
package enum ScalarType: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case float32, float64, float16, bfloat16, int64, int32, uint8, bool
  /// A type that this module does not support.
  case other

  /// PyTorch's name of the type.
  package var description: String { rawValue }

  /// The size of an element in bytes; 0 for `other`.
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

/// A Swift type that tensors can be created from and copied to.
package protocol TensorElement: BitwiseCopyable, Sendable {
  /// The corresponding element type.
  static var scalarType: ScalarType { get }
  /// The value that fills an array before elements are copied into it.
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
  /// int64: LibTorch only runs on 64-bit machines.
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

/// The memory format of a four-dimensional tensor.
package enum MemoryFormat: Hashable, Sendable {
  /// Row-major order: [N, C, H, W].
  case contiguous
  /// [N, C, H, W] stored in the order [N, H, W, C], which often makes convolutions on the CPU faster.
  case channelsLast

  var code: ct_memory_format {
    switch self {
    case .contiguous: CT_CONTIGUOUS
    case .channelsLast: CT_CHANNELS_LAST
    }
  }
}
