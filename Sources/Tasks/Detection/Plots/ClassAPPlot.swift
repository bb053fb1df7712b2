import Figures
import Tasks

/// Bars of the AP of each class, largest first, each with a mark at AP50.
struct ClassAPPlot {
  let report: BoxReport
  let split: String
  let runName: String

  static let name = "class_ap"
  /// With more classes, the bars are indistinguishable.
  static let most = 200

  func drawing() -> Drawing {
    let known = report.classes.filter { $0.ap != nil }
      .sorted { ($0.ap ?? 0, $1.name) > ($1.ap ?? 0, $0.name) }
    guard !known.isEmpty else {
      return .skipped(name: Self.name, reason: "no box has to be found")
    }
    guard known.count <= Self.most else {
      return .skipped(
        name: Self.name, reason: "\(known.count) classes are too many for one plot")
    }
    let spacing = known.count <= 20 ? max(32, 600 / known.count) : 16
    let size = known.count > 20 ? Style.smallSize : Style.fontSize
    let names = known.map { GnuplotText.shortened($0.name, 16) }
    let widest = names.map { Style.width(of: $0, size: size) }.max() ?? 0
    let isUpright = widest + 6 > spacing
    let left = 80
    var figure = Figure(
      Self.name, title: "Average precision of each class, \(split) set",
      width: max(left + known.count * spacing + 20, 600),
      height: 416 + (isUpright ? widest : size))
    figure.commands += figure.titleCommands(
      "\(runName): \(report.boxes.grouped) boxes in \(report.images.grouped) images, mAP "
        + "\((report.map ?? 0).rounded(digits: 4)), mAP@50 \((report.map50 ?? 0).rounded(digits: 4))"
    )
    figure.commands += figure.margins(left: left, top: 92, right: figure.width - 20, bottom: 370)
    figure.commands += figure.axisLabels(
      x: nil, y: "average precision", left: left, top: 92, right: figure.width - 20, bottom: 370)
    let tics = names.indices.map { "\(GnuplotText.tic(names[$0], limit: 16)) \($0)" }
    figure.commands += [
      "set yrange [0:1.01]", "set xrange [-0.6:\(Double(known.count) - 0.4)]",
      "set format y '%g'", "set boxwidth 0.7", "set style fill solid 1 noborder",
      "set ytics 0.2",
      "set xtics scale 0 font ',\(size)' " + (isUpright ? "rotate by 90 right" : ""),
      "set xtics (\(tics.joined(separator: ", ")))",
      "set key at screen \(figure.x(figure.width - 16)),\(figure.y(58)) right top horizontal "
        + "samplen 1.5 font ',\(Style.smallSize)'",
    ]
    figure.addData(
      "scores",
      known.enumerated().map { index, row in [Double(index), row.ap ?? 0, row.ap50 ?? 0] })
    figure.commands.append(
      "plot $scores using 1:2 with boxes lc rgb '\(Style.blue)' title 'AP', "
        + "$scores using 1:3 with points pt 7 ps 0.9 lc rgb '\(Style.vermilion)' title 'AP@50'")
    return .figure(figure)
  }
}
