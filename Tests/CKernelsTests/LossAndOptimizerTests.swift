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

  @Test(arguments: [Float(0), 0.1], [false, true])
  func crossEntropy(_ smoothing: Float, isWeighted: Bool) {
    for classes in Array(1...70) + [1000, 1030, 1500] {
      let rows = classes % 5 + 1
      let scores = values(rows * classes, UInt64(classes), scale: 9)
      let labels = (0..<rows).map { Int32(($0 * 7) % classes) }
      let weights = isWeighted ? values(classes, 77).map { abs($0) } : []
      func weight(_ label: Int) -> Double { isWeighted ? Double(weights[label]) : 1 }
      var sum = 0.0
      var correct = 0
      var gradient: [Double] = []
      var shares: [Double] = []
      for row in 0..<rows {
        let x = scores[(row * classes)..<((row + 1) * classes)].map(Double.init)
        let label = Int(labels[row])
        let largest = x.max() ?? 0
        let logarithm = log(x.reduce(0) { $0 + exp($1 - largest) }) + largest
        let parts = x.indices.map { weight($0) * (logarithm - x[$0]) }
        sum +=
          Double(1 - smoothing) * parts[label]
          + Double(smoothing) * parts.reduce(0, +) / Double(classes)
        correct += x.firstIndex(of: largest) == label ? 1 : 0
        let target = x.indices.map {
          weight($0)
            * (($0 == label ? Double(1 - smoothing) : 0) + Double(smoothing) / Double(classes))
        }
        let whole = target.reduce(0, +)
        for (j, value) in x.enumerated() {
          let p = exp(value - logarithm)
          shares.append(p)
          gradient.append((p * whole - target[j]) * 0.5)
        }
      }
      let found = same { level in
        var x = scores
        let result = weights.withUnsafeBufferPointer { weights in
          let loss = ck_cross_entropy(
            smoothing: smoothing, weights: isWeighted ? weights.baseAddress : nil)
          return level.cross_entropy(&x, labels, rows, classes, loss, 0.5)
        }
        #expect(abs(result.sum - sum) <= 2e-6 * max(1, sum))
        #expect(result.correct == correct)
        return x
      }
      #expect(zip(found, gradient).allSatisfy { near($0, $1) })
      let evaluated = same { level in
        var x = scores
        var predictions = [Int32](repeating: -1, count: rows)
        var losses = [Float](repeating: 0, count: rows)
        weights.withUnsafeBufferPointer { weights in
          let loss = ck_cross_entropy(
            smoothing: smoothing, weights: isWeighted ? weights.baseAddress : nil)
          level.probabilities(&x, labels, rows, classes, loss, &predictions, &losses)
        }
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
        let loss = ck_cross_entropy(smoothing: 0, weights: nil)
        #expect(!level.cross_entropy(&scores, [0], 1, 4, loss, 1).sum.isFinite)
        for kind in [CK_SQUARED_ERROR, CK_BINARY_CROSS_ENTROPY] {
          var (outputs, mean): ([Float], Float) = ([1, .nan, 3, 4], 0)
          level.output_loss(kind, &outputs, [0, 0, 1, 1], nil, 1, 4, 1, &mean)
          #expect(mean.isNaN)
        }
      }
    }
  }

  @Test(arguments: [false, true])
  func lossesOfEveryOutput(isBinary: Bool) {
    let kind = isBinary ? CK_BINARY_CROSS_ENTROPY : CK_SQUARED_ERROR
    for columns in 1...70 {
      let rows = columns % 4 + 1
      let outputs = values(rows * columns, UInt64(columns), scale: 30)
      let targets = values(rows * columns, 3).map { isBinary ? ($0 < 0 ? 0 : $0 / 3) : $0 }
      let positive = columns % 2 == 0 && isBinary ? values(columns, 4).map { abs($0) } : nil
      var (means, gradient): ([Double], [Double]) = ([], [])
      for row in 0..<rows {
        var sum = 0.0
        for column in 0..<columns {
          let (x, t) = (
            Double(outputs[row * columns + column]), Double(targets[row * columns + column])
          )
          if isBinary {
            let p = Double(positive?[column] ?? 1)
            let share = 1 / (1 + exp(-x))
            let logarithm = min(x, 0) - log1p(exp(-abs(x)))
            sum += (1 - t) * x - (1 + (p - 1) * t) * logarithm
            gradient.append(0.5 * ((1 - t) * share - p * t * (1 - share)))
          } else {
            sum += (x - t) * (x - t)
            gradient.append(0.5 * 2 * (x - t))
          }
        }
        means.append(sum / Double(columns))
      }
      let found = same { level in
        var x = outputs
        var found = [Float](repeating: -1, count: rows)
        if let positive {
          level.output_loss(kind, &x, targets, positive, rows, columns, 0.5, &found)
        } else {
          level.output_loss(kind, &x, targets, nil, rows, columns, 0.5, &found)
        }
        return x + found
      }
      #expect(zip(found, gradient + means).allSatisfy { near($0, $1, 2e-6) }, "\(columns)")
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
