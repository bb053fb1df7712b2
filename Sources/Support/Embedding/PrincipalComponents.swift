import Glibc
import Randomness

/// The directions in which points vary most, and the points in these coordinates.
///
/// Equal to scikit-learn's `PCA`: variances with n − 1 in the divisor, and the largest loading of each component is
/// positive. The components are exact, also where they are few of many: a block Krylov space is built
/// and restarted until every residual is below 10⁻⁸ of the largest eigenvalue, so that
/// variances are exact to rounding.
package struct PrincipalComponents: Sendable {
  /// The points in the coordinates of the components, [count, components].
  package let scores: PointSet
  /// The variance along each component, largest first.
  package let variances: [Double]
  /// The sum of the variances of all coordinates.
  package let totalVariance: Double

  /// The share of the variance that the components hold; 1 if the points are all the same.
  package var explained: Double {
    totalVariance > 0 ? min(1, variances.reduce(0, +) / totalVariance) : 1
  }

  /// - Parameters:
  ///   - values: row-major, [points, width]; at least two points.
  ///   - count: the number of components; fewer if there are fewer points or coordinates.
  ///   - threads: changes nothing but the time.
  package init(_ values: [Float], width: Int, count: Int, threads: Int = 1) {
    precondition(width > 0 && values.count.isMultiple(of: width) && count > 0)
    let points = values.count / width
    precondition(points > 1)
    let data = CentredData(values, points: points, width: width, threads: threads)
    totalVariance = data.totalVariance
    let wanted = min(count, points - 1, width)
    let found =
      width <= Self.densest
      ? Self.dense(data, wanted) : Self.restarted(data, wanted)
    // [components, width]
    var directions = found.vectors
    for component in 0..<wanted {
      let range = (component * width)..<((component + 1) * width)
      let largest = directions[range].reduce(0.0) { abs($1) > abs($0) ? $1 : $0 }
      if largest < 0 { for place in range { directions[place] = -directions[place] } }
    }
    let columns = CentredData.transposed(directions, rows: wanted, columns: width)
    scores = PointSet(data.times(columns, wanted), width: wanted)
    variances = found.values.map { max(0, $0) }
  }

  /// Up to this many coordinates, all components are computed.
  private static let densest = 320

  private typealias Pairs = (values: [Double], vectors: [Double])

  private static func dense(_ data: CentredData, _ wanted: Int) -> Pairs {
    let eigen = SymmetricEigen(data.covariance(), size: data.width)
    return (Array(eigen.values.prefix(wanted)), Array(eigen.vectors.prefix(wanted * data.width)))
  }

  /// A block Krylov space over the covariance, restarted from its best vectors.
  private static func restarted(_ data: CentredData, _ wanted: Int) -> Pairs {
    let width = data.width
    let block = min(wanted + 8, width)
    let depth = 4
    let multiply = data.operation()
    var basis = Basis(width: width)
    var start = [Float](repeating: 0, count: block * width)
    start.withUnsafeMutableBufferPointer {
      RandomStream(seed: 0, purpose: .embedding).fill(normals: $0)
    }
    // [block, width]
    var rows = start.map(Double.init)
    var found: Pairs = ([], [])
    for _ in 0..<60 {
      basis.removeAll()
      basis.add(rows)
      var images: [Double] = []
      var newest = basis.vectors
      for level in 0..<depth {
        if newest.isEmpty { break }
        let image = multiply(newest)
        images += image
        if level == depth - 1 { break }
        newest = basis.add(image)
      }
      let size = images.count / width
      let small = product(basis.vectors, images, size, width)
      let eigen = SymmetricEigen(small, size: size)
      let kept = min(block, size)
      rows = combined(eigen.vectors, basis.vectors, kept, size, width)
      let mapped = combined(eigen.vectors, images, min(wanted, kept), size, width)
      found = (
        Array(eigen.values.prefix(wanted)), Array(rows.prefix(min(wanted, kept) * width))
      )
      var worst = 0.0
      for (index, value) in found.values.enumerated() {
        var square = 0.0
        for place in (index * width)..<((index + 1) * width) {
          let residual = mapped[place] - value * rows[place]
          square += residual * residual
        }
        worst = max(worst, square.squareRoot())
      }
      if worst <= 1e-8 * max(eigen.values[0], .leastNormalMagnitude) { break }
    }
    return found
  }

  /// Vᵀ·W of two sets of vectors, made symmetric.
  private static func product(
    _ vectors: [Double], _ images: [Double], _ size: Int, _ width: Int
  ) -> [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row {
        let a = dot(vectors, row * width, images, column * width, width)
        let b = dot(vectors, column * width, images, row * width, width)
        result[row * size + column] = (a + b) / 2
        result[column * size + row] = (a + b) / 2
      }
    }
    return result
  }

  /// The first `kept` combinations of vectors, with the coefficients in the rows of `weights`.
  private static func combined(
    _ weights: [Double], _ vectors: [Double], _ kept: Int, _ size: Int, _ width: Int
  ) -> [Double] {
    var result = [Double](repeating: 0, count: kept * width)
    result.withUnsafeMutableBufferPointer { result in
      vectors.withUnsafeBufferPointer { vectors in
        for row in 0..<kept {
          for index in 0..<size {
            let weight = weights[row * size + index]
            let (target, source) = (row * width, index * width)
            for place in 0..<width { result[target + place] += weight * vectors[source + place] }
          }
        }
      }
    }
    return result
  }

  static func dot(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int, _ count: Int) -> Double {
    var sums = SIMD8<Double>.zero
    var rest = 0.0
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var place = 0
        while place + 8 <= count {
          var (x, y) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
          for lane in 0..<8 {
            x[lane] = a[i + place + lane]
            y[lane] = b[j + place + lane]
          }
          sums += x * y
          place += 8
        }
        while place < count {
          rest += a[i + place] * b[j + place]
          place += 1
        }
      }
    }
    return sums.sum() + rest
  }
}

/// Orthonormal vectors, to which others are added.
private struct Basis {
  let width: Int
  /// [count, width]
  private(set) var vectors: [Double] = []

  init(width: Int) { self.width = width }

  mutating func removeAll() { vectors = [] }

  /// Adds what is new in some vectors (Gram–Schmidt, twice).
  ///
  /// - Returns: the vectors that were added.
  @discardableResult
  mutating func add(_ rows: [Double]) -> [Double] {
    let first = vectors.count
    for start in stride(from: 0, to: rows.count, by: width) {
      if vectors.count / width >= width { break }
      var row = Array(rows[start..<(start + width)])
      let before = PrincipalComponents.dot(row, 0, row, 0, width).squareRoot()
      for _ in 0..<2 {
        for other in stride(from: 0, to: vectors.count, by: width) {
          let share = PrincipalComponents.dot(row, 0, vectors, other, width)
          row.withUnsafeMutableBufferPointer { row in
            vectors.withUnsafeBufferPointer { vectors in
              for place in 0..<width { row[place] -= share * vectors[other + place] }
            }
          }
        }
      }
      let after = PrincipalComponents.dot(row, 0, row, 0, width).squareRoot()
      // What is left of a vector that adds nothing is rounding.
      guard after > 1e-12 * before, after > 0 else { continue }
      vectors += row.map { $0 / after }
    }
    return Array(vectors[first...])
  }
}
