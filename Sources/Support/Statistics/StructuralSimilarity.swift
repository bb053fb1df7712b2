/// The structural similarity of pictures: Wang, Bovik, Sheikh and Simoncelli (2004).
package enum StructuralSimilarity {
  /// The side of the windows.
  private static let side = 7

  /// The mean over all 7 × 7 windows that lie within the pictures, with equal weights: scikit-image's
  /// `structural_similarity(a, b, data_range=1)`.
  ///
  /// - Parameters:
  ///   - a: values from 0 to 1, row by row.
  ///   - b: the same.
  ///   - width: of both.
  /// - Precondition: as many values of each, full rows.
  /// - Returns: from −1 to 1; `nil` if a side is shorter than a window.
  package static func mean(_ a: [Double], _ b: [Double], width: Int) -> Double? {
    precondition(a.count == b.count && width > 0 && a.count % width == 0)
    let height = a.count / width
    guard height >= side, width >= side else { return nil }
    let count = Double(side * side)
    // (K₁ L)² and (K₂ L)² with L = 1.
    let (c1, c2) = (1e-4, 9e-4)
    var total = 0.0
    for top in 0...(height - side) {
      for left in 0...(width - side) {
        var (x, y, xx, yy, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for row in top..<(top + side) {
          for column in left..<(left + side) {
            let (p, q) = (a[row * width + column], b[row * width + column])
            x += p
            y += q
            xx += p * p
            yy += q * q
            xy += p * q
          }
        }
        let (mx, my) = (x / count, y / count)
        // Variances of a sample.
        let scale = count / (count - 1)
        let (vx, vy) = (scale * (xx / count - mx * mx), scale * (yy / count - my * my))
        let covariance = scale * (xy / count - mx * my)
        total +=
          (2 * mx * my + c1) * (2 * covariance + c2)
          / ((mx * mx + my * my + c1) * (vx + vy + c2))
      }
    }
    return total / Double((height - side + 1) * (width - side + 1))
  }
}
