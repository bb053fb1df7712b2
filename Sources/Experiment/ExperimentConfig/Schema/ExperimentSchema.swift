/// The keys of an experiment file.
package enum ExperimentSchema {
  package static let root = RecordSchema([
    Field(
      "name", .string(.fileName), .optional, doc: "Names the run; the file's name if left out.",
      isCosmetic: true),
    Field(
      "description", .string(.any), .optional, doc: "Free text, shown in reports.",
      isCosmetic: true),
    Field(
      "extends", .path, .optional, doc: "Another experiment file that this one starts from.",
      isCosmetic: true),
    Field(
      "seed", .integer(.between(0, Double(Experiment.largestSeed))), default: "0",
      doc: "All randomness is a function of it."),
    Field(
      "threads", .oneOf([.integer(.between(1, 1024)), .choice(["auto"])]), default: "auto",
      doc:
        "Threads of the computation, part of the identity; auto is one for each processor, or one "
        + "for a small model."),
    Field(
      "device", .string(.device), default: "auto",
      doc: "cpu, cuda, cuda:N, mps or auto (the first of CUDA, MPS and CPU that is there)."),
    Field(
      "task", .oneOf([.string(.any), .component(.task)]), .optional,
      doc:
        "What is asked of the data set's targets, by name, with its options if it has some; what their "
        + "kind is for if left out."),
    Field("data", .record(data), .required, doc: "What is learned from."),
    Field("blocks", .blocks, .optional, doc: "Reusable sub-graphs with parameters."),
    Field(
      "model", .layers, .required,
      doc: "The layers in order, a graph, or a model that ships with the program."),
    Field(
      "head", patterns, .optional,
      doc:
        "The layers that a new task replaces, by name: freeze: backbone leaves them free, and weights "
        + "from a file may have other sizes there; the last layer with parameters if left out."),
    Field(
      "weights",
      .oneOf([.choice(["imagenet"]), .path, .variants([pretrained, weightsFile, weightsOfRun])]),
      .optional,
      doc:
        "What the parameters start from: imagenet, a state dict (.safetensors, .pth), or an earlier "
        + "run's model, {run: RUN}."),
    Field(
      "freeze", .oneOf([pattern, .list(of: pattern), .record(freeze)]), .optional,
      doc:
        "Parameters that are not trained: backbone (all but the head), or names such as layer1 "
        + "or *.bias."),
    Field(
      "unfreeze", .oneOf([.record(unfreeze), .list(of: .record(unfreeze))]), .optional,
      doc: "Frozen parameters that are trained from an epoch on."),
    Field(
      "cache", .boolean, default: "true",
      doc: "Whether the output of frozen first layers is computed once for each example and kept."),
    Field(
      "loss", .component(.loss), default: "cross_entropy",
      doc:
        "What training minimises: a loss, or a list of losses that are added, each multiplied by its "
        + "scale.",
      isDefaultOfTask: true),
    Field("optimizer", .component(.optimizer), default: "adam", doc: "How it is minimised."),
    Field(
      "schedule", .component(.schedule), .optional,
      doc: "How the learning rate goes over the training; constant if left out."),
    Field("train", .record(train), default: "{}", doc: "How long it is trained."),
    Field(
      "metrics", .list(of: .component(.metric)), default: "[]",
      doc: "What is measured on validation and test data.", isDefaultOfTask: true),
    Field(
      "sweep", .record(sweep), .optional,
      doc: "What 'runner sweep' tries with this experiment; a run ignores it.", isCosmetic: true),
  ])

  static let sweep = RecordSchema([
    Field(
      "parameters", .sweepParameters, .optional,
      doc: "By key: a list of values, or range[a:b:step], linspace[a:b:n], logspace[a:b:n], "
        + "uniform[a:b], loguniform[a:b]."),
    Field(
      "zip", .list(of: .sweepParameters), .optional,
      doc: "Lists of equal length whose values go together instead of being combined."),
    Field(
      "strategy", .choice(["grid", "random", "tpe", "halving", "asha"]), .optional,
      doc: "grid (every combination), random, tpe (learns from finished trials), halving and asha "
        + "(stop the worse trials early). Default: grid, or random where there is a distribution."),
    Field(
      "max_trials", .integer(.between(1, 10_000)), .optional,
      doc: "How many trials at most; needed wherever not all combinations are tried."),
    Field(
      "seed", .integer(.between(0, Double(Experiment.largestSeed))), default: "0",
      doc: "What is drawn is a function of it."),
    Field(
      "objective", .string(.any), default: "loss",
      doc: "What validation result decides: loss or a metric of the experiment, whose direction is "
        + "known; min:KEY or max:KEY states it."),
    Field(
      "jobs", .oneOf([.integer(.between(1, 1024)), .choice(["auto"])]), default: "auto",
      doc: "Trials at the same time; auto divides the processors by a trial's threads, and is 1 "
        + "where the order decides what is tried."),
    Field(
      "keep", .choice(["all", "best", "last", "none"]), default: "all",
      doc: "Which of a finished trial's weights stay."),
    Field(
      "min_epochs", .integer(.atLeast(1)), default: "1",
      doc: "Epochs before halving or asha stops a trial."),
    Field(
      "reduction", .integer(.between(2, 100)), default: "3",
      doc: "halving and asha keep one in so many trials."),
  ])

  /// A parameter's name, its first components, or a pattern with `*`.
  static let pattern = SchemaType.string(.any)
  static let patterns = SchemaType.oneOf([pattern, .list(of: pattern, count: 1...1000)])

  static let pretrained = RecordSchema(
    [
      Field(
        "pretrained", .choice(["imagenet"]), .required,
        doc: "torchvision's weights of the same model."),
      Field(
        "fallback", .choice(["random"]), .optional,
        doc: "Random weights, with a warning, if the pretrained ones are not available."),
    ], doc: "published weights")

  static let weightsFile = RecordSchema(
    [
      Field(
        "file", .path, .required,
        doc: "A state dict: .safetensors, PyTorch's .pth, or the index.json of several files."),
      Field(
        "key", .string(.any), .optional,
        doc: "The key of a checkpoint under which the state dict lies, such as model or ema.model; "
          + "found if left out."),
      Field(
        "prefix", .string(.any), .optional,
        doc: "What the names in the file begin with before the model's names follow, such as "
          + "module. or backbone.; found if left out."),
    ], doc: "a file")

  static let weightsOfRun = RecordSchema(
    [
      Field(
        "run", .string(.any), .required, doc: "A run: its directory, name or latest.",
        isCosmetic: true),
      Field(
        "epoch", .choice(["best", "last"]), default: "best", doc: "Which of its weights are taken."),
    ], doc: "an earlier run")

  static let freeze = RecordSchema([
    Field("parameters", patterns, .required, doc: "backbone, or names of parameters."),
    Field(
      "batch_norm", .choice(["stored", "update"]), default: "stored",
      doc: "Whether frozen batch normalisation uses its stored statistics, or each "
        + "batch's as training mode does."),
  ])

  static let unfreeze = RecordSchema([
    Field("epoch", .integer(.atLeast(2)), .required, doc: "The first epoch that trains them."),
    Field("layers", patterns, .required, doc: "Names of frozen parameters, such as layer4."),
    Field(
      "lr", .number(.positive), .optional,
      doc: "Their learning rate; the optimizer's if left out."),
  ])

  /// An argument that every optimizer has.
  package static let parameterGroups = Field(
    "groups",
    .list(
      of: .record(
        RecordSchema([
          Field("parameters", patterns, .required, doc: "Names of parameters, such as layer4."),
          Field(
            "lr_multiplier", .number(.positive), .required,
            doc: "Their learning rate as a multiple of the optimizer's."),
        ]))), default: "[]",
    doc: "Parameters with a learning rate of their own; the first group that names one counts.")

  static let data = RecordSchema([
    Field("dataset", .component(.dataset), .required, doc: "The examples."),
    Field(
      "fallback", .component(.dataset), .optional,
      doc: "Used, with a warning, if the data set is not available."),
    Field(
      "transforms", .list(of: .component(.transform)), default: "[to_tensor]",
      doc: "What is done to each image, in order.", isDefaultOfTask: true),
    Field(
      "split", .variants([holdOut, kFold]), default: "{validation: 0.2}",
      doc: "How validation examples are set apart from the training set.", isDefaultOfTask: true),
    Field(
      "batch_size", .integer(.between(1, 1_000_000)), default: "64",
      doc: "Examples in one training step."),
    Field(
      "shuffle", .boolean, default: "true",
      doc: "Whether every epoch has an order of its own."),
    Field(
      "drop_last", .boolean, default: "false",
      doc: "Whether a last batch that is not full is left out of training."),
    Field(
      "sampler", .oneOf([.choice(["balanced"]), .variants([weightedSampler])]), .optional,
      doc: "Draws the examples of an epoch with replacement: balanced draws every class equally "
        + "often. Left out, each example comes once an epoch."),
    Field("limit", .record(limit), default: "{}", doc: "Uses the first examples only."),
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
      + "examples are later than all training examples, and strata do not matter. With folds an expanding window, as "
      + "scikit-learn's TimeSeriesSplit.")

  static let holdOut = RecordSchema(
    [
      Field(
        "validation",
        .oneOf([
          .number(NumberLimits(minimum: 0, maximum: 1, excludesMaximum: true)), .choice(["given"]),
        ]), .required,
        doc:
          "The share of the training set that is set apart; with 0 everything is trained on and the "
          + "last epoch counts. given: the examples that the data set itself reserves, such as a "
          + "folder val/; the default if there are such."),
      Field(
        "stratified", .boolean, default: "true",
        doc: "Whether each class keeps its share on both sides.", isDefaultOfTask: true),
      Field(
        "groups", .oneOf([.path, .variants([groupsColumn])]), .optional,
        doc: "A text file with the group of each training example, a line each, or a column of the "
          + "data set; no group is on both sides."),
      order,
    ], doc: "one hold-out set")

  static let kFold = RecordSchema(
    [
      Field(
        "folds", .integer(.between(2, 1000)), .required,
        doc: "Parts of the training set, each of which is held out once."),
      Field(
        "repeats", .integer(.between(1, 1000)), default: "1",
        doc: "How often all of it is done, each time with other folds."),
      Field(
        "stratified", .boolean, default: "true",
        doc: "Whether each class keeps its share in a fold.", isDefaultOfTask: true),
      Field(
        "groups", .oneOf([.path, .variants([groupsColumn])]), .optional,
        doc: "A text file with the group of each training example, a line each, or a column of the "
          + "data set; no group is in two folds."),
      order,
      Field(
        "inner_validation",
        .number(NumberLimits(minimum: 0, maximum: 1, excludesMinimum: true, excludesMaximum: true)),
        .optional,
        doc:
          "The share of a fold's training examples that decides the best epoch and when to stop; "
          + "the last epoch counts if left out."),
    ], doc: "cross-validation")

  static let limit = RecordSchema([
    Field(
      "train", .integer(.atLeast(1)), .optional,
      doc: "Examples taken from the training set, before it is split."),
    Field(
      "per_class", .integer(.atLeast(1)), .optional,
      doc: "Examples of each class taken from the training set, the first ones, before it is split."
    ),
    Field("test", .integer(.atLeast(1)), .optional, doc: "Examples taken from the test set."),
  ])
}
