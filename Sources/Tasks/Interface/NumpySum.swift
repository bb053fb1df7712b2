/// Sums numbers in the same order as NumPy, so that averages equal scikit-learn's to the last bit
/// and rounded text in reports is identical.
///
/// Source: pairwise summation in NumPy's `loops_utils.h`, blocks of 128 with eight accumulators.
package enum NumpySum {
  package static func sum(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { sum($0) }
  }

  package static func sum(_ values: UnsafeBufferPointer<Double>) -> Double { sum(values[...]) }

  private static func sum(_ values: Slice<UnsafeBufferPointer<Double>>) -> Double {
    let count = values.count
    let first = values.startIndex
    if count < 8 { return values.reduce(-0.0, +) }
    if count > 128 {
      let half = count / 2 / 8 * 8
      return sum(values[first..<(first + half)]) + sum(values[(first + half)...])
    }
    var parts = SIMD8<Double>(repeating: 0)
    for lane in 0..<8 { parts[lane] = values[first + lane] }
    let whole = count / 8 * 8
    for start in stride(from: 8, to: whole, by: 8) {
      for lane in 0..<8 { parts[lane] += values[first + start + lane] }
    }
    var result =
      ((parts[0] + parts[1]) + (parts[2] + parts[3]))
      + ((parts[4] + parts[5]) + (parts[6] + parts[7]))
    for index in whole..<count { result += values[first + index] }
    return result
  }
}
