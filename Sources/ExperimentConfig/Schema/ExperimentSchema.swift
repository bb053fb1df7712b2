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
      "seed", .integer(.between(0, 9_007_199_254_740_991)), default: "0",
      doc: "All randomness is a function of it."),
    Field(
      "threads", .oneOf([.integer(.between(1, 1024)), .choice(["auto"])]), default: "auto",
      doc:
        "Threads of the computation, part of the identity; auto is one for each processor, or one "
        + "for a small model."),
    Field(
      "device", .string(.device), default: "auto",
      doc: "cpu, cuda, cuda:N, mps or auto (the first of CUDA, MPS and CPU that is there)."),
    Field("data", .record(data), .required, doc: "What is learned from."),
    Field("blocks", .blocks, .optional, doc: "Reusable sub-graphs with parameters."),
    Field(
      "model", .layers, .required,
      doc: "The layers in order, a graph, or a model that ships with the program."),
    Field(
      "weights", .path, .optional,
      doc: "A state dict (.safetensors) that the parameters start from."),
    Field("loss", .component(.loss), default: "cross_entropy", doc: "What training minimises."),
    Field("optimizer", .component(.optimizer), default: "adam", doc: "How it is minimised."),
    Field("train", .record(train), default: "{}", doc: "How long it is trained."),
    Field(
      "metrics", .list(of: .component(.metric)), default: "[accuracy]",
      doc: "What is measured on validation and test data."),
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
      "seed", .integer(.between(0, 9_007_199_254_740_991)), default: "0",
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
      doc: "halving and asha go on with one in so many trials."),
  ])

  static let data = RecordSchema([
    Field("dataset", .component(.dataset), .required, doc: "The examples."),
    Field(
      "fallback", .component(.dataset), .optional,
      doc: "Used, and said loudly, where the data set cannot be had."),
    Field(
      "transforms", .list(of: .component(.transform)), default: "[to_tensor]",
      doc: "What is done to each example, in order."),
    Field(
      "split", .variants([holdOut]), default: "{validation: 0.2}",
      doc: "How validation examples are set apart from the training set."),
    Field(
      "batch_size", .integer(.between(1, 1_000_000)), default: "64",
      doc: "Examples in one training step."),
    Field(
      "shuffle", .boolean, default: "true",
      doc: "Whether every epoch has an order of its own."),
    Field(
      "drop_last", .boolean, default: "false",
      doc: "Whether a last batch that is not full is left out of training."),
    Field("limit", .record(limit), default: "{}", doc: "Uses the first examples only."),
  ])

  static let holdOut = RecordSchema(
    [
      Field(
        "validation",
        .number(NumberLimits(minimum: 0, maximum: 1, excludesMinimum: true, excludesMaximum: true)),
        .required, doc: "The share of the training set that is set apart."),
      Field(
        "stratified", .boolean, default: "true",
        doc: "Whether each class keeps its share on both sides."),
    ], doc: "one hold-out set")

  static let limit = RecordSchema([
    Field(
      "train", .integer(.atLeast(1)), .optional,
      doc: "Examples taken from the training set, before it is split."),
    Field("test", .integer(.atLeast(1)), .optional, doc: "Examples taken from the test set."),
  ])

  static let train = RecordSchema([
    Field(
      "epochs", .integer(.between(1, 1_000_000)), default: "10",
      doc: "Passes over the training data."),
    Field(
      "max_steps", .integer(.atLeast(1)), .optional,
      doc: "Ends training after this many steps, if that is sooner."),
  ])
}
