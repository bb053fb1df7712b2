import Figures
import RunRecord
import TaskRegistry
import Tasks

/// Plots of values by epoch: loss, score and learning rate.
struct CurvePlots {
  let epochs: [EpochRecord]
  /// The epoch of the best weights; `nil` if unknown or if there are several trainings.
  let best: Int?
  let runName: String
  /// What the parts of a run with several trainings are called.
  var parts = "folds"

  private var folds: [Int] { Set(epochs.map(\.fold)).sorted() }
  private var last: Int { epochs.map(\.epoch).max() ?? 1 }

  func loss() -> Drawing {
    curve(
      "loss", title: "Loss", train: "train_loss", validation: "val_loss", label: "loss", atTop: true
    ) { values in
      guard let least = values.min(), let most = values.max(), least > 0, most > 50 * least else {
        return ["set offsets 0,0,graph 0.04,graph 0.04"]
      }
      return ["set logscale y", "set offsets 0,0,graph 0.04,graph 0.04", "set format y '%g'"]
    }
  }

  /// The task's primary score.
  func score(_ task: any Task) -> Drawing {
    let key = task.primary
    let label = type(of: task.primaryMetric).label
    let isShare = type(of: task.primaryMetric).unit == .share
    return curve(
      key, title: TaskRegistry.heading(label), train: "train_\(key)",
      validation: "val_\(key)", label: label, atTop: !isShare
    ) { isShare ? Axis.shares($0).commands : ["set offsets 0,0,graph 0.04,graph 0.04"] }
  }

  func learningRate() -> Drawing {
    let points = rows("lr", fold: folds.first ?? 0)
    guard !points.isEmpty else {
      return .skipped(name: "learning_rate", reason: "no learning rate was recorded")
    }
    if points.count > 1, Set(points.map { $0[1] }).count == 1 {
      return .skipped(name: "learning_rate", reason: "the learning rate is constant")
    }
    var figure = Figure("learning_rate", title: "Learning rate")
    figure.commands += figure.titleCommands(runName) + Axis.epochs(through: last)
    figure.commands += ["set ylabel 'learning rate'", "unset key", "set format y '%g'"]
    let values = points.map { $0[1] }
    if let least = values.min(), let most = values.max(), least > 0, most > least {
      let range = (least / 1.3)...(most * 1.3)
      let tics = Axis.logarithmicTics(range).map { "'\($0.scientific)' \($0)" }
      figure.commands += [
        "set logscale y", "set yrange [\(range.lowerBound):\(range.upperBound)]",
        "set ytics (\(tics.joined(separator: ", ")))",
      ]
    } else if let most = values.max() {
      figure.commands.append(most > 0 ? "set yrange [0:\(most * 1.5)]" : "set yrange [-1:1]")
    }
    figure.addData("rate", points)
    let marks = last <= 40 ? "linespoints pt 7 ps 0.7" : "lines"
    figure.commands.append("plot $rate with \(marks) \(Style.train.words(width: 2))")
    return .figure(figure)
  }

  private func curve(
    _ name: String, title: String, train: String, validation: String, label: String, atTop: Bool,
    range: ([Double]) -> [String]
  ) -> Drawing {
    let series =
      [("train", "training (running mean)", train, Style.train)]
      + [("validation", "validation", validation, Style.validation)]
    let values = series.flatMap { series in
      folds.flatMap { rows(series.2, fold: $0).map { $0[1] } }
    }
    guard !values.isEmpty else { return .skipped(name: name, reason: "no \(label) was recorded") }
    var figure = Figure(name, title: title)
    figure.commands += figure.titleCommands(runName) + Axis.epochs(through: last)
    figure.commands += ["set ylabel '\(label)'"] + range(values)
    var plots: [String] = []
    for (data, title, key, line) in series {
      let byFold = folds.map { rows(key, fold: $0) }.filter { !$0.isEmpty }
      if byFold.count > 1 {
        for (number, rows) in byFold.enumerated() {
          figure.addData("\(data)\(number)", rows)
          plots.append("$\(data)\(number) with lines notitle \(line.words(width: 0.6))")
        }
      }
      let mean = mean(byFold)
      guard !mean.isEmpty else { continue }
      figure.addData(data, mean)
      let marks =
        last <= 40 ? "linespoints pt \(line.marker) ps 0.7" : "lines"
      let words = byFold.count > 1 ? "\(title), mean of \(byFold.count) \(parts)" : title
      plots.append("$\(data) with \(marks) \(line.words(width: 2)) title '\(words)'")
    }
    if let best, folds.count == 1, last > 1 {
      figure.commands += bestEpoch(best, atTop: atTop)
      if let row = rows(validation, fold: folds[0]).first(where: { Int($0[0]) == best }) {
        figure.addData("best", [row])
        plots.append("$best with points pt 6 ps 1.8 lw 2 lc rgb '\(Style.ink)' notitle")
      }
    }
    figure.commands.append("plot " + plots.joined(separator: ", "))
    return .figure(figure)
  }

  /// A vertical line at the best epoch, labelled on the side with more room.
  private func bestEpoch(_ best: Int, atTop: Bool) -> [String] {
    let isLate = 2 * best > last + 1
    return [
      "set arrow from \(best), graph 0 to \(best), graph 1 nohead back lc rgb '\(Style.quiet)' lw 1 "
        + "dt 2",
      "set label 'best epoch: \(best)' at \(best), graph \(atTop ? 0.95 : 0.06) "
        + "\(isLate ? "right" : "left") offset \(isLate ? -1 : 1),0 font ',\(Style.smallSize)' "
        + "tc rgb '\(Style.ink)'",
    ]
  }

  /// Epoch and value pairs, finite values only, thinned to at most 2,000.
  private func rows(_ key: String, fold: Int) -> [[Double]] {
    let rows: [[Double]] = epochs.filter { $0.fold == fold }.compactMap { epoch in
      epoch.values[key].flatMap { $0.isFinite ? [Double(epoch.epoch), $0] : nil }
    }
    let every = (rows.count + 1_999) / 2_000
    return every <= 1 ? rows : rows.enumerated().filter { $0.offset % every == 0 }.map(\.element)
  }

  /// The mean at the epochs that all folds reached.
  private func mean(_ folds: [[[Double]]]) -> [[Double]] {
    guard folds.count > 1 else { return folds.first ?? [] }
    var sums: [Double: (sum: Double, count: Int)] = [:]
    for row in folds.joined() {
      sums[row[0], default: (0, 0)].sum += row[1]
      sums[row[0], default: (0, 0)].count += 1
    }
    return sums.filter { $0.value.count == folds.count }.sorted { $0.key < $1.key }
      .map { [$0.key, $0.value.sum / Double($0.value.count)] }
  }
}

extension Double {
  /// The shortest decimal text, such as `0.002` or `5e-05`.
  fileprivate var scientific: String {
    let rounded = (self * 1e12).rounded() / 1e12
    return "\(rounded > 0 ? rounded : self)"
  }
}
