import Figures
import PNGImage
import Tasks

/// Bars of the IoU of each class, largest first, in the colours that the classes have in pictures.
struct ClassIoUPlot {
  let report: SegmentationReport
  let split: String
  let runName: String

  static let name = "class_iou"
  /// With more classes, the bars are indistinguishable.
  static let most = 200

  func drawing() -> Drawing {
    let known = report.classes.enumerated().filter { $1.iou != nil }
      .sorted { ($0.element.iou ?? 0, $1.element.name) > ($1.element.iou ?? 0, $0.element.name) }
    guard !known.isEmpty else {
      return .skipped(name: Self.name, reason: "there are no pixels that have a class")
    }
    guard known.count <= Self.most else {
      return .skipped(
        name: Self.name, reason: "\(known.count) classes are too many for one plot")
    }
    let spacing = known.count <= 20 ? max(32, 600 / known.count) : 16
    let size = known.count > 20 ? Style.smallSize : Style.fontSize
    let names = known.map { GnuplotText.shortened($0.element.name, 16) }
    let widest = names.map { Style.width(of: $0, size: size) }.max() ?? 0
    let isUpright = widest + 6 > spacing
    let left = 80
    var figure = Figure(
      Self.name, title: "IoU of each class, \(split) set",
      width: max(left + known.count * spacing + 20, 600),
      height: 416 + (isUpright ? widest : size))
    let mean = (report.meanIoU ?? 0).rounded(digits: 4)
    figure.commands += figure.titleCommands(
      "\(runName): \(report.images.grouped) images, mean IoU \(mean)")
    figure.commands += figure.margins(left: left, top: 76, right: figure.width - 20, bottom: 370)
    figure.commands += figure.axisLabels(
      x: nil, y: "IoU", left: left, top: 76, right: figure.width - 20, bottom: 370)
    let tics = names.indices.map { "\(GnuplotText.tic(names[$0], limit: 16)) \($0)" }
    figure.commands += [
      "set yrange [0:1]", "set xrange [-0.6:\(Double(known.count) - 0.4)]",
      "set format y '%g'", "set boxwidth 0.7", "set style fill solid 1 noborder",
      "set xtics scale 0 font ',\(size)' " + (isUpright ? "rotate by 90 right" : ""),
      "set xtics (\(tics.joined(separator: ", ")))",
    ]
    figure.addData(
      "scores",
      known.enumerated().map { index, row in
        let color = ClassColors.color(row.offset)
        let number = Int(color.red) << 16 | Int(color.green) << 8 | Int(color.blue)
        return [Double(index), row.element.iou ?? 0, Double(number)]
      })
    // A mark on the axis shows the colour of a class whose bar is too low to be seen.
    figure.commands.append(
      "plot $scores using 1:2:3 with boxes lc rgb variable notitle, "
        + "$scores using 1:(0):3 with points pt 5 ps 0.8 lc rgb variable notitle")
    return .figure(figure)
  }
}
