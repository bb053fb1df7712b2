import PNGImage
import Tasks

/// A confusion matrix as pixels: rows are true classes, columns predicted ones, both labelled by
/// number. The darker a cell, the larger its share of the row, on a square-root scale so that small
/// counts remain visible.
package enum ConfusionPicture {
  /// - Returns: `nil` without examples, or with too many classes to be legible.
  package static func draw(_ predictions: Predictions) -> PixelImage? {
    let classes = predictions.layout.outputs.count
    guard (1...2_000).contains(classes), predictions.count > 0 else { return nil }
    var counts = [Int](repeating: 0, count: classes * classes)
    for (label, prediction) in zip(predictions.targets, predictions.answers) {
      counts[Int(label) * classes + prediction] += 1
    }
    let cell = cellSize(classes, largest: counts.max() ?? 0)
    let isNumbered = cell >= 12
    let scale = isNumbered ? 2 : 1
    let margin = PixelImage.Digits.width(of: classes - 1) * scale + 8
    let side = margin + classes * cell + 8
    var picture = PixelImage(width: side, height: side, fill: .init(0xFFFFFF))
    let edge = classes * cell + 2
    picture.fill(x: margin - 1, y: margin - 1, width: edge, height: edge, with: .init(0x888888))
    for label in 0..<classes {
      let row = counts[(label * classes)..<((label + 1) * classes)]
      let sum = row.reduce(0, +)
      for (prediction, count) in row.enumerated() {
        let shade = sum == 0 ? 0 : (Double(count) / Double(sum)).squareRoot()
        let (x, y) = (margin + prediction * cell, margin + label * cell)
        picture.fill(x: x, y: y, width: cell, height: cell, with: color(shade))
        guard isNumbered, count > 0 else { continue }
        picture.draw(
          count, x: x + cell / 2, y: y + cell / 2, scale: scale,
          color: .init(shade > 0.6 ? 0xFFFFFF : 0x000000))
      }
    }
    let every = max(1, (margin + cell - 1) / cell)
    for label in stride(from: 0, to: classes, by: every) {
      let middle = margin + label * cell + cell / 2
      let black = PixelImage.Color(0)
      picture.draw(label, x: margin / 2, y: middle, scale: scale, color: black)
      picture.draw(label, x: middle, y: margin / 2, scale: scale, color: black)
    }
    return picture
  }

  /// The cell size in pixels; with few classes, large enough for the counts.
  private static func cellSize(_ classes: Int, largest: Int) -> Int {
    if classes <= 20 { return max(24, 2 * PixelImage.Digits.width(of: largest) + 8) }
    return classes <= 200 ? 7 : max(1, 1400 / classes)
  }

  /// Interpolates from white (0) to dark blue (1).
  private static func color(_ shade: Double) -> PixelImage.Color {
    func mix(_ from: Double, _ to: Double) -> UInt8 { UInt8(from + (to - from) * min(1, shade)) }
    return .init(red: mix(255, 8), green: mix(255, 48), blue: mix(255, 107))
  }
}
