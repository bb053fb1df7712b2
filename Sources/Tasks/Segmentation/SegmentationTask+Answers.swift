import ExperimentConfig
import Tasks

extension SegmentationTask {
  package func answerHeadings(_ layout: PredictionLayout) -> AnswerHeadings {
    AnswerHeadings(cells: ["shares of pixels"], csv: classNames.map { "share_\($0)" })
  }

  /// The share of the picture that each class was predicted for.
  package func answer(_ predictions: Predictions, _ row: Int, next: Int) -> AnswerText {
    let counts = PixelCounts(predictions.outputs(at: row), classes: classNames.count)
    let all = max(counts.total, 1)
    let shares = counts.predicted.map { Double($0) / Double(all) }
    let shown = classNames.indices.filter { counts.predicted[$0] > 0 }
      .sorted { (-counts.predicted[$0], $0) < (-counts.predicted[$1], $1) }
    let texts = shown.map { "\(classNames[$0]) \(NumberText.percent(shares[$0]))" }
    return AnswerText(
      cells: [texts.joined(separator: ", ")],
      json: [
        "shares": .object(
          Dictionary(zip(classNames, shares.map(JSONValue.number))) { first, _ in first })
      ], csv: shares.map { "\($0)" })
  }
}
