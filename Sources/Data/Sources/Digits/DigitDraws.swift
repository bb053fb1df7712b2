import Randomness

/// The random numbers for one image, drawn in sequence from the image's own stream.
///
/// All operations on them are exact under IEEE 754, so every machine draws the same image.
struct DigitDraws {
  private let stream: RandomStream
  private var words = SIMD4<UInt32>()
  private var position = 0

  /// Draws from `stream`, starting at its first word.
  init(_ stream: RandomStream) { self.stream = stream }

  /// A uniform number in [0, 1).
  mutating func unit() -> Float {
    if position & 3 == 0 { words = stream.block(position >> 2) }
    defer { position += 1 }
    return RandomStream.unit(words[position & 3])
  }

  /// A uniform number in [`low`, `high`).
  mutating func within(_ low: Float, _ high: Float) -> Float { low + (high - low) * unit() }

  /// A number from a bell-shaped distribution with mean 0 and standard deviation `deviation`, cut off at 3
  /// deviations.
  mutating func bell(_ deviation: Float) -> Float {
    let a = unit()
    let b = unit()
    let c = unit()
    return (a + b + c - 1.5) * 2 * deviation
  }

  /// True with probability `probability`.
  mutating func chance(_ probability: Float) -> Bool { unit() < probability }
}

/// Trigonometry with +, - and * only, because C libraries differ between machines.
package enum DigitMath {
  /// The sine of `turns` full turns, accurate to about 4e-6.
  package static func sine(_ turns: Float) -> Float {
    let wrapped = turns - turns.rounded(.down)
    let signed = wrapped < 0.5 ? wrapped : wrapped - 1
    let size = abs(signed)
    let x = (size > 0.25 ? 0.5 - size : size) * 6.283_185_5
    let square = x * x
    let tail = 1 - square / 42 * (1 - square / 72)
    let value = x * (1 - square / 6 * (1 - square / 20 * tail))
    return signed < 0 ? -value : value
  }

  /// The cosine of `turns` full turns.
  package static func cosine(_ turns: Float) -> Float { sine(turns + 0.25) }

  /// The length of `vector`.
  static func length(_ vector: SIMD2<Float>) -> Float {
    (vector.x * vector.x + vector.y * vector.y).squareRoot()
  }
}
