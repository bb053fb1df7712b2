import ExperimentConfig

/// Templates for tables and for searches.
extension ExperimentTemplate {
  /// The number of rows that the suggestions suit, since the data are unknown.
  private static let usualCount = 2000

  private static func dataset(target: String, kind: String, _ comment: String) -> CommentedLines {
    var lines = CommentedLines()
    lines.add("table:")
    lines.add("  file: table.csv", "your file, CSV or TSV; its first line names the columns")
    lines.add("  target: \(target)", comment)
    lines.add("  kind: \(kind)", "what the target is, whatever it looks like")
    lines.add(
      "  ignore: []", "columns that say nothing about other rows: names, dates, row numbers")
    lines.add(
      "  impute: {numbers: median, categories: own}",
      "what replaces missing values, from the training rows")
    return lines
  }

  static let table = ExperimentTemplate(
    name: "table", summary: "A class for each row of a table",
    expected: ["table.csv beside this file, with a column 'label'; all other columns are features."]
  ) {
    ExperimentDraft(
      found: [],
      dataset: dataset(target: "label", kind: "category", "the column to predict"),
      hasValidation: false, trainCount: usualCount, epochs: 20, learningRate: "1e-3",
      model: TableStart.model(isNumbers: false, trainCount: usualCount),
      metrics: {
        var lines = CommentedLines()
        lines.add("metrics: [accuracy, f1, confusion_matrix]", "f1 counts rare classes as much")
        return lines
      }())
  }

  static let regression = ExperimentTemplate(
    name: "regression", summary: "A number for each row of a table",
    expected: ["table.csv beside this file, with a column 'value'; all other columns are features."]
  ) {
    var loss = CommentedLines()
    loss.add("loss: mse", "huber is less affected by a few values that are far off")
    var metrics = CommentedLines()
    metrics.add(
      "metrics: [rmse, mae, r2]", "in the unit of the target, but for r2, its explained share")
    return ExperimentDraft(
      found: [],
      dataset: dataset(
        target: "value", kind: "numbers", "the column to predict, or a list of several"),
      hasValidation: false, trainCount: usualCount, epochs: 20, learningRate: "1e-2",
      model: TableStart.model(isNumbers: true, trainCount: usualCount), loss: loss,
      metrics: metrics)
  }

  static let sweep = ExperimentTemplate(
    name: "sweep", summary: "A search for good settings", expected: []
  ) {
    var dataset = CommentedLines()
    dataset.add(
      "digits", "drawn by the program, so that this file works as it is; put your data here")
    var transforms = CommentedLines()
    transforms.add("- to_tensor", "bytes to numbers from 0 to 1")
    transforms.add(
      "- normalize: {fit: train}", "mean 0, standard deviation 1 over the training images")
    var model = CommentedLines()
    model.add("- flatten", "pixels in a row")
    model.add("- linear: 64")
    model.add("- relu")
    model.add("- dropout: 0.2", "tried with other values below")
    model.add("- linear: ${data.classes}", "one output for each class")
    var sweep = CommentedLines()
    sweep.add("sweep:", "for 'runner sweep'; 'runner' alone trains once and ignores it")
    sweep.add("  parameters:")
    sweep.add(
      "    lr: loguniform[1e-4:1e-2]", "learning rates matter by their factor, not their difference"
    )
    sweep.add("    dropout: [0, 0.2, 0.4]")
    sweep.add(
      "  strategy: random", "better than a grid for as many trials; tpe learns from earlier ones")
    sweep.add("  max_trials: 12")
    sweep.add(
      "  objective: accuracy", "on validation examples; test examples are never used for choices")
    sweep.add("  keep: best", "the weights of the best trial only")
    return ExperimentDraft(
      found: [], dataset: dataset, transforms: transforms, hasValidation: false, trainCount: 60_000,
      epochs: 3, learningRate: "1e-3", model: model, sweep: sweep)
  }
}
