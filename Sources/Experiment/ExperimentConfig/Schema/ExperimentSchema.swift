/// The keys of an experiment file.
package enum ExperimentSchema {
  package static let root = RecordSchema([
    Field(
      "name", .string(.fileName), .optional, doc: "Name of the run; the file's name if left out.",
      isCosmetic: true),
    Field(
      "description", .string(.any), .optional, doc: "Free text, shown in reports.",
      isCosmetic: true),
    Field(
      "extends", .path, .optional, doc: "Another experiment file that this one builds on.",
      isCosmetic: true),
    Field(
      "seed", .integer(.between(0, Double(Experiment.largestSeed))), default: "0",
      doc: "The seed that determines all randomness."),
    Field(
      "threads", .oneOf([.integer(.between(1, 1024)), .choice(["auto"])]), default: "auto",
      doc:
        "Number of threads, part of the run's identity; auto is one for each processor, or for a "
        + "small model one or two."),
    Field(
      "device", .string(.device), default: "auto",
      doc: "cpu, cuda, cuda:N, mps or auto (the first of CUDA, MPS and CPU that is available)."),
    Field(
      "task", .oneOf([.string(.any), .component(.task)]), .optional,
      doc:
        "The task, by name, with its options if it has any; inferred from the kind of the data "
        + "set's targets if left out."),
    Field("data", .record(data), .required, doc: "The data to learn from."),
    Field("blocks", .blocks, .optional, doc: "Reusable sub-graphs with parameters."),
    Field(
      "model", .layers, .required,
      doc: "The layers in order, a graph, or the name of a built-in model."),
    Field(
      "outputs",
      .oneOf([
        .string(.nodePath), .list(of: .string(.nodePath), count: 1...100),
        .mapping(of: .number(.nonNegative)),
      ]), .optional,
      doc:
        "The nodes whose values the model gives: its prediction first, then auxiliary ones, whose "
        + "losses are added in training; with weights as {out: 1, aux: 0.4}, else 0.5 each. The "
        + "last layer if left out."),
    Field(
      "head", patterns, .optional,
      doc:
        "Names of the layers that a new task replaces: freeze: backbone does not freeze them, and "
        + "weights from a file may differ in size there; the last layer with parameters if left "
        + "out."),
    Field(
      "weights",
      .oneOf([
        .choice(publishedWeights), .path, .variants([pretrained, weightsFile, weightsOfRun]),
      ]),
      .optional,
      doc:
        "The initial parameters: imagenet, a state dict (.safetensors, .pth), or an earlier run's "
        + "model, {run: RUN}."),
    Field(
      "freeze", .oneOf([pattern, .list(of: pattern), .record(freeze)]), .optional,
      doc:
        "Parameters that are not trained: backbone (all but the head), or names such as layer1 "
        + "or *.bias."),
    Field(
      "unfreeze", .oneOf([.record(unfreeze), .list(of: .record(unfreeze))]), .optional,
      doc: "Frozen parameters to train from a later epoch on."),
    Field(
      "cache", .boolean, default: "true",
      doc: "Whether to compute the output of frozen first layers once per example and cache it."),
    Field(
      "loss", .component(.loss), default: "cross_entropy",
      doc: "The loss that training minimises, or a list of losses that are added by their scales.",
      isDefaultOfTask: true),
    Field(
      "teacher", .record(teacher), .optional,
      doc: "A finished run whose model is imitated besides the loss (distillation)."),
    Field("optimizer", .component(.optimizer), default: "adam", doc: "How the loss is minimised."),
    Field(
      "schedule", .component(.schedule), .optional,
      doc: "How the learning rate changes during training; constant if left out."),
    Field("train", .record(train), default: "{}", doc: "How to train and for how long."),
    Field(
      "metrics", .list(of: .component(.metric)), default: "[]",
      doc: "The metrics computed on validation and test data.", isDefaultOfTask: true),
    Field(
      "report", .record(report), .defaulted("{}"), doc: "What the report shows besides results.",
      isImpliedByDefault: true),
    Field(
      "sweep", .record(sweep), .optional,
      doc: "What 'runner sweep' varies in this experiment; 'runner run' ignores it.",
      isCosmetic: true),
  ])

  static let report = RecordSchema([
    Field(
      "explain", .boolean, .defaulted("false"),
      doc:
        "Whether the report explains answers: by maps of the pictures that the model is most "
        + "confidently wrong about, or by the importances of a table's columns, and by a map of the examples.",
      isImpliedByDefault: true),
    Field(
      "plots", .boolean, .defaulted("true"),
      doc:
        "Whether plots are drawn at the end of the run; 'runner report RUN --plots' draws them later.",
      isCosmetic: true, isImpliedByDefault: true),
  ])

  static let sweep = RecordSchema([
    Field(
      "parameters", .sweepParameters, .optional,
      doc: "By key: a list of values, or range[a:b:step], linspace[a:b:n], logspace[a:b:n], "
        + "uniform[a:b], loguniform[a:b]."),
    Field(
      "zip", .list(of: .sweepParameters), .optional,
      doc: "Lists of equal length whose values are paired instead of combined."),
    Field(
      "strategy", .choice(["grid", "random", "tpe", "halving", "asha"]), .optional,
      doc: "grid (every combination), random, tpe (learns from finished trials), halving and asha "
        + "(stop the worse trials early). Default: grid, or random if there is a distribution."),
    Field(
      "max_trials", .integer(.between(1, 10_000)), .optional,
      doc: "Maximum number of trials; required unless all combinations are tried."),
    Field(
      "seed", .integer(.between(0, Double(Experiment.largestSeed))), default: "0",
      doc: "The seed that determines what is drawn."),
    Field(
      "objective", .string(.any), default: "loss",
      doc:
        "The validation result to optimise: loss or a metric of the experiment, whose direction is "
        + "known; min:KEY or max:KEY states the direction."),
    Field(
      "jobs", .oneOf([.integer(.between(1, 1024)), .choice(["auto"])]), default: "auto",
      doc:
        "Number of trials at the same time; auto divides the processors by a trial's threads, and "
        + "is 1 if their order determines what is tried."),
    Field(
      "keep", .choice(["all", "best", "last", "none"]), default: "all",
      doc: "Which of a finished trial's weights to keep."),
    Field(
      "min_epochs", .integer(.atLeast(1)), default: "1",
      doc: "Minimum number of epochs before halving or asha stops a trial."),
    Field(
      "reduction", .integer(.between(2, 100)), default: "3",
      doc: "halving and asha keep one in this many trials."),
  ])

  static let data = RecordSchema([
    Field("dataset", .component(.dataset), .required, doc: "The data set."),
    Field(
      "fallback", .component(.dataset), .optional,
      doc: "Used, with a warning, if the data set is not available."),
    Field(
      "transforms", .list(of: .component(.transform)), default: "[to_tensor]",
      doc: "The transforms applied to each image, in order.", isDefaultOfTask: true),
    Field(
      "decode", .choice(Experiment.Decoding.allCases.map(\.rawValue)), .defaulted("exact"),
      doc:
        "How JPEG files are decoded. fast: at 1/2, 1/4 or 1/8 of their size if the transforms begin "
        + "with a resize to no more than that; pixels differ slightly.",
      isImpliedByDefault: true),
    Field(
      "split", .variants([holdOut, kFold]), default: "{validation: 0.2}",
      doc: "How validation examples are split off from the training set.", isDefaultOfTask: true),
    Field(
      "batch_size", .integer(.between(1, 1_000_000)), default: "64",
      doc: "Number of examples per training step."),
    Field(
      "shuffle", .boolean, default: "true",
      doc: "Whether to reshuffle the examples in every epoch."),
    Field(
      "drop_last", .boolean, default: "false",
      doc: "Whether to drop the last batch of an epoch if it is incomplete."),
    Field(
      "sampler", .oneOf([.choice(["balanced"]), .variants([weightedSampler])]), .optional,
      doc: "Draws the examples of an epoch with replacement: balanced draws every class equally "
        + "often. If left out, each example appears once per epoch."),
    Field("limit", .record(limit), default: "{}", doc: "Limits the number of examples."),
  ])

  static let weightedSampler = RecordSchema(
    [
      Field(
        "weights", .string(.any), .required,
        doc: "The column of the data set with the weight of each example, 0 or above.")
    ], doc: "weights from a column")

  static let groupsColumn = RecordSchema(
    [
      Field(
        "column", .string(.any), .required,
        doc: "The column of the data set with the group of each example.")
    ], doc: "a column of the data set")

  static let order = Field(
    "order", .string(.any), .optional,
    doc:
      "The column of the data set with the time of each example, numbers or ISO dates: validation "
      + "examples are later than all training examples, without stratification. With folds, the "
      + "training set grows, as in scikit-learn's TimeSeriesSplit.")

  static let holdOut = RecordSchema(
    [
      Field(
        "validation",
        .oneOf([
          .number(NumberLimits(minimum: 0, maximum: 1, excludesMaximum: true)), .choice(["given"]),
        ]), .required,
        doc:
          "The fraction of the training set to set aside; with 0, all of it is trained on and the "
          + "last epoch is used. given: the data set's own validation examples, such as a folder "
          + "val/; the default if there are any."),
      Field(
        "stratified", .boolean, default: "true",
        doc: "Whether to keep the class proportions on both sides.", isDefaultOfTask: true),
      Field(
        "groups", .oneOf([.path, .variants([groupsColumn])]), .optional,
        doc:
          "A text file with the group of each training example, one per line, or a column of the "
          + "data set; no group is on both sides."),
      order,
    ], doc: "one hold-out set")

  static let kFold = RecordSchema(
    [
      Field(
        "folds", .integer(.between(2, 1000)), .required,
        doc: "Number of parts of the training set, each of which is held out once."),
      Field(
        "repeats", .integer(.between(1, 1000)), default: "1",
        doc: "How often to repeat the cross-validation, each time with different folds."),
      Field(
        "stratified", .boolean, default: "true",
        doc: "Whether to keep the class proportions in each fold.", isDefaultOfTask: true),
      Field(
        "groups", .oneOf([.path, .variants([groupsColumn])]), .optional,
        doc:
          "A text file with the group of each training example, one per line, or a column of the "
          + "data set; no group is in two folds."),
      order,
      Field(
        "inner_validation",
        .number(NumberLimits(minimum: 0, maximum: 1, excludesMinimum: true, excludesMaximum: true)),
        .optional,
        doc:
          "The fraction of a fold's training examples used to choose the best epoch and when to "
          + "stop; if left out, the last epoch is used."),
    ], doc: "cross-validation")

  static let limit = RecordSchema([
    Field(
      "train", .integer(.atLeast(1)), .optional,
      doc: "Number of examples taken from the training set before it is split."),
    Field(
      "per_class", .integer(.atLeast(1)), .optional,
      doc:
        "Number of examples of each class to take, the first ones, before the training set is "
        + "split."
    ),
    Field(
      "test", .integer(.atLeast(1)), .optional, doc: "Number of examples taken from the test set."),
  ])
}
