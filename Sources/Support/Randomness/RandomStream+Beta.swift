import Glibc

extension RandomStream {
  /// A number in [0, 1] from the beta distribution with both parameters `alpha`, above 0: the share of one of
  /// two gamma variables in their sum.
  ///
  /// Each gamma variable is drawn by Marsaglia and Tsang's method ("A simple method for generating gamma
  /// variables", 2000); below 1, a variable of `alpha` + 1 times u^(1/alpha). Every attempt takes one block of
  /// the stream: a normal number from its first two words, as ``fill(normals:)`` makes them, and a uniform one
  /// from the others. The factor u takes one block more. All is computed in logarithms, so that a small `alpha`
  /// gives numbers close to 0 and 1 and not 0 / 0.
  package func beta(_ alpha: Double) -> Double {
    var position = 0
    let first = logarithmOfGamma(alpha, from: &position)
    let second = logarithmOfGamma(alpha, from: &position)
    return 1 / (1 + exp(second - first))
  }

  /// - Parameter position: of the next unused block.
  private func logarithmOfGamma(_ shape: Double, from position: inout Int) -> Double {
    let d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    var value = 0.0
    while true {
      let words = block(position)
      position += 1
      let radius = (-2 * log((Double(words.x) + 1) * 0x1p-32)).squareRoot()
      let normal = radius * cos(2 * Double.pi * (Double(words.y) * 0x1p-32))
      let root = 1 + c * normal
      if root <= 0 { continue }
      let v = root * root * root
      let bound = 0.5 * normal * normal + d - d * v + d * log(v)
      if log(Self.positiveUniform(words.z, words.w)) < bound {
        value = log(d * v)
        break
      }
    }
    if shape < 1 {
      let words = block(position)
      position += 1
      value += log(Self.positiveUniform(words.x, words.y)) / shape
    }
    return value
  }

  /// A number in (0, 1] with 53 random bits.
  private static func positiveUniform(_ low: UInt32, _ high: UInt32) -> Double {
    (Double((UInt64(low) | UInt64(high) << 32) >> 11) + 1) * 0x1p-53
  }
}
