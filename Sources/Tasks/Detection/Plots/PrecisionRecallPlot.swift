import DetectionScores
import Figures
import Tasks

/// The interpolated precision of each class over the recall, at an overlap of 0.5, and the mean of the classes.
struct PrecisionRecallPlot {
  private let curves: [(name: String, curve: [Double])]
  private let map50: Double?
  private let split: String
  private let runName: String

  static let name = "precision_recall"
  /// The most classes with a line each: those with the smallest areas.
  static let lines = 10

  init(_ task: DetectionTask, _ sample: DetectionSample, split: String, runName: String) {
    curves = sample.curves.enumerated().compactMap { label, curve in
      curve.map { (task.name(label), $0) }
    }
    map50 = sample.numbers[.ap50]
    self.split = split
    self.runName = runName
  }

  private static func area(_ curve: [Double]) -> Double {
    curve.reduce(0, +) / Double(curve.count)
  }

  /// The points up to the last recall that is reached, and from there down to the axis.
  static func points(_ curve: [Double]) -> [[Double]] {
    let last = Double(curve.count - 1)
    let reached = curve.lastIndex { $0 > 0 }
    guard let reached else { return [[0, 0]] }
    let points = curve[...reached].enumerated().map { [Double($0.offset) / last, $0.element] }
    return points + [[Double(reached) / last, 0]]
  }

  func drawing() -> Drawing {
    guard !curves.isEmpty, let map50 else {
      return .skipped(name: Self.name, reason: "no box has to be found")
    }
    let ranked = curves.enumerated().sorted {
      (Self.area($0.element.curve), $0.offset) < (Self.area($1.element.curve), $1.offset)
    }
    let drawn = ranked.prefix(Self.lines).sorted { $0.offset < $1.offset }.map(\.element)
    var figure = Figure(
      Self.name, title: "Precision-recall curves, \(split) set", width: 720, height: 540)
    let left =
      curves.count > Self.lines ? ", the \(Self.lines) lowest of \(curves.count) shown" : ""
    figure.commands += figure.titleCommands(
      "\(runName): interpolated, at an overlap of 0.5\(left); mAP@50 \(map50.rounded(digits: 4))")
    var plots: [String] = []
    for (place, (name, curve)) in drawn.enumerated() {
      figure.addData("c\(place)", Self.points(curve))
      let label =
        GnuplotText.shortened(name, 14) + ": " + Self.area(curve).rounded(digits: 4)
      plots.append(
        "$c\(place) with lines title \(GnuplotText.quoted(label)) "
          + Style.classLine(place).words(width: 1.8))
    }
    if curves.count > 1 {
      let mean = curves[0].curve.indices.map { place in
        curves.reduce(0) { $0 + $1.curve[place] } / Double(curves.count)
      }
      figure.addData("mean", Self.points(mean))
      plots.append(
        "$mean with lines title 'mean: \(map50.rounded(digits: 4))' lc rgb '#000000' lw 2.8 dt 1")
    }
    figure.commands += figure.axisLabels(
      x: "recall", y: "precision", left: 70, top: 66, right: 500, bottom: 484)
    figure.commands += ["set xrange [0:1.005]", "set yrange [0:1.005]"]
    figure.commands += figure.margins(left: 70, top: 66, right: 500, bottom: 484)
    figure.commands += [
      "set key at screen \(figure.x(516)),\(figure.y(66)) left top vertical Left reverse "
        + "samplen 2.5 spacing 1.25 font ',\(Style.smallSize + 1)'",
      "set xtics 0.2", "set ytics 0.2", "plot " + plots.joined(separator: ", "),
    ]
    return .figure(figure)
  }
}
