/// Points minus their mean, and products with their covariance.
struct CentredData: Sendable {
  let points: Int
  let width: Int
  private let threads: Int
  /// [points, width]
  private let values: [Double]

  init(_ values: [Float], points: Int, width: Int, threads: Int) {
    self.points = points
    self.width = width
    self.threads = threads
    var mean = [Double](repeating: 0, count: width)
    for start in stride(from: 0, to: values.count, by: width) {
      for place in 0..<width { mean[place] += Double(values[start + place]) }
    }
    for place in 0..<width { mean[place] /= Double(points) }
    var centred = [Double](repeating: 0, count: values.count)
    for start in stride(from: 0, to: values.count, by: width) {
      for place in 0..<width {
        centred[start + place] = Double(values[start + place]) - mean[place]
      }
    }
    self.values = centred
  }

  /// The sum of the variances, with n − 1 in the divisor.
  var totalVariance: Double { values.reduce(0) { $0 + $1 * $1 } / Double(points - 1) }

  /// The points times a matrix [width, columns]: [points, columns].
  func times(_ matrix: [Double], _ columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: points * columns)
    result.withUnsafeMutableBufferPointer { buffer in
      let result = SharedMemory(buffer)
      Pieces.run(points, threads: threads) { rows in
        values.withUnsafeBufferPointer { values in
          matrix.withUnsafeBufferPointer { matrix in
            for row in rows {
              let target = result.part((row * columns)..<((row + 1) * columns))
              for place in 0..<width {
                let value = values[row * width + place]
                if value == 0 { continue }
                let start = place * columns
                for column in 0..<columns { target[column] += value * matrix[start + column] }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// The transposed points times a matrix [points, columns]: [width, columns].
  private func transposedTimes(_ matrix: [Double], _ columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: width * columns)
    result.withUnsafeMutableBufferPointer { buffer in
      let result = SharedMemory(buffer)
      Pieces.run(width, threads: threads) { places in
        let target = result.part((places.lowerBound * columns)..<(places.upperBound * columns))
        values.withUnsafeBufferPointer { values in
          matrix.withUnsafeBufferPointer { matrix in
            for row in 0..<points {
              let source = row * columns
              for place in places {
                let value = values[row * width + place]
                if value == 0 { continue }
                let start = (place - places.lowerBound) * columns
                for column in 0..<columns {
                  target[start + column] += value * matrix[source + column]
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// The covariance, row-major, [width, width].
  func covariance() -> [Double] {
    transposedTimes(values, width).map { $0 / Double(points - 1) }
  }

  /// A function from vectors [count, width] to their products with the covariance, in the same form. The covariance is
  /// kept where that takes fewer steps than going through the points again.
  func operation() -> ([Double]) -> [Double] {
    guard width <= points, width <= 2048 else { return covariance }
    let square = CentredData(square: covariance(), width: width, threads: threads)
    return { vectors in
      let count = vectors.count / square.width
      let columns = Self.transposed(vectors, rows: count, columns: square.width)
      return Self.transposed(
        square.times(columns, count), rows: square.width, columns: count)
    }
  }

  /// A matrix as it is.
  private init(square: [Double], width: Int, threads: Int) {
    (values, points) = (square, width)
    self.width = width
    self.threads = threads
  }

  /// The covariance times vectors [count, width], in the same form.
  private func covariance(times vectors: [Double]) -> [Double] {
    let count = vectors.count / width
    let columns = Self.transposed(vectors, rows: count, columns: width)
    let product = transposedTimes(times(columns, count), count)
    let divisor = Double(points - 1)
    return Self.transposed(product, rows: width, columns: count).map { $0 / divisor }
  }

  static func transposed(_ values: [Double], rows: Int, columns: Int) -> [Double] {
    var result = [Double](repeating: 0, count: values.count)
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
    }
    return result
  }
}
