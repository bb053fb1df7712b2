/// The numbers of `Tests/Fixtures/models/formula.py`: functions of a name and a position, so that no large file of
/// weights is needed. A target of its own because it is optimised, which the code of tests is not.
package enum MadeWeights {
  /// The values of a parameter or buffer.
  ///
  /// - Parameters:
  ///   - name: its name in the state dict.
  ///   - shape: its shape; not that of a counter.
  package static func values(_ name: String, _ shape: [Int]) -> [Float] {
    let count = shape.reduce(1, *)
    let scale = Scale(name, shape)
    let start = start(name)
    return [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      for index in 0..<count { buffer[index] = scale.value(uniform(start, index)) }
      filled = count
    }
  }

  /// Pixels from -1 to 1.
  package static func images(_ count: Int) -> [Float] {
    let start = start("images")
    return (0..<count).map { Float(2 * uniform(start, $0) - 1) }
  }

  /// Numbers in [0, 1).
  package static func uniforms(_ name: String, _ count: Int) -> [Double] {
    let start = start(name)
    return (0..<count).map { uniform(start, $0) }
  }

  /// What a step did to a parameter, as one number: the difference from ``values(_:_:)`` times a fixed direction
  /// of length about 1.
  package static func projection(_ name: String, _ shape: [Int], after: [Float]) -> Double {
    let scale = Scale(name, shape)
    let (start, direction) = (start(name), self.start("step " + name))
    var sum = 0.0
    for index in after.indices {
      let before = scale.value(uniform(start, index))
      sum += (Double(after[index]) - Double(before)) * (2 * uniform(direction, index) - 1)
    }
    return sum * (3.0 / Double(after.count)).squareRoot()
  }

  /// How numbers from [0, 1) become the values of a tensor.
  private struct Scale {
    private var factor: Double
    private var offset: Double
    private var isCentred = false

    init(_ name: String, _ shape: [Int]) {
      if name.hasSuffix("running_var") || (shape.count == 1 && name.hasSuffix("weight")) {
        (factor, offset) = (1, 0.5)
      } else if shape.count == 1 {
        (factor, offset) = (0.2, -0.1)
      } else {
        factor = (3.0 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
        (offset, isCentred) = (0, true)
      }
    }

    @inline(__always) func value(_ drawn: Double) -> Float {
      isCentred ? Float((2 * drawn - 1) * factor) : Float(factor * drawn + offset)
    }
  }

  private static func start(_ name: String) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return UInt32(truncatingIfNeeded: hash)
  }

  /// A number in [0, 1) with 24 bits.
  @inline(__always) private static func uniform(_ start: UInt32, _ index: Int) -> Double {
    var word = UInt32(truncatingIfNeeded: index) &* 0x9E37_79B1 &+ start
    word = (word ^ (word >> 16)) &* 0x85EB_CA6B
    word = (word ^ (word >> 13)) &* 0xC2B2_AE35
    word ^= word >> 16
    return Double(word >> 8) * 0x1p-24
  }
}
