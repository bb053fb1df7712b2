import Glibc

/// The eigenvalues and eigenvectors of a symmetric matrix, largest eigenvalue first.
///
/// Householder reflections make the matrix tridiagonal; the QL algorithm with implicit shifts diagonalises it
/// (Golub and Van Loan, "Matrix Computations", 8.3; EISPACK's `tred2` and `tql2`).
struct SymmetricEigen {
  let values: [Double]
  /// Row-major: row i is the eigenvector of `values[i]`, of length 1.
  let vectors: [Double]

  /// - Parameter matrix: row-major, [size, size]; only symmetric matrices give a meaningful result.
  init(_ matrix: [Double], size: Int) {
    precondition(matrix.count == size * size)
    var matrix = matrix
    var diagonal = [Double](repeating: 0, count: size)
    var below = [Double](repeating: 0, count: size)
    var basis = [Double](repeating: 0, count: size * size)
    for place in 0..<size { basis[place * size + place] = 1 }
    Self.tridiagonalise(&matrix, &diagonal, &below, &basis, size)
    Self.diagonalise(&diagonal, &below, &basis, size)
    let order = diagonal.indices.sorted {
      diagonal[$0] == diagonal[$1] ? $0 < $1 : diagonal[$0] > diagonal[$1]
    }
    values = order.map { diagonal[$0] }
    vectors = order.flatMap { basis[($0 * size)..<(($0 + 1) * size)] }
  }

  /// Reduces a matrix to a tridiagonal one, T = B · matrix · Bᵀ.
  ///
  /// - Parameters:
  ///   - below: receives the entry between places i and i + 1 at i.
  ///   - basis: the identity; receives B.
  private static func tridiagonalise(
    _ matrix: inout [Double], _ diagonal: inout [Double], _ below: inout [Double],
    _ basis: inout [Double], _ size: Int
  ) {
    var reflectors: [(vector: [Double], scale: Double)] = []
    for pivot in 0..<max(0, size - 2) {
      let first = pivot + 1
      var vector = (first..<size).map { matrix[$0 * size + pivot] }
      let norm = vector.reduce(0) { hypot($0, $1) }
      let target = vector[0] > 0 ? -norm : norm
      vector[0] -= target
      let square = vector.reduce(0) { $0 + $1 * $1 }
      guard square > 0 else {
        below[pivot] = matrix[first * size + pivot]
        reflectors.append(([], 0))
        continue
      }
      let scale = 2 / square
      below[pivot] = target
      reflect(&matrix, vector, scale, from: first, size)
      reflectors.append((vector, scale))
    }
    for place in 0..<size { diagonal[place] = matrix[place * size + place] }
    if size > 1 { below[size - 2] = matrix[(size - 1) * size + size - 2] }
    // B is the product of the reflections, the first one on the right.
    for (pivot, reflector) in reflectors.enumerated().reversed() where reflector.scale > 0 {
      let first = pivot + 1
      for row in 0..<size {
        let start = row * size + first
        var sum = 0.0
        for (place, value) in reflector.vector.enumerated() { sum += basis[start + place] * value }
        if sum == 0 { continue }
        for (place, value) in reflector.vector.enumerated() {
          basis[start + place] -= reflector.scale * sum * value
        }
      }
    }
  }

  /// Applies a reflection from both sides to the part of the matrix from `first` on.
  private static func reflect(
    _ matrix: inout [Double], _ vector: [Double], _ scale: Double, from first: Int, _ size: Int
  ) {
    let count = vector.count
    var product = [Double](repeating: 0, count: count)
    for row in 0..<count {
      let start = (first + row) * size + first
      var sum = 0.0
      for place in 0..<count { sum += matrix[start + place] * vector[place] }
      product[row] = scale * sum
    }
    let inner = zip(product, vector).reduce(0) { $0 + $1.0 * $1.1 } * scale / 2
    for place in 0..<count { product[place] -= inner * vector[place] }
    for row in 0..<count {
      let start = (first + row) * size + first
      let (a, b) = (vector[row], product[row])
      for place in 0..<count {
        matrix[start + place] -= a * product[place] + b * vector[place]
      }
    }
  }

  /// Diagonalises a tridiagonal matrix and turns the rows of `basis` along.
  private static func diagonalise(
    _ d: inout [Double], _ e: inout [Double], _ basis: inout [Double], _ size: Int
  ) {
    var shift = 0.0
    var largest = 0.0
    for low in 0..<size {
      largest = max(largest, abs(d[low]) + abs(e[low]))
      var high = low
      while high < size - 1, abs(e[high]) > Double.ulpOfOne * largest { high += 1 }
      if high > low {
        repeat {
          // The implicit shift.
          let start = d[low]
          var p = (d[low + 1] - start) / (2 * e[low])
          let r = p < 0 ? -hypot(p, 1) : hypot(p, 1)
          d[low] = e[low] / (p + r)
          d[low + 1] = e[low] * (p + r)
          let next = d[low + 1]
          let moved = start - d[low]
          for place in (low + 2)..<max(size, low + 2) { d[place] -= moved }
          shift += moved
          p = d[high]
          var (c, c2, c3) = (1.0, 1.0, 1.0)
          let beside = e[low + 1]
          var (s, s2) = (0.0, 0.0)
          for place in (low..<high).reversed() {
            (c3, c2, s2) = (c2, c, s)
            let g = c * e[place]
            let h = c * p
            let length = hypot(p, e[place])
            e[place + 1] = s * length
            s = e[place] / length
            c = p / length
            p = c * d[place] - s * g
            d[place + 1] = h + s * (c * g + s * d[place])
            rotate(&basis, place, c, s, size)
          }
          p = -s * s2 * c3 * beside * e[low] / next
          e[low] = s * p
          d[low] = c * p
        } while abs(e[low]) > Double.ulpOfOne * largest
      }
      d[low] += shift
      e[low] = 0
    }
  }

  /// Rotates the rows `row` and `row` + 1.
  private static func rotate(
    _ basis: inout [Double], _ row: Int, _ c: Double, _ s: Double, _ size: Int
  ) {
    basis.withUnsafeMutableBufferPointer { basis in
      let (upper, lower) = (row * size, (row + 1) * size)
      for place in 0..<size {
        let (a, b) = (basis[upper + place], basis[lower + place])
        basis[lower + place] = s * a + c * b
        basis[upper + place] = c * a - s * b
      }
    }
  }
}
