import Figures
import TaskRegistry

/// A heat map of a sweep of two keys: a cell for each pair of values where they form a grid, otherwise a point for
/// each trial. Colour is by rank: scaled by score, a single bad trial would leave the others in one colour.
struct SweepHeatMap {
  static let name = "heat_map"
  /// The most values of a key for which cells are drawn.
  static let mostValues = 24
  /// The most values of a key with the scores written into the cells.
  static let mostLabelled = 10

  let columns: [SweepColumn]
  /// The objective of each trial, best first, in the order of the columns' places.
  let scores: [Double]
  let label: String
  let more: String

  func drawing() -> Drawing {
    guard columns.count == 2 else {
      return .skipped(name: Self.name, reason: "it shows two keys, the sweep has \(columns.count)")
    }
    guard columns.allSatisfy({ Set($0.places).count > 1 }) else {
      return .skipped(name: Self.name, reason: "one of the keys has a single value")
    }
    let values = columns.map { Set($0.places).sorted() }
    let pairs = Set(zip(columns[0].places, columns[1].places).map { [$0, $1] })
    let isGrid =
      values.allSatisfy { $0.count <= Self.mostValues }
      && 2 * pairs.count >= values[0].count * values[1].count
    return .figure(isGrid ? cells(values) : points())
  }

  private func figure(_ remark: String, width: Int = Style.width, height: Int) -> Figure {
    let title = TaskRegistry.heading("\(label) by \(columns[0].name) and \(columns[1].name)")
    var figure = Figure(Self.name, title: title, width: width, height: height)
    figure.commands += figure.titleCommands("\(more); \(remark)")
    figure.commands += [
      "unset key", "unset grid", "unset colorbox", "set border 15 lc rgb '\(Style.quiet)' lw 1",
      "set palette defined (0 '#DCE9F5', 0.5 '#6BAED6', 1 '#08306B')", "set cbrange [0:1]",
    ]
    return figure
  }

  /// 1 for the best of these scores, 0 for the worst; equal scores have equal ranks.
  private func quality(_ all: [Double]) -> (Double) -> Double {
    let sorted = Set(all).sorted()
    // Whether higher is better shows in the order: the first score is the best.
    let isDescending = scores[0] >= (scores.last ?? scores[0])
    return { score in
      guard sorted.count > 1, let place = sorted.firstIndex(of: score) else { return 1 }
      let share = Double(place) / Double(sorted.count - 1)
      return isDescending ? share : 1 - share
    }
  }

  // MARK: Cells

