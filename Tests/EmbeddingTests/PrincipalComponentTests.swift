import Randomness
import Testing

@testable import Embedding

@Suite("Principal components")
struct PrincipalComponentTests {
  @Test("are scikit-learn's")
  func areScikitLearns() throws {
    let golden = try Golden.read()
    let found = PrincipalComponents(try Golden.floats(), width: 16, count: 3)
    for (own, other) in zip(found.variances, golden.pca.variances) {
      #expect(abs(own - other) < 1e-9 * other)
    }
    #expect(abs(found.totalVariance - golden.pca.total) < 1e-9 * golden.pca.total)
    for (row, scores) in golden.pca.first_scores.enumerated() {
      for (own, other) in zip(found.scores[row], scores) { #expect(abs(own - other) < 1e-7) }
    }
  }

  /// 120 points of 400 numbers with a spectrum that falls slowly.
  private func wide() -> [Float] {
    var values = [Float](repeating: 0, count: 120 * 400)
    values.withUnsafeMutableBufferPointer {
      RandomStream(seed: 5, purpose: .embedding).fill(normals: $0)
    }
    for place in values.indices {
      let falling: Float = 1 / (1 + Float(place % 400) / 40)
      values[place] *= falling
    }
    return values
  }

  @Test("of many coordinates are found without the whole covariance")
  func areFoundInKrylovSpaces() {
    let values = wide()
    let found = PrincipalComponents(values, width: 400, count: 30)
    // The same eigenvalues from the inner products of the 120 points.
    let data = CentredData(values, points: 120, width: 400, threads: 1)
    let whole = SymmetricEigen(data.covariance(), size: 400)
    for (own, other) in zip(found.variances, whole.values) {
      #expect(abs(own - other) < 1e-9 * whole.values[0])
    }
    // The variances are those of the scores.
    for component in 0..<30 {
      var sum = 0.0
      for point in 0..<120 {
        let score: Double = found.scores[point][point * 30 + component]
        sum += score * score
      }
      let difference: Double = abs(sum / 119 - found.variances[component])
      #expect(difference < 1e-9 * whole.values[0])
    }
  }

  @Test("do not depend on the number of threads")
  func doNotDependOnThreads() {
    let one = PrincipalComponents(wide(), width: 400, count: 10, threads: 1)
    let three = PrincipalComponents(wide(), width: 400, count: 10, threads: 3)
    #expect(one.scores == three.scores)
    #expect(one.variances == three.variances)
  }

  @Test("of equal points and of more components than there are")
  func ofDegeneratePoints() {
    let equal = PrincipalComponents(
      [Float](repeating: 2, count: 5 * 3), width: 3, count: 2)
    #expect(equal.variances == [0, 0])
    #expect(equal.explained == 1)
    let few = PrincipalComponents([0, 0, 1, 2, 5, 5], width: 2, count: 50)
    #expect(few.scores.width == 2)
    #expect(abs(few.explained - 1) < 1e-12)
  }

  @Test("rest on eigenvectors that are orthonormal and solve the equation")
  func eigenvectorsSolveTheEquation() {
    let size = 60
    var entries = [Float](repeating: 0, count: size * size)
    entries.withUnsafeMutableBufferPointer {
      RandomStream(seed: 2, purpose: .embedding).fill(normals: $0)
    }
    var matrix = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0..<size {
        let sum: Float = entries[row * size + column] + entries[column * size + row]
        matrix[row * size + column] = Double(sum)
      }
    }
    let eigen = SymmetricEigen(matrix, size: size)
    #expect(eigen.values == eigen.values.sorted(by: >))
    for (number, value) in eigen.values.enumerated() {
      let vector = Array(eigen.vectors[(number * size)..<((number + 1) * size)])
      for row in 0..<size {
        var product = 0.0
        for place in 0..<size { product += matrix[row * size + place] * vector[place] }
        let residual: Double = abs(product - value * vector[row])
        #expect(residual < 1e-9)
      }
      for other in 0..<size {
        var inner = other == number ? -1.0 : 0.0
        for place in 0..<size { inner += vector[place] * eigen.vectors[other * size + place] }
        #expect(abs(inner) < 1e-12)
      }
    }
  }

  @Test("of a diagonal matrix and of one number")
  func eigenvaluesOfTrivialMatrices() {
    #expect(SymmetricEigen([7], size: 1).values == [7])
    let diagonal = SymmetricEigen([2, 0, 0, 0, 5, 0, 0, 0, -1], size: 3)
    #expect(diagonal.values == [5, 2, -1])
  }
}
