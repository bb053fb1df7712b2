import DataSchema

/// An experiment that suits some data: what is written down, and what was found.
struct ExperimentDraft {
  /// What the data are, for the first line of the file and for the user.
  var found: [String]
  /// What the file is, if it was not written for data that exist.
  var title: [String]?
  /// The value of `data.dataset`.
  var dataset: CommentedLines
  /// The transforms of images, without their key; `nil` if the inputs are no images.
  var transforms: CommentedLines?
  /// Whether the data specifies which examples are for validation.
  var hasValidation: Bool
  /// Examples to train on, those for validation included.
  var trainCount: Int
  var epochs: Int
  var learningRate: String
  /// The layers, without their key.
  var model: CommentedLines
  /// The sections below the model that belong to it, such as `weights:`.
  var startingPoint: CommentedLines?
  /// The section `loss:`; the task's default if `nil`.
  var loss: CommentedLines?
  /// The section `metrics:`; the task's default if `nil`.
  var metrics: CommentedLines?
  /// The section `sweep:`.
  var sweep: CommentedLines?
  /// Another suggestion, as comments at the end.
  var alternative: CommentedLines?
  /// For models that need much memory; `nil` to choose by the number of examples.
  var givenBatchSize: Int?

  /// Small batches for few examples, so that an epoch has enough steps.
  var batchSize: Int { givenBatchSize ?? (trainCount < 400 ? 16 : trainCount < 4000 ? 32 : 64) }

  /// - Parameter file: what the commands in the text call the file.
  func text(file: String) -> String {
    var lines = CommentedLines()
    lines.note(EditorSchema.headerLine)
    for line in title ?? ["Written by 'runner init' for \(found.first ?? "your data")."] {
      lines.note(line)
    }
    lines.note(
      "Everything here is a suggestion. 'runner check \(file)' quickly tells whether it works.")
    lines.addBlank()
    lines.add("seed: 42", "another seed shows how much of a result is luck")
    lines.addBlank()
    lines.add("data:")
    lines.add("  dataset:")
    lines.add(dataset, indent: 4)
    if let transforms {
      lines.add("  transforms:")
      lines.add(transforms, indent: 4)
    }
    if hasValidation {
      lines.add(
        "  split: {validation: given}", "the data specifies which examples are for validation")
    } else {
      lines.add(
        "  split: {validation: 0.2}",
        trainCount < 1000
          ? "a fifth is held out; with few examples, {folds: 5} is more reliable"
          : "a fifth is held out to choose the best epoch")
    }
    lines.add("  batch_size: \(batchSize)", "examples per training step")
    lines.addBlank()
    lines.add("model:")
    lines.add(model, indent: 2)
    if let startingPoint { lines.add(startingPoint) }
    lines.addBlank()
    if let loss { lines.add(loss) }
    lines.add("optimizer:")
    lines.add(
      "  adam: {lr: \(learningRate)}",
      "if the loss jumps around, try a tenth; if it falls slowly, try more")
    lines.add("train:")
    lines.add(
      "  epochs: \(epochs)", "passes over the training examples; the best one on validation is kept"
    )
    if let metrics { lines.add(metrics) }
    if let sweep {
      lines.addBlank()
      lines.add(sweep)
    }
    if let alternative {
      lines.addBlank()
      lines.add(alternative)
    }
    return lines.text
  }
}