  private func cells(_ values: [[Double]]) -> Figure {
    var sums: [[Double]: (sum: Double, count: Double)] = [:]
    for (index, score) in scores.enumerated() {
      let pair = [columns[0].places[index], columns[1].places[index]]
      let (sum, count) = sums[pair] ?? (0, 0)
      sums[pair] = (sum + score, count + 1)
    }
    let means = sums.mapValues { $0.sum / $0.count }
    let isRepeated = sums.values.contains { $0.count > 1 }
    let (across, down) = (values[0].count, values[1].count)
    let left = 110
    let cell = max(24, min(110, (Style.width - left - 24) / across))
    let row = max(24, min(52, 480 / down))
    let (top, side) = (70, row * down)
    let width = max(480, left + cell * across + 24)
    var figure = figure(
      "darker is better" + (isRepeated ? "; means of repeated trials" : ""), width: width,
      height: top + side + 74)
    let right = left + cell * across
    figure.commands += figure.margins(left: left, top: top, right: right, bottom: top + side)
    figure.commands += [
      "set xrange [-0.5:\(Double(across) - 0.5)]", "set yrange [-0.5:\(Double(down) - 0.5)]",
      "set xtics scale 0.3 (\(tics(columns[0], values[0], every: max(1, 56 / cell))))",
      "set ytics scale 0.3 (\(tics(columns[1], values[1], every: 1)))",
      "set label \(GnuplotText.quoted(columns[0].name, limit: 40)) at screen "
        + "\(figure.x((left + right) / 2)),\(figure.y(top + side + 50)) center "
        + "tc rgb '\(Style.ink)'",
      "set label \(GnuplotText.quoted(columns[1].name, limit: 24)) at screen "
        + "\(figure.x(18)),\(figure.y(top + side / 2)) center rotate by 90 "
        + "tc rgb '\(Style.ink)'",
    ]
    let rank = quality(Array(means.values))
    var boxes: [[Double]] = []
    var texts: [Bool: [String]] = [:]
    let isLabelled = max(across, down) <= Self.mostLabelled && cell >= 44
    for (x, first) in values[0].enumerated() {
      for (y, second) in values[1].enumerated() {
        guard let score = means[[first, second]] else { continue }
        let shade = rank(score)
        boxes.append([Double(x), Double(y), 0.5, 0.5, shade])
        texts[shade > 0.55, default: []].append("\(x) \(y) \(Self.text(score))")
      }
    }
    figure.addData("cells", boxes)
    var plots = ["$cells using 1:2:3:4:5 with boxxyerror fillstyle solid 1 lc palette"]
    for (isDark, lines) in texts.sorted(by: { !$0.key && $1.key }) where isLabelled {
      let name = isDark ? "dark" : "light"
      figure.commands += ["$\(name) << END_OF_DATA"] + lines + ["END_OF_DATA"]
      plots.append(
        "$\(name) using 1:2:3 with labels font ',\(Style.smallSize)' "
          + "tc rgb '\(isDark ? "#FFFFFF" : Style.cellInk)'")
    }
    figure.commands += best(values)
    figure.commands.append("plot " + plots.joined(separator: ", "))
    return figure
  }

  /// A frame around the cell of the best trial.
  private func best(_ values: [[Double]]) -> [String] {
    guard let x = values[0].firstIndex(of: columns[0].places[0]),
      let y = values[1].firstIndex(of: columns[1].places[0])
    else { return [] }
    return [
      "set object rectangle from \(Double(x) - 0.47),\(Double(y) - 0.47) to "
        + "\(Double(x) + 0.47),\(Double(y) + 0.47) front fs empty border rgb '\(Style.vermilion)' lw 3"
    ]
  }

  private static func text(_ score: Double) -> String {
    abs(score) >= 100 ? score.rounded(digits: 0) : score.rounded(digits: abs(score) >= 10 ? 2 : 4)
  }

  /// - Parameter every: labels every so many values, so that they do not overlap.
  private func tics(_ column: SweepColumn, _ values: [Double], every: Int) -> String {
    values.enumerated().filter { $0.offset % every == 0 }.map { offset, value in
      let text =
        column.choices.isEmpty ? Self.number(value) : column.choices[Int(value)]
      return "\(GnuplotText.tic(text, limit: 12)) \(offset)"
    }.joined(separator: ", ")
  }

  private static func number(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  // MARK: Points

  private func points() -> Figure {
    var figure = figure("darker is better", height: Style.height)
    for (axis, column) in zip(["x", "y"], columns) {
      let (least, most) = (column.places.min() ?? 0, column.places.max() ?? 1)
      if column.isLogarithmic {
        figure.commands += [
          "set logscale \(axis)", "set \(axis)range [\(least / 1.3):\(most * 1.3)]",
          "set format \(axis) '%g'",
        ]
      } else {
        let pad = (most - least) * 0.06
        figure.commands += [
          "set \(axis)range [\(least - pad):\(most + pad)]", "set format \(axis) '%g'",
        ]
      }
      if !column.choices.isEmpty {
        let tics = column.choices.enumerated().map {
          "\(GnuplotText.tic($0.element, limit: 12)) \($0.offset)"
        }
        figure.commands.append("set \(axis)tics (\(tics.joined(separator: ", ")))")
      }
      figure.commands.append(
        "set \(axis)label \(GnuplotText.quoted(column.name, limit: 40)) tc rgb '\(Style.ink)'")
    }
    let rank = quality(scores)
    // The best trial last, on top of the others.
    let rows = scores.indices.reversed().map {
      [columns[0].places[$0], columns[1].places[$0], rank(scores[$0])]
    }
    figure.addData("points", rows)
    figure.addData("best", [[columns[0].places[0], columns[1].places[0]]])
    let size = scores.count > 200 ? 0.8 : 1.4
    figure.commands.append(
      "plot $points using 1:2:3 with points pt 7 ps \(size) lc palette, "
        + "$best with points pt 6 ps 2.4 lw 2 lc rgb '\(Style.vermilion)'")
    return figure
  }
}
