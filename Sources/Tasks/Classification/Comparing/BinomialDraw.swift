import Glibc
import Randomness

/// Draws binomially distributed numbers from a random stream.
package struct BinomialDraw {
  private let stream: RandomStream
  private var position = 0

  package init(_ stream: RandomStream) { self.stream = stream }

  /// A uniform number in (0, 1).
  private mutating func uniform() -> Double {
    defer { position += 1 }
    return (Double(stream.word64(position) >> 11) + 0.5) * 0x1p-53
  }

  /// The number of successes in `count` trials with the given probability.
  package mutating func draw(_ count: Int, _ probability: Double) -> Int {
    if count <= 0 || probability <= 0 { return 0 }
    if probability >= 1 { return count }
    if probability > 0.5 { return count - draw(count, 1 - probability) }
    return Double(count) * probability < 10
      ? rare(count, probability) : rejected(count, probability)
  }

  /// Sums the geometrically distributed gaps between successes.
  private mutating func rare(_ count: Int, _ probability: Double) -> Int {
    let scale = log1p(-probability)
    var place = 0.0
    var successes = 0
    while true {
      place += (log(uniform()) / scale).rounded(.up)
      if place > Double(count) { return successes }
      successes += 1
    }
  }

  /// Rejection sampling. Source: BTRS in Hörmann, "The generation of binomial random variates", J.
  /// Stat. Comput. Simul. 46 (1993).
  private mutating func rejected(_ count: Int, _ probability: Double) -> Int {
    let n = Double(count)
    let deviation = (n * probability * (1 - probability)).squareRoot()
    let b = 1.15 + 2.53 * deviation
    let a = -0.0873 + 0.0248 * b + 0.01 * probability
    let centre = n * probability + 0.5
    let quick = 0.92 - 4.2 / b
    let odds = probability / (1 - probability)
    let alpha = (2.83 + 5.1 / b) * deviation
    let mode = ((n + 1) * probability).rounded(.down)
    while true {
      let u = uniform() - 0.5
      var v = uniform()
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + centre).rounded(.down)
      if us >= 0.07, v <= quick { return Int(k) }
      if k < 0 || k > n { continue }
      v = log(v * alpha / (a / (us * us) + b))
      let bound =
        (mode + 0.5) * log((mode + 1) / (odds * (n - mode + 1)))
        + (n + 1) * log((n - mode + 1) / (n - k + 1))
        + (k + 0.5) * log(odds * (n - k + 1) / (k + 1)) + Self.tail(mode) + Self.tail(n - mode)
        - Self.tail(k) - Self.tail(n - k)
      if v <= bound { return Int(k) }
    }
  }

  /// The error term of Stirling's approximation of ln k!.
  private static func tail(_ k: Double) -> Double {
    if k <= 9 { return lgamma(k + 1) - (k + 0.5) * log(k + 1) + (k + 1) - 0.5 * log(2 * .pi) }
    let square = (k + 1) * (k + 1)
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1)
  }
}
