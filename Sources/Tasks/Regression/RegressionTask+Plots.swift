import DataSchema
import ExperimentConfig
import Figures
import Tasks

extension RegressionTask {
  package static let captions: [(name: String, caption: String)] = []

  package static let notableTitle = "Largest errors"

  package func drawings(
    _ predictions: Predictions, split: String, runName: String
  ) -> [Drawing] {
    let width = quantities.count
    return quantities.enumerated().flatMap { column, quantity in
      let points = (0..<predictions.count).map { row in
        (
          target: Double(predictions.targets[row * width + column]),
          output: predictions.outputs[row * width + column]
        )
      }.filter { $0.target.isFinite && $0.output.isFinite }
      let plots = RegressionPlots(
        name: quantity.name, unit: quantity.unit, split: split, runName: runName, points: points)
      return [plots.predicted(), plots.residuals()]
    }
  }

  /// The examples with the largest errors, in units of each target's standard deviation.
  package func notable(_ predictions: Predictions, _ count: Int) -> [NotableExample] {
    let width = quantities.count
    let scales = lossColumns(Targets(predictions.targets, width: width)).map { column in
      let mean = column.mean
      return max(column.mean { ($0 - mean) * ($0 - mean) }.squareRoot(), .leastNormalMagnitude)
    }
    func error(_ row: Int) -> Double {
      (0..<width).map { column in
        let place = row * width + column
        return abs(predictions.outputs[place] - Double(predictions.targets[place]))
          / scales[column]
      }.max() ?? 0
    }
    let rows = (0..<predictions.count).map { (row: $0, error: error($0)) }
      .filter { $0.error.isFinite }
      .sorted { (-$0.error, $0.row) < (-$1.error, $1.row) }.prefix(count).map(\.row)
    return rows.map { row in
      NotableExample(
        row: row,
        lines: quantities.indices.prefix(2).map { column in
          let place = row * width + column
          return "\(Double(predictions.targets[place]).rounded(digits: 3)) → "
            + predictions.outputs[place].rounded(digits: 3)
        })
    }
  }
}
