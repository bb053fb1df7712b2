import Glibc

/// Gradient descent with momentum and a gain for each coordinate (Jacobs, 1988) on the divergence of t-SNE.
struct TSNEOptimiser {
  private let probabilities: JointProbabilities
  private let method: TSNE.Method
  private let threads: Int
  private let count: Int
  var learningRate = 200.0
  /// [count, 2]
  private(set) var points: [Double]
  private var update: [Double]
  private var gains: [Double]
  private var tree: QuadTree?

  /// What is known after a step.
  struct Measures {
    /// Before the step, of the probabilities with their exaggeration.
    let divergence: Double
    /// Of the gradient times the gains.
    let gradientNorm: Double
  }

  /// - Parameter start: [count, 2].
  init(_ probabilities: JointProbabilities, _ method: TSNE.Method, start: [Double], threads: Int) {
    self.probabilities = probabilities
    self.method = method
    self.threads = threads
    points = start
    count = start.count / 2
    update = Array(repeating: 0, count: start.count)
    gains = Array(repeating: 1, count: start.count)
  }

  /// Starts a stage without momentum and with equal gains.
  mutating func forget() {
    for place in update.indices {
      update[place] = 0
      gains[place] = 1
    }
  }

  /// - Parameter measures: whether to compute the divergence and the norm, too.
  mutating func step(exaggeration: Double, momentum: Double, measures: Bool) -> Measures? {
    let (gradient, divergence) = gradient(exaggeration, measures: measures)
    var square = 0.0
    for place in points.indices {
      gains[place] =
        update[place] * gradient[place] < 0 ? gains[place] + 0.2 : gains[place] * 0.8
      gains[place] = max(gains[place], 0.01)
      let scaled = gradient[place] * gains[place]
      square += scaled * scaled
      update[place] = momentum * update[place] - learningRate * scaled
      points[place] += update[place]
    }
    return measures ? Measures(divergence: divergence, gradientNorm: square.squareRoot()) : nil
  }

  /// The gradient 4 Σⱼ (pᵢⱼ − qᵢⱼ)(yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²), and the divergence if it is asked for.
  private mutating func gradient(
    _ exaggeration: Double, measures: Bool
  ) -> ([Double], Double) {
    let repulsion = repulsion()
    // Summed point by point, so that the order does not depend on the threads.
    let total = repulsion.sums.reduce(0, +)
    var gradient = [Double](repeating: 0, count: 2 * count)
    var parts = [Double](repeating: 0, count: measures ? count : 0)
    let (points, probabilities) = (points, probabilities)
    gradient.withUnsafeMutableBufferPointer { gradientBuffer in
      parts.withUnsafeMutableBufferPointer { partBuffer in
        let gradient = SharedMemory(gradientBuffer)
        let parts = SharedMemory(partBuffer)
        Pieces.run(count, threads: threads) { rows in
          points.withUnsafeBufferPointer { points in
            probabilities.values.withUnsafeBufferPointer { values in
              probabilities.places.withUnsafeBufferPointer { places in
                for row in rows {
                  var (forceX, forceY, part) = (0.0, 0.0, 0.0)
                  let (x, y) = (points[2 * row], points[2 * row + 1])
                  for entry in probabilities.starts[row]..<probabilities.starts[row + 1] {
                    let other = Int(places[entry])
                    let (dx, dy) = (x - points[2 * other], y - points[2 * other + 1])
                    let share = 1 / (1 + dx * dx + dy * dy)
                    let p = values[entry] * exaggeration
                    forceX += p * share * dx
                    forceY += p * share * dy
                    if measures {
                      part += p * log(max(p, Self.tiny) / max(share / total, Self.tiny))
                    }
                  }
                  gradient[2 * row] = 4 * (forceX - repulsion.forces[2 * row] / total)
                  gradient[2 * row + 1] = 4 * (forceY - repulsion.forces[2 * row + 1] / total)
                  if measures { parts[row] = part }
                }
              }
            }
          }
        }
      }
    }
    return (gradient, parts.reduce(0, +))
  }

  private static let tiny = Double.ulpOfOne

  /// For each point, Σⱼ 1 / (1 + d²) and Σⱼ (yᵢ − yⱼ) / (1 + d²)².
  private mutating func repulsion() -> (sums: [Double], forces: [Double]) {
    let angle: Double?
    switch method {
    case .exact: angle = nil
    case .barnesHut(let value):
      angle = value
      points.withUnsafeBufferPointer { points in
        if tree == nil { tree = QuadTree(points) } else { tree?.build(points) }
      }
    }
    var sums = [Double](repeating: 0, count: count)
    var forces = [Double](repeating: 0, count: 2 * count)
    let (current, cells, count) = (points, tree, count)
    sums.withUnsafeMutableBufferPointer { sumBuffer in
      forces.withUnsafeMutableBufferPointer { forceBuffer in
        let sums = SharedMemory(sumBuffer)
        let forces = SharedMemory(forceBuffer)
        Pieces.run(count, threads: threads) { rows in
          var stack: [Int32] = []
          current.withUnsafeBufferPointer { points in
            for row in rows {
              let (x, y) = (points[2 * row], points[2 * row + 1])
              let found: (sum: Double, x: Double, y: Double)
              if let cells, let angle {
                found = cells.repulsion(x: x, y: y, angle: angle, stack: &stack)
              } else {
                found = Self.exact(points, x, y, count)
              }
              sums[row] = found.sum
              forces[2 * row] = found.x
              forces[2 * row + 1] = found.y
            }
          }
        }
      }
    }
    return (sums, forces)
  }

  private static func exact(
    _ points: UnsafeBufferPointer<Double>, _ x: Double, _ y: Double, _ count: Int
  ) -> (sum: Double, x: Double, y: Double) {
    var (sum, forceX, forceY) = (-1.0, 0.0, 0.0)
    for other in 0..<count {
      let (dx, dy) = (x - points[2 * other], y - points[2 * other + 1])
      let share = 1 / (1 + dx * dx + dy * dy)
      sum += share
      forceX += share * share * dx
      forceY += share * share * dy
    }
    return (sum, forceX, forceY)
  }
}
