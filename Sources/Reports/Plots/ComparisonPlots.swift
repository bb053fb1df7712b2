import Figures
import Files
import Tasks

/// Plots that compare several runs.
package struct ComparisonPlots: Sendable {
  package struct Curve: Sendable {
    /// Epoch and value.
    package var points: [(epoch: Int, value: Double)]

    package init(points: [(epoch: Int, value: Double)]) { self.points = points }
  }

  /// A plot of curves: one line per run.
  package struct CurveSet: Sendable {
    package var name: String
    package var title: String
    package var label: String
    package var curves: [Curve]

    package init(name: String, title: String, label: String, curves: [Curve]) {
      self.name = name
      self.title = title
      self.label = label
      self.curves = curves
    }
  }

  /// Bars in groups: one group per score or part, one bar per run; `nil` if a run has no value.
  package struct BarSet: Sendable {
    package var name: String
    package var title: String
    package var groups: [String]
    /// By run, then by group.
    package var values: [[Double?]]
    /// Lower and upper ends of the 95% intervals, by run and group; `nil` if unknown.
    package var intervals: [[[Double]?]]
    package var label: String
    /// Whether the axis ends at 1.
    package var areShares: Bool

    package init(
      name: String, title: String, groups: [String], values: [[Double?]],
      intervals: [[[Double]?]] = [], label: String = "score", areShares: Bool = true
    ) {
      self.name = name
      self.title = title
      self.groups = groups
      self.values = values
      self.intervals = intervals
      self.label = label
      self.areShares = areShares
    }
  }

  /// The names of the runs in the legend.
  package var runs: [String]
  package var curves: [CurveSet] = []
  package var bars: [BarSet] = []
  /// The figures that the task draws of the predictions.
  package var drawings: [Drawing] = []

  package init(runs: [String]) { self.runs = runs }

  /// Draws everything as `<folder>/<name>.png` and `.svg`.
  ///
  /// - Throws: ``FileError`` if the folder cannot be written.
  package func write(
    to folder: String, gnuplot: String = "gnuplot"
  ) async throws -> Plots.Outcome {
    let all = curves.compactMap(drawing) + bars.compactMap(drawing) + self.drawings
    try AtomicFile.createFolder(folder)
    return try await Plots.draw(all, gnuplot: gnuplot, temporaryFolder: nil) {
      bytes, name throws(FileError) in
      try AtomicFile.write([bytes], to: "\(folder)/\(name)")
      return "\(folder)/\(name)"
    }
  }

  // MARK: Curves

  private func drawing(_ set: CurveSet) -> Drawing? {
    let all = set.curves.flatMap(\.points).filter { $0.value.isFinite }
    guard let last = all.map(\.epoch).max() else { return nil }
    var figure = Figure(set.name, title: set.title)
    figure.commands += figure.titleCommands() + legend(figure) + Axis.epochs(through: last)
    figure.commands += [
      "set ylabel '\(set.label)'", "set offsets 0,0,graph 0.04,graph 0.04", "set format y '%g'",
    ]
    var plots: [String] = []
    for (index, curve) in set.curves.enumerated() where !curve.points.isEmpty {
      figure.addData("c\(index)", curve.points.map { [Double($0.epoch), $0.value] })
      let line = Style.classLine(index)
      let marks = last <= 40 ? "linespoints pt \(line.marker) ps 0.7" : "lines"
      plots.append(
        "$c\(index) with \(marks) \(line.words(width: 2)) title "
          + GnuplotText.quoted(runs[index], limit: 24))
    }
    if plots.isEmpty { return nil }
    figure.commands.append("plot " + plots.joined(separator: ", "))
    return .figure(figure)
  }

  /// Places the legend below the title so that they do not overlap.
  private func legend(_ figure: Figure) -> [String] {
    [
      "set key at screen \(figure.x(12)),\(figure.y(36)) left top horizontal Left reverse "
        + "samplen 2 width 1 maxrows 2 tc rgb '\(Style.ink)'"
    ]
  }

  // MARK: Bars

  private func drawing(_ set: BarSet) -> Drawing? {
    let values = set.values.joined().compactMap(\.self).filter(\.isFinite)
    if values.isEmpty || set.groups.isEmpty { return nil }
    let groups = set.groups.count
    guard groups * runs.count <= 600 else {
      return .skipped(name: set.name, reason: "\(groups) groups of bars are too many")
    }
    let width = max(720, 110 + groups * (runs.count * 12 + 16))
    var figure = Figure(set.name, title: set.title, width: width)
    figure.commands += figure.titleCommands() + legend(figure)
    let bar = 0.8 / Double(max(1, runs.count))
    let tics = set.groups.enumerated()
      .map { "\(GnuplotText.tic($0.element, limit: 16)) \($0.offset)" }
    figure.commands += [
      "set xrange [-0.6:\(Double(groups) - 0.4)]", "set xtics (\(tics.joined(separator: ", ")))",
      set.areShares ? "set yrange [0:1.02]" : "set yrange [0:*]",
      set.areShares ? "set ytics 0.2" : "set format y '%g'", "set boxwidth \(bar * 0.92)",
      "set ylabel '\(set.label)'",
    ]
    var plots: [String] = []
    for (index, row) in set.values.enumerated() {
      let place = (Double(index) - Double(runs.count - 1) / 2) * bar
      let data = row.enumerated().compactMap { group, value -> [Double]? in
        guard let value, value.isFinite else { return nil }
        let ends =
          set.intervals.indices.contains(index)
          ? set.intervals[index][group] ?? [value, value] : [value, value]
        return [Double(group) + place, value, ends[0], ends[1]]
      }
      if data.isEmpty { continue }
      figure.addData("b\(index)", data)
      let color = Style.classLine(index).color
      plots.append(
        "$b\(index) using 1:2 with boxes lc rgb '\(color)' title "
          + GnuplotText.quoted(runs[index], limit: 24))
      if !set.intervals.isEmpty {
        plots.append(
          "$b\(index) using 1:3:(0):($4-$3) with vectors nohead lc rgb '\(Style.ink)' lw 1.5 "
            + "notitle")
      }
    }
    figure.commands.append("plot " + plots.joined(separator: ", "))
    return .figure(figure)
  }
}
