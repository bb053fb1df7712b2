#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ElementwiseUpdate {
  /// Adds the weights to the gradient: weight decay as an L2 penalty.
  func penalty(_ weightDecay: Double) -> [ElementwiseOperation] {
    weightDecay == 0 ? [] : [.add(.parameter, times: weightDecay, to: .gradient)]
  }

  /// Shrinks the weights: decoupled weight decay.
  func shrinking(_ weightDecay: Double, learningRate: Double) -> [ElementwiseOperation] {
    weightDecay == 0 ? [] : [.scale(.parameter, by: 1 - learningRate * weightDecay)]
  }

  func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
  func power(_ base: Double, _ exponent: Int) -> Double { pow(base, Double(exponent)) }
}
