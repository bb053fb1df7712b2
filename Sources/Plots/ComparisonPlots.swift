import Classification
import Figures
import Files
import Tasks

/// Pictures of several runs over and beside each other.
package struct ComparisonPlots: Sendable {
  package struct Curve: Sendable {
    /// Epoch and value.
    package var points: [(epoch: Int, value: Double)]

    package init(points: [(epoch: Int, value: Double)]) { self.points = points }
  }

  /// One picture of curves: one line a run.
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

  /// Bars in groups: one group a score or class, one bar a run; nothing where a run has no value.
  package struct BarSet: Sendable {
    package var name: String
    package var title: String
    package var groups: [String]
    /// By run, then by group.
    package var values: [[Double?]]
    /// 95 %, by run and group, where they are known.
    package var intervals: [[[Double]?]]

    package init(
      name: String, title: String, groups: [String], values: [[Double?]],
      intervals: [[[Double]?]] = []
    ) {
      self.name = name
      self.title = title
      self.groups = groups
      self.values = values
      self.intervals = intervals
    }
  }

  /// What the runs are called in the legend.
  package var runs: [String]
  package var curves: [CurveSet] = []
  package var bars: [BarSet] = []
  package var classNames: [String] = []
  /// With the run's name; those of the same number of classes. The first one is subtracted from those
  /// that are comparable with it.
  package var matrices: [(run: String, matrix: ConfusionMatrix, isComparable: Bool)] = []

  package init(runs: [String]) { self.runs = runs }

  /// Draws everything as `<folder>/<name>.png` and `.svg`.
  ///
  /// - Throws: ``FileError`` where the folder cannot be written.
  package func write(
    to folder: String, gnuplot: String = "gnuplot"
  ) async throws -> Plots.Outcome {
    let drawings = curves.compactMap(drawing) + bars.compactMap(drawing) + confusion()
    try AtomicFile.createFolder(folder)
    return try await Plots.draw(drawings, gnuplot: gnuplot, temporaryFolder: nil) {
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

  /// Under the title, so that neither is in the other's way.
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
      "set yrange [0:1.02]", "set ytics 0.2", "set boxwidth \(bar * 0.92)", "set ylabel 'score'",
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

  // MARK: Confusion

  /// Above this many classes a cell would be less than two pixels wide.
  private static let mostClasses = 500

  /// A picture of each run's errors, and one of the difference for each run after the first.
  private func confusion() -> [Drawing] {
    guard let first = matrices.first, first.matrix.classes <= Self.mostClasses else {
      return []
    }
    var drawings = matrices.enumerated().map { index, entry in
      matrix(
        "confusion_\(index + 1)", title: "Confusion matrix, counts", more: entry.run,
        counts(entry.matrix).map { $0.map(Double.init) }, isDifference: false)
    }
    for (index, entry) in matrices.enumerated().dropFirst() where entry.isComparable {
      let values = zip(counts(entry.matrix), counts(first.matrix)).map { rows in
        zip(rows.0, rows.1).map { Double($0 - $1) }
      }
      drawings.append(
        matrix(
          "confusion_difference_\(index + 1)", title: "Confusion matrix, difference of counts",
          more: "\(entry.run) minus \(first.run)", values, isDifference: true))
    }
    return drawings
  }

  private func counts(_ matrix: ConfusionMatrix) -> [[Int]] {
    (0..<matrix.classes).map { label in (0..<matrix.classes).map { matrix[label, $0] } }
  }

  private func matrix(
    _ name: String, title: String, more: String, _ values: [[Double]], isDifference: Bool
  ) -> Drawing {
    let classes = values.count
    let cell = max(2, min(44, 700 / max(1, classes)))
    let side = max(220, cell * classes)
    var figure = Figure(name, title: title, width: max(side + 120, 480), height: side + 130)
    figure.commands += figure.titleCommands(more)
    figure.commands += figure.margins(left: 72, top: 66, right: 72 + side, bottom: 66 + side)
    // Few errors beside many right answers: the square root shows both.
    func depth(_ value: Double) -> Double { (value < 0 ? -1 : 1) * abs(value).squareRoot() }
    let most = max(1, values.joined().map { abs(depth($0)) }.max() ?? 1)
    let every = max(1, (Style.fontSize + 3 + cell - 1) / max(1, side / max(1, classes)))
    let names = (0..<classes).map { classNames.indices.contains($0) ? classNames[$0] : "\($0)" }
    let tics = stride(from: 0, to: classes, by: every)
      .map { "\(GnuplotText.tic(names[$0], limit: 8)) \($0)" }.joined(separator: ", ")
    let palette =
      isDifference
      ? "set palette defined (-1 '\(Style.vermilion)', 0 '#FFFFFF', 1 '\(Style.blue)')"
      : Style.palette
    figure.commands += [
      "unset key", "unset grid", "unset colorbox", palette,
      "set cbrange [\(isDifference ? -most : 0):\(most)]",
      "set border 15 lc rgb '\(Style.quiet)' lw 1",
      "set xrange [-0.5:\(Double(classes) - 0.5)]", "set yrange [\(Double(classes) - 0.5):-0.5]",
      "set xtics scale 0.3 (\(tics))", "set ytics scale 0.3 (\(tics))",
      "set label 'predicted class' at screen \(figure.x(72 + side / 2)),"
        + "\(figure.y(figure.height - 18)) center tc rgb '\(Style.ink)'",
      "set label 'true class' at screen \(figure.x(18)),\(figure.y(66 + side / 2)) center "
        + "rotate by 90 tc rgb '\(Style.ink)'",
      "$cells << END_OF_DATA",
    ]
    figure.commands += values.map { row in row.map { "\(depth($0))" }.joined(separator: " ") }
    figure.commands.append("END_OF_DATA")
    figure.plotMatrix(classes) { isDark in
      values.enumerated().flatMap { row, values in
        values.enumerated().compactMap { column, value -> String? in
          guard value != 0, (abs(depth(value)) > 0.62 * most) == isDark else { return nil }
          let sign = isDifference && value > 0 ? "+" : ""
          return "\(column) \(row) \(sign)\(Int(value))"
        }
      }
    }
    return .figure(figure)
  }
}
