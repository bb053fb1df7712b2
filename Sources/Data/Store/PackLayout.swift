import DataSchema

/// Where things lie in a pack: a header, a state for each example, then the pixels of each example, whose size
/// is known beforehand.
struct PackLayout: Sendable, Equatable {
  /// Bytes before the states.
  static let headerBytes = 4096
  /// Bytes of a state: a checksum, and whether the example has been written.
  static let stateBytes = 8

  let count: Int
  private let places: Places

  /// Where the pixels of the examples lie.
  private enum Places: Equatable {
    /// All examples are of one size; the first begins at `start`.
    case uniform(start: Int, bytes: Int)
    /// Where each example begins, and the end.
    case mixed([Int])
  }

  /// - Parameter sizes: of each example as it is stored.
  init(sizes: [ImageSize]) {
    count = sizes.count
    let start = Self.start(count)
    if let first = sizes.first, sizes.allSatisfy({ $0 == first }) {
      places = .uniform(start: start, bytes: first.count)
    } else {
      var offsets = [start]
      offsets.reserveCapacity(count + 1)
      for size in sizes { offsets.append(offsets[offsets.count - 1] + size.count) }
      places = .mixed(offsets)
    }
  }

  private static func start(_ count: Int) -> Int {
    let end = headerBytes + count * stateBytes
    return (end + 4095) / 4096 * 4096
  }

  /// Bytes of the whole file.
  var fileBytes: Int {
    switch places {
    case .uniform(let start, let bytes): start + count * bytes
    case .mixed(let offsets): offsets[offsets.count - 1]
    }
  }

  /// Where the pixels of an example lie.
  func range(_ index: Int) -> Range<Int> {
    switch places {
    case .uniform(let start, let bytes):
      (start + index * bytes)..<(start + (index + 1) * bytes)
    case .mixed(let offsets): offsets[index]..<offsets[index + 1]
    }
  }

  /// Where the state of an example lies.
  func stateOffset(_ index: Int) -> Int { Self.headerBytes + index * Self.stateBytes }
}
