/// The signs of a descriptor's values: pictures that look alike differ in few of them.
struct PerceptualHash: Hashable, Sendable {
  private(set) var words = SIMD2<UInt64>()

  /// - Parameter descriptor: ``PictureDescriptor/count`` values.
  init(_ descriptor: UnsafePointer<Float>) {
    for place in 1..<PictureDescriptor.count where descriptor[place] > 0 {
      words[place >> 6] |= 1 << UInt64(place & 63)
    }
  }

  /// How many signs differ.
  func distance(_ other: PerceptualHash) -> Int {
    let different = words ^ other.words
    return different.x.nonzeroBitCount + different.y.nonzeroBitCount
  }
}

/// Pictures by parts of their perceptual hash: those that share one of eight parts are found without
/// comparing with all.
struct HashIndex {
  /// The hashes are cut into this many keys, which overlap.
  static let tables = 8
  /// Signs of low frequencies that the keys are made of; a prime number, so that each key takes different ones.
  private static let low = 47
  private static let strides = [1, 2, 3, 5, 7, 11, 13, 17]

  /// Signs in a key.
  private let width: Int
  /// For each table the places in the descriptor that its key is made of.
  private let places: [[Int]]
  /// For each table and key, where its pictures begin in ``members``.
  private var starts: [[Int32]] = []
  private var members: [[Int32]] = []

  /// - Parameter descriptors: of the pictures, one after the other.
  /// - Parameter rows: the pictures to be found.
  init(_ descriptors: [Float], rows: [Int]) {
    let width = min(22, max(8, Int.bitWidth - rows.count.leadingZeroBitCount))
    self.width = width
    places = Self.strides.enumerated().map { table, stride in
      (0..<width).map { PictureDescriptor.ascending[(table * 6 + $0 * stride) % Self.low] }
    }
    descriptors.withUnsafeBufferPointer { buffer in
      for table in 0..<Self.tables {
        let keys = rows.map { key(buffer.baseAddress! + $0 * PictureDescriptor.count, table) }
        var starts = [Int32](repeating: 0, count: 1 << width + 1)
        for key in keys { starts[key + 1] += 1 }
        for key in 1..<starts.count { starts[key] += starts[key - 1] }
        var next = starts
        var members = [Int32](repeating: 0, count: rows.count)
        for (row, key) in zip(rows, keys) {
          members[Int(next[key])] = Int32(row)
          next[key] += 1
        }
        self.starts.append(starts)
        self.members.append(members)
      }
    }
  }

  private func key(_ descriptor: UnsafePointer<Float>, _ table: Int) -> Int {
    var key = 0
    for (bit, place) in places[table].enumerated() where descriptor[place] > 0 { key |= 1 << bit }
    return key
  }

  /// Calls `body` with the pictures that share a key with `descriptor`, or would if up to three of its least
  /// certain signs were different. A picture may come more than once.
  ///
  /// - Parameter limit: how many may be looked at; what was looked at is subtracted.
  func visit(
    _ descriptor: UnsafePointer<Float>, limit: inout Int, _ body: (Int) -> Void
  ) {
    for table in 0..<Self.tables {
      var key = 0
      // The three smallest magnitudes, ascending.
      var (a, b, c) = (Float.infinity, Float.infinity, Float.infinity)
      var (aBit, bBit, cBit) = (0, 0, 0)
      places[table].withUnsafeBufferPointer { places in
        for bit in 0..<width {
          let value = descriptor[places[bit]]
          if value > 0 { key |= 1 << bit }
          let magnitude = abs(value)
          if magnitude < c {
            if magnitude < a {
              (c, cBit, b, bBit, a, aBit) = (b, bBit, a, aBit, magnitude, bit)
            } else if magnitude < b {
              (c, cBit, b, bBit) = (b, bBit, magnitude, bit)
            } else {
              (c, cBit) = (magnitude, bit)
            }
          }
        }
      }
      for probe in 0..<8 {
        let other =
          key ^ ((probe & 1) << aBit) ^ ((probe >> 1 & 1) << bBit) ^ ((probe >> 2 & 1) << cBit)
        let (start, end) = (Int(starts[table][other]), Int(starts[table][other + 1]))
        if start == end { continue }
        limit -= end - start
        if limit < 0 { return }
        members[table].withUnsafeBufferPointer { members in
          for place in start..<end { body(Int(members[place])) }
        }
      }
    }
  }
}
