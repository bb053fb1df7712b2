import ExperimentConfig
import Glibc
import Report
import TableEffects

/// A partial dependence as a small SVG drawing in the page's colours: the mean answer as a thick line, examples as thin
/// ones. It contains only numbers and names, which are escaped.
struct DependenceDrawing {
  let dependence: PartialDependence
  /// The outputs that are drawn, each with a colour of its own if there are several.
  let outputs: [Int]
  /// The lowest and highest value of the vertical axis.
  let range: ClosedRange<Double>
  /// What the vertical axis shows.
  let axis: String

  private static let (width, height) = (360.0, 230.0)
  private static let (left, right, top, bottom) = (50.0, 12.0, 12.0, 40.0)
  /// The longest name of a category on the axis.
  private static let longestName = 12

  private var isNumeric: Bool { if case .numbers = dependence.grid { true } else { false } }

  var svg: String {
    var body = frame
    for output in outputs {
      let style = outputs.count > 1 ? "k\(output % 8)" : "val"
      if outputs.count == 1 {
        for line in dependence.lines[output] { body += mark(line, "ice", radius: 1.5) }
      }
      body += mark(dependence.averages[output], "mean \(style)", radius: 4)
    }
    let names = outputs.map { dependence.outputs[$0] }.joined(separator: ", ")
    let label = HTMLText().escapeText("\(names) by \(dependence.column)")
    return "<svg class=\"chart effect\" role=\"img\" aria-label=\"\(label)\" "
      + "viewBox=\"0 0 \(Self.text(Self.width)) \(Self.text(Self.height))\">\(body)</svg>"
  }

  private func x(_ place: Int) -> Double {
    let span = Self.width - Self.left - Self.right
    switch dependence.grid {
    case .numbers(let values):
      let (low, high) = (values.first ?? 0, values.last ?? 1)
      return Self.left + span * (high > low ? (values[place] - low) / (high - low) : 0.5)
    case .categories(let names):
      return Self.left + span * (Double(place) + 0.5) / Double(names.count)
    }
  }

  private func y(_ value: Double) -> Double {
    let span = range.upperBound - range.lowerBound
    let share = span > 0 ? (value - range.lowerBound) / span : 0.5
    return Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
  }

  /// A line over numbers, dots over categories.
  private func mark(_ values: [Double], _ style: String, radius: Double) -> String {
    guard isNumeric else {
      return values.enumerated().map { place, value in
        "<circle class=\"\(style)\" r=\"\(Self.text(radius))\" cx=\"\(Self.text(x(place)))\" cy=\"\(Self.text(y(value)))\"/>"
      }.joined()
    }
    let points = values.enumerated().map { "\(Self.text(x($0))),\(Self.text(y($1)))" }
    return "<polyline class=\"\(style)\" points=\"\(points.joined(separator: " "))\"/>"
  }

  /// Axes, their numbers and names, and deciles as ticks.
  private var frame: String {
    let base = Self.height - Self.bottom
    var body = ""
    for tick in CurveDrawing.ticks(from: range.lowerBound, to: range.upperBound)
    where range.contains(tick) {
      body +=
        "<line class=\"grid\" x1=\"\(Self.text(Self.left))\" x2=\"\(Self.text(Self.width - Self.right))\" y1=\"\(Self.text(y(tick)))\" y2=\"\(Self.text(y(tick)))\"/>"
      body += Self.label(NumberText.significant(tick, 4), Self.left - 6, y(tick) + 4, "end")
    }
    switch dependence.grid {
    case .numbers(let values):
      let (low, high) = (values.first ?? 0, values.last ?? 0)
      for tick in CurveDrawing.ticks(from: low, to: high) where (low...high).contains(tick) {
        let place = Self.left + (Self.width - Self.left - Self.right) * (tick - low) / (high - low)
        body += Self.label(NumberText.significant(tick, 5), place, base + 18, "middle")
      }
      for decile in dependence.deciles where (low...high).contains(decile) {
        let place =
          Self.left + (Self.width - Self.left - Self.right) * (decile - low) / (high - low)
        body +=
          "<line class=\"tick\" x1=\"\(Self.text(place))\" x2=\"\(Self.text(place))\" y1=\"\(Self.text(base - 5))\" y2=\"\(Self.text(base))\"/>"
      }
    case .categories(let names):
      // Names that would overlap are left out; the table of values has them all.
      let step = max(1, (names.count + 5) / 6)
      for (place, name) in names.enumerated() where place % step == 0 {
        let short =
          name.count > Self.longestName ? name.prefix(Self.longestName - 1) + "…" : name[...]
        body += Self.label(String(short), x(place), base + 18, "middle")
      }
    }
    body += Self.label(
      dependence.column, (Self.left + Self.width - Self.right) / 2, Self.height - 5, "middle")
    return body
  }

  private static func label(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> String {
    "<text x=\"\(self.text(x))\" y=\"\(self.text(y))\" text-anchor=\"\(anchor)\">\(HTMLText().escapeText(text))</text>"
  }

  private static func text(_ value: Double) -> String {
    NumberText.short((value * 10).rounded() / 10)
  }
}
