/// Images of one type, stored one after the other.
package struct ImageBatch: Sendable, Equatable {
  /// The values, row-major [count, channels, height, width].
  package enum Storage: Sendable, Equatable {
    case bytes([UInt8])
    case floats([Float])
  }

  package let type: ImageType
  package let count: Int
  package let storage: Storage

  /// - Precondition: `storage` holds exactly `count` images of `type`.
  package init(type: ImageType, count: Int, storage: Storage) {
    let (values, isFloat) =
      switch storage {
      case .bytes(let values): (values.count, false)
      case .floats(let values): (values.count, true)
      }
    precondition(values == count * type.elementCount && isFloat == type.isFloat)
    self.type = type
    self.count = count
    self.storage = storage
  }

  /// The bytes; empty for floats.
  package var bytes: [UInt8] { if case .bytes(let values) = storage { values } else { [] } }

  /// The floats; empty for bytes.
  package var floats: [Float] { if case .floats(let values) = storage { values } else { [] } }

  func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    switch storage {
    case .bytes(let values): try values.withUnsafeBytes(body)
    case .floats(let values): try values.withUnsafeBytes(body)
    }
  }

  /// A batch of `count` images; `fill` has to write all values.
  static func make(
    _ type: ImageType, count: Int, fill: (UnsafeMutableRawPointer) -> Void
  ) -> ImageBatch {
    let size = count * type.elementCount
    func array<Element>(of _: Element.Type) -> [Element] {
      Array(unsafeUninitializedCapacity: size) { buffer, initialized in
        if let base = buffer.baseAddress, size > 0 { fill(UnsafeMutableRawPointer(base)) }
        initialized = size
      }
    }
    let storage: Storage =
      type.isFloat ? .floats(array(of: Float.self)) : .bytes(array(of: UInt8.self))
    return ImageBatch(type: type, count: count, storage: storage)
  }
}
