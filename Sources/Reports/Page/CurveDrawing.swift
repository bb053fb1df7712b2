import ExperimentConfig

/// A small SVG line chart in the page's colours, for runs without plots. It contains only numbers
/// and text from this program.
package struct CurveDrawing {
  package struct Series {
    /// The CSS class that sets the colour: `train` or `val`.
    package var style: String
    package var points: [(epoch: Int, value: Double)]

    package init(style: String, points: [(epoch: Int, value: Double)]) {
      self.style = style
      self.points = points
    }
  }

  private static let width = 460.0
  private static let height = 230.0
  private static let left = 48.0
  private static let right = 16.0
  private static let top = 10.0
  private static let bottom = 32.0
  /// More points would be invisible at this width.
  private static let mostPoints = 400

  /// `nil` if there are no points.
  package static func svg(_ label: String, _ series: [Series], best: Int?) -> String? {
    let points = series.flatMap(\.points)
    guard let first = points.map(\.epoch).min(), let last = points.map(\.epoch).max(),
      let low = points.map(\.value).min(), let high = points.map(\.value).max()
    else { return nil }
    let ticks = ticks(from: low, to: high)
    let bounds = (min(low, ticks.first ?? low), max(high, ticks.last ?? high))
    func x(_ epoch: Double) -> Double {
      left + (last == first ? 0.5 : (epoch - Double(first)) / Double(last - first))
        * (width - left - right)
    }
    func y(_ value: Double) -> Double {
      let span = bounds.1 - bounds.0
      return height - bottom
        - (span > 0 ? (value - bounds.0) / span : 0.5) * (height - top - bottom)
    }
    var body = ""
    for tick in ticks {
      body += "<line class=\"grid\" x1=\"\(text(left))\" x2=\"\(text(width - right))\" "
      body += "y1=\"\(text(y(tick)))\" y2=\"\(text(y(tick)))\"/>"
      body += "<text x=\"\(text(left - 6))\" y=\"\(text(y(tick) + 4))\" text-anchor=\"end\">"
      body += "\(NumberText.short(tick))</text>"
    }
    for tick in epochTicks(first, last) {
      body += "<text x=\"\(text(x(Double(tick))))\" y=\"\(text(height - bottom + 16))\" "
      body += "text-anchor=\"middle\">\(tick)</text>"
    }
    if let best, (first...last).contains(best) {
      body +=
        "<line class=\"best\" x1=\"\(text(x(Double(best))))\" x2=\"\(text(x(Double(best))))\" "
      body += "y1=\"\(text(top))\" y2=\"\(text(height - bottom))\"/>"
    }
    for line in series where !line.points.isEmpty {
      let step = max(1, line.points.count / mostPoints)
      let shown = line.points.enumerated()
        .filter { $0.offset % step == 0 || $0.offset == line.points.count - 1 }.map(\.element)
      let coordinates = shown.map { "\(text(x(Double($0.epoch)))),\(text(y($0.value)))" }
      body += "<polyline class=\"\(line.style)\" points=\"\(coordinates.joined(separator: " "))\"/>"
      if shown.count <= 30 {
        for point in shown {
          body +=
            "<circle class=\"\(line.style)\" r=\"2.5\" cx=\"\(text(x(Double(point.epoch))))\" "
          body += "cy=\"\(text(y(point.value)))\"/>"
        }
      }
    }
    return "<svg class=\"chart\" role=\"img\" aria-label=\"\(label) by epoch\" "
      + "viewBox=\"0 0 \(text(width)) \(text(height))\">\(body)</svg>"
  }

  private static func text(_ value: Double) -> String {
    NumberText.short((value * 10).rounded() / 10)
  }

  /// Three to six round numbers that cover a range.
  package static func ticks(from low: Double, to high: Double) -> [Double] {
    guard high > low, (high - low).isFinite else { return [low] }
    var unit = 1.0
    while unit * 10 <= high - low { unit *= 10 }
    while unit > high - low { unit /= 10 }
    if unit == 0 { return [low] }
    let step = [0.2, 0.5, 1, 2, 5].map { $0 * unit }.first { (high - low) / $0 <= 5 } ?? unit
    let from = (low / step).rounded(.down)
    let to = (high / step).rounded(.up)
    guard to - from < 20 else { return [low, high] }
    // Divide by the reciprocal so that 0.3 does not become 0.30000000000000004.
    return stride(from: from, through: to, by: 1)
      .map { step < 1 ? ($0 / (1 / step).rounded()) : $0 * step }
  }

  private static func epochTicks(_ first: Int, _ last: Int) -> [Int] {
    if last - first <= 10 { return Array(first...last) }
    let step = max(1, Int(ticks(from: 0, to: Double(last - first)).dropFirst().first ?? 1))
    var epochs = [first]
    epochs += stride(from: (first / step + 1) * step, through: last, by: step)
      .filter { $0 - first >= step / 2 }
    return epochs
  }
}
