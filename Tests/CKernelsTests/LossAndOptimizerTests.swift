import CKernels
import Foundation
import Randomness
import Testing

@Suite struct LossAndOptimizerTests {
  private var levels: [ck_kernels] {
    [CK_PORTABLE, CK_AVX2, CK_AVX512].compactMap { ck_kernels_of($0)?.pointee }
  }

  private func values(_ count: Int, _ unit: UInt64, scale: Float = 3) -> [Float] {
    let stream = RandomStream(seed: 8, purpose: .augment, unit: unit)
    return (0..<count).map { (stream.uniform($0) * 2 - 1) * scale }
  }

  private func same(_ body: (ck_kernels) -> [Float]) -> [Float] {
    let results = levels.map(body)
    for result in results { #expect(result.map(\.bitPattern) == results[0].map(\.bitPattern)) }
    return results[0]
  }

  private func near(_ a: Float, _ b: Double, _ tolerance: Double = 1e-6) -> Bool {
    abs(Double(a) - b) <= tolerance * max(1, abs(b))
  }

  @Test(arguments: [Float(0), 0.1])
  func crossEntropy(_ smoothing: Float) {
    for classes in Array(1...70) + [1000, 1030, 1500] {
      let rows = classes % 5 + 1
      let scores = values(rows * classes, UInt64(classes), scale: 9)
      let labels = (0..<rows).map { Int32(($0 * 7) % classes) }
      var sum = 0.0
      var correct = 0
      var gradient: [Double] = []
      var shares: [Double] = []
      for row in 0..<rows {
        let x = scores[(row * classes)..<((row + 1) * classes)].map(Double.init)
        let label = Int(labels[row])
        let largest = x.max() ?? 0
        let logarithm = log(x.reduce(0) { $0 + exp($1 - largest) }) + largest
        let smoothed = x.reduce(0) { $0 + logarithm - $1 } / Double(classes)
        sum += Double(1 - smoothing) * (logarithm - x[label]) + Double(smoothing) * smoothed
        correct += x.firstIndex(of: largest) == label ? 1 : 0
        for (j, value) in x.enumerated() {
          let p = exp(value - logarithm)
          shares.append(p)
          let target =
            (j == label ? Double(1 - smoothing) : 0) + Double(smoothing) / Double(classes)
          gradient.append((p - target) * 0.5)
        }
      }
      let found = same { level in
        var x = scores
        let result = level.cross_entropy(&x, labels, rows, classes, smoothing, 0.5)
        #expect(abs(result.sum - sum) <= 2e-6 * max(1, sum))
        #expect(result.correct == correct)
        return x
      }
      #expect(zip(found, gradient).allSatisfy { near($0, $1) })
      let evaluated = same { level in
        var x = scores
        var predictions = [Int32](repeating: -1, count: rows)
        var losses = [Float](repeating: 0, count: rows)
        level.probabilities(&x, labels, rows, classes, smoothing, &predictions, &losses)
        #expect(zip(predictions, labels).count { $0 == $1 } == correct)
        #expect(abs(losses.reduce(0.0) { $0 + Double($1) } - sum) <= 2e-6 * max(1, sum))
        return x
      }
      #expect(zip(evaluated, shares).allSatisfy { near($0, $1) })
    }
  }

  @Test func aScoreThatIsNoNumberMakesTheLossNone() {
    for level in levels {
      for bad in [Float.nan, .infinity] {
        var scores: [Float] = [1, bad, 3, 4]
        #expect(!level.cross_entropy(&scores, [0], 1, 4, 0, 1).sum.isFinite)
      }
    }
  }

  @Test func clamping() {
    for count in 1...70 {
      let found = same { level in
        var x = values(count, 1)
        level.clamp(0.5, &x, count)
        return x
      }
      #expect(found == values(count, 1).map { min(max($0, -0.5), 0.5) })
    }
    for level in levels {
      var x: [Float] = [.nan, .infinity, -.infinity]
      level.clamp(0.5, &x, 3)
      #expect(x[0].isNaN)
      #expect(x[1...] == [0.5, -0.5])
    }
  }

  @Test func adam() {
    for count in 1...70 {
      for (decay, factor) in [(Float(0), Float(1)), (0.01, 1), (0, 0.999)] {
        let gradient = values(count, 1)
        var weights = values(count, 2).map(Double.init)
        var first = values(count, 3, scale: 0.1).map(Double.init)
        var second = values(count, 4).map { Double($0 * $0) }
        let numbers = ck_adam(
          beta1: 0.9, one_minus_beta1: 0.1, beta2: 0.999, one_minus_beta2: 0.001,
          step_size: 0.01, inverse_correction2: 1.5, eps: 1e-8, gradient_decay: decay,
          weight_factor: factor)
        let found = same { level in
          var (w, m, v) = (
            values(count, 2), values(count, 3, scale: 0.1), values(count, 4).map { $0 * $0 }
          )
          level.adam(numbers, gradient, &w, &m, &v, count)
          return w + m + v
        }
        for i in 0..<count {
          weights[i] *= Double(factor)
          let g = Double(gradient[i]) + Double(decay) * weights[i]
          first[i] += (g - first[i]) * 0.1
          second[i] = second[i] * 0.999 + g * g * 0.001
          weights[i] -= 0.01 * first[i] / (second[i].squareRoot() * 1.5 + 1e-8)
        }
        #expect(zip(found, weights + first + second).allSatisfy { near($0, $1) })
      }
    }
  }

  @Test func gradientDescent() {
    for count in 1...70 {
      for (momentum, nesterov) in [(Float(0), false), (0.9, false), (0.9, true)] {
        for isFirst in [true, false] {
          let numbers = ck_sgd(
            lr: 0.1, momentum: momentum, one_minus_dampening: nesterov ? 1 : 0.8,
            weight_decay: 0.01, nesterov: nesterov, first_step: isFirst)
          let gradient = values(count, 1)
          let found = same { level in
            var (w, b) = (values(count, 2), values(count, 3))
            if momentum == 0 {
              level.sgd(numbers, gradient, &w, nil, count)
            } else {
              level.sgd(numbers, gradient, &w, &b, count)
            }
            return w + b
          }
          var (weights, buffer) = (
            values(count, 2).map(Double.init), values(count, 3).map(Double.init)
          )
          for i in 0..<count {
            var g = Double(gradient[i]) + 0.01 * weights[i]
            if momentum != 0 {
              buffer[i] = isFirst ? g : buffer[i] * 0.9 + g * (nesterov ? 1 : 0.8)
              g = nesterov ? g + buffer[i] * 0.9 : buffer[i]
            }
            weights[i] -= 0.1 * g
          }
          #expect(zip(found, weights + buffer).allSatisfy { near($0, $1) })
        }
      }
    }
  }
}
