/// Where parameters start from, and which of them are trained.
extension ExperimentSchema {
  /// A parameter's name, its first components, or a pattern with `*`.
  static let pattern = SchemaType.string(.any)
  static let patterns = SchemaType.oneOf([pattern, .list(of: pattern, count: 1...1000)])

  /// The names of published weights; not every model has all.
  static let publishedWeights = [
    "imagenet", "imagenet_v2", "imagenet_swag", "imagenet_swag_linear", "coco_with_voc_labels",
    "coco",
  ]

  private static let into = Field(
    "into", .string(.nodePath), .optional,
    doc:
      "The part of the model that takes the weights, such as backbone; the rest starts from random "
      + "values.")

  static let pretrained = RecordSchema(
    [
      Field(
        "pretrained", .choice(publishedWeights), .required,
        doc: "torchvision's weights for the same model; 'runner describe MODEL' lists them."),
      Field(
        "fallback", .choice(["random"]), .optional,
        doc: "Random weights, with a warning, if the pretrained ones are not available."),
      into,
    ], doc: "published weights")

  static let weightsFile = RecordSchema(
    [
      Field(
        "file", .path, .required,
        doc: "A state dict: .safetensors, PyTorch's .pth, or the index.json of several files."),
      Field(
        "key", .string(.any), .optional,
        doc: "The key of the state dict in a checkpoint, such as model or ema.model; detected if "
          + "left out."),
      Field(
        "prefix", .string(.any), .optional,
        doc: "The prefix of the parameter names in the file, such as module. or backbone.; "
          + "detected if left out."),
      into,
    ], doc: "a file")

  static let weightsOfRun = RecordSchema(
    [
      Field(
        "run", .string(.any), .required, doc: "A run: its directory, name or latest.",
        isCosmetic: true),
      Field(
        "epoch", .choice(["best", "last"]), default: "best", doc: "Which of its weights to use."),
      into,
    ], doc: "an earlier run")

  static let teacher = RecordSchema([
    Field(
      "run", .string(.any), .required, doc: "A run: its directory, name or latest.",
      isCosmetic: true),
    Field(
      "temperature", .number(.positive), default: "4",
      doc: "What the scores of both models are divided by before they are compared."),
    Field(
      "alpha", .number(.positiveUnit), default: "0.9",
      doc: "The share of the comparison in the training loss; the rest is the loss."),
  ])

  static let freeze = RecordSchema([
    Field(
      "parameters", patterns, .required,
      doc: "backbone, head, bias, norm, or names of parameters."),
    Field(
      "batch_norm", .choice(["stored", "update"]), default: "stored",
      doc: "Whether frozen batch normalisation uses its stored statistics or, as in training mode, "
        + "those of each batch."),
  ])

  static let unfreeze = RecordSchema([
    Field(
      "epoch", .integer(.atLeast(2)), .required, doc: "The first epoch in which they are trained."),
    Field("layers", patterns, .required, doc: "Names of frozen parameters, such as layer4."),
    Field(
      "lr", .number(.positive), .optional,
      doc: "Their learning rate; the optimizer's if left out."),
  ])
}
