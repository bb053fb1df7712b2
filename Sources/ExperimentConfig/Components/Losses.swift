/// The losses an experiment may name. Targets are class indices; a loss that wants numbers gets them
/// one-hot.
package enum Losses {
  package static let all = [crossEntropy, meanSquaredError, binaryCrossEntropy]

  package static let crossEntropy = ComponentSchema(
    "cross_entropy",
    [
      Field(
        "label_smoothing",
        .number(NumberLimits(minimum: 0, maximum: 1, excludesMaximum: true)), default: "0",
        doc: "The share of the target spread evenly over all classes.")
    ],
    doc: "Softmax and negative log-likelihood over one score per class, averaged over the batch.")

  package static let meanSquaredError = ComponentSchema(
    "mse", doc: "Squared difference to the one-hot target, averaged over all outputs.")

  package static let binaryCrossEntropy = ComponentSchema(
    "bce_with_logits",
    doc: "Sigmoid and binary cross-entropy against the one-hot target, averaged over all outputs.")
}
