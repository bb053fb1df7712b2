import CKernels
import Glibc

/// The purpose of a random stream. Purposes never share numbers, so adding dropout to a model does
/// not change its initial weights or its data order.
package enum StreamPurpose: UInt32, Sendable, CaseIterable {
  case split = 1
  case initialization = 2
  case shuffle = 3
  case dropout = 4
  case augment = 5
  /// Generates the `digits` data set, with a fixed seed.
  case digits = 6
  /// Draws the examples of a resample, with a fixed seed.
  case bootstrap = 7
  /// Draws the values of a sweep's trials, with the sweep's seed.
  case sweep = 8
  /// Selects the training examples that are evaluated again at the end.
  case trainSample = 9
  /// Which examples an epoch sees, if a sampler draws them with replacement.
  case sampler = 10
  /// How the examples of a batch are mixed: by mixup or cutmix, by how much, and where.
  case mixing = 11
  /// The start of the search for principal components, with a fixed seed.
  case embedding = 12
  /// Permutes a column of a table to measure how much a model needs it, with a fixed seed.
  case permutation = 13
}

/// An endless sequence of random words that is a pure function of its coordinates (law 1 of the
/// contract): no result depends on earlier draws.
package struct RandomStream: Sendable {
  /// The Philox key, with which another implementation can reproduce the words.
  package let key: SIMD2<UInt32>

  /// The stream at (`seed`, `purpose`, `fold`, `epoch`, `step`, `unit`).
  ///
  /// `step` is a step or a sample index, depending on the purpose; `unit` distinguishes several
  /// users within one step, such as the dropout layers of a model.
  package init(
    seed: UInt64, purpose: StreamPurpose, fold: Int = 0, epoch: Int = 0, step: Int = 0,
    unit: UInt64 = 0
  ) {
    let seedKey = SIMD2(
      UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    let place = Philox.block(
      counter: SIMD4(
        purpose.rawValue, UInt32(truncatingIfNeeded: fold), UInt32(truncatingIfNeeded: epoch),
        UInt32(truncatingIfNeeded: step)),
      key: seedKey)
    let unitPlace = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: unit), UInt32(truncatingIfNeeded: unit >> 32),
        UInt32(truncatingIfNeeded: step >> 32), place.z),
      key: SIMD2(place.x, place.y))
    key = SIMD2(unitPlace.x, unitPlace.y)
  }

  /// Four words of 32 random bits: those at positions `4 * index` to `4 * index + 3`.
  @inlinable
  package func block(_ index: Int) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), 0, 0),
      key: key)
  }

  /// The word at `position`.
  package func word(_ position: Int) -> UInt32 { block(position >> 2)[position & 3] }

  /// 64 random bits: the words at positions `2 * position` and `2 * position + 1`.
  package func word64(_ position: Int) -> UInt64 {
    let words = block(position >> 1)
    let first = (position & 1) * 2
    return UInt64(words[first]) | UInt64(words[first + 1]) << 32
  }

  /// A number in [0, 1) with 24 random bits.
  package func uniform(_ position: Int) -> Float { Self.unit(word(position)) }

  /// A number in [0, 1) with 53 random bits, from the same position as `word64`.
  package func uniform64(_ position: Int) -> Double {
    Double(word64(position) >> 11) * 0x1p-53
  }

  /// An integer in 0..<`bound`. The bias is below `bound` / 2⁶⁴.
  package func integer(below bound: Int, at position: Int) -> Int {
    Int(word64(position).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Fills `buffer` with the ``integer(below:at:)`` of each position, with the number of positions as the bound:
  /// the draws of a resample with replacement.
  ///
  /// - Precondition: the buffer holds fewer than 2³² numbers.
  package func fill(draws buffer: UnsafeMutableBufferPointer<UInt32>) {
    let bound = UInt64(UInt32(buffer.count))
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * buffer.count) { words in
      fill(words: words)
      // The upper half of the product of the bound and the word of 64 bits.
      for position in buffer.indices {
        let low = UInt64(words[2 * position]) &* bound
        let high = UInt64(words[2 * position + 1]) &* bound
        buffer[position] = UInt32(truncatingIfNeeded: ((low >> 32) &+ high) >> 32)
      }
    }
  }

  /// Fills `buffer` with the words at positions 0, 1, 2, …
  private func fill(words buffer: UnsafeMutableBufferPointer<UInt32>) {
    guard let start = buffer.baseAddress, !buffer.isEmpty else { return }
    withUnsafePointer(to: key) { key in
      key.withMemoryRebound(to: UInt32.self, capacity: 2) {
        ck_best().pointee.philox($0, start, buffer.count)
      }
    }
  }

  /// Maps 32 random bits to [0, 1) by their upper 24.
  @inlinable
  package static func unit(_ word: UInt32) -> Float { Float(word >> 8) * 0x1p-24 }

  /// Fills `buffer` with the uniforms in [0, 1) at positions 0, 1, 2, …
  package func fill(uniforms buffer: UnsafeMutableBufferPointer<Float>) {
    let whole = buffer.count / 4
    for index in 0..<whole {
      let words = block(index)
      buffer[4 * index] = Self.unit(words.x)
      buffer[4 * index + 1] = Self.unit(words.y)
      buffer[4 * index + 2] = Self.unit(words.z)
      buffer[4 * index + 3] = Self.unit(words.w)
    }
    for position in (4 * whole)..<buffer.count { buffer[position] = uniform(position) }
  }

  /// Fills `buffer` with numbers in [-`bound`, `bound`).
  package func fill(symmetricUniforms buffer: UnsafeMutableBufferPointer<Float>, bound: Float) {
    fill(uniforms: buffer)
    for position in buffer.indices { buffer[position] = (2 * buffer[position] - 1) * bound }
  }

  /// Fills `buffer` with 0 with probability `p` and 1 / (1 - `p`) otherwise: a dropout mask.
  package func fill(dropoutMask buffer: UnsafeMutableBufferPointer<Float>, p: Float) {
    fill(uniforms: buffer)
    let scale = Self.dropoutScale(p: p)
    for position in buffer.indices { buffer[position] = buffer[position] < p ? 0 : scale }
  }

  /// What a dropout mask with probability `p` holds where nothing is dropped.
  package static func dropoutScale(p: Float) -> Float { p < 1 ? 1 / (1 - p) : 0 }

  /// A word drops its value if its upper 24 bits are below this number.
  package static func dropoutThreshold(p: Float) -> UInt32 { UInt32((p * 0x1p24).rounded(.up)) }

  /// Fills `buffer` with standard normal numbers, by the Box-Muller transform: the words at 2 i and
  /// 2 i + 1 yield the numbers at 2 i and 2 i + 1. The largest possible magnitude is 6.67.
  ///
  /// They are computed in double precision and rounded, so that math libraries that differ in the
  /// last bit agree on all but about one float in some hundred million.
  package func fill(normals buffer: UnsafeMutableBufferPointer<Float>) {
    var index = 0
    var first = 0
    while first < buffer.count {
      let words = block(index)
      for half in 0..<2 where first + 2 * half < buffer.count {
        let place = first + 2 * half
        // In (0, 1], for the logarithm.
        let radius = (-2 * log((Double(words[2 * half]) + 1) * 0x1p-32)).squareRoot()
        let angle = 2 * Double.pi * (Double(words[2 * half + 1]) * 0x1p-32)
        buffer[place] = Float(radius * cos(angle))
        if place + 1 < buffer.count { buffer[place + 1] = Float(radius * sin(angle)) }
      }
      index += 1
      first += 4
    }
  }

  /// A random permutation of 0..<`count` (Fisher-Yates).
  package func permutation(_ count: Int) -> [Int] {
    var items = Array(0..<count)
    shuffle(&items)
    return items
  }

  /// Shuffles `items` in place (Fisher-Yates).
  package func shuffle<Item>(_ items: inout [Item]) {
    guard items.count > 1 else { return }
    for last in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(last, integer(below: last + 1, at: last))
    }
  }
}
