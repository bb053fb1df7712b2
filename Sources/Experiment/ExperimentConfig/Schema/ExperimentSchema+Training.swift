/// The keys of `train`.
extension ExperimentSchema {
  static let train = RecordSchema([
    Field(
      "epochs", .integer(.between(0, 1_000_000)), default: "10",
      doc:
        "Number of passes over the training data; 0 only scores the weights, as 'runner evaluate' does."
    ),
    Field(
      "seeds", .integer(.between(1, 1000)), default: "1",
      doc:
        "Number of trainings, with seeds seed, seed + 1 and so on; their mean and spread are "
        + "reported."
    ),
    Field(
      "max_steps", .integer(.atLeast(1)), .optional,
      doc: "Stops training after this many steps, if that comes before the last epoch."),
    Field(
      "early_stopping", .record(earlyStopping), .optional,
      doc: "Stops training when the monitored result no longer improves."),
    Field(
      "clip_grad_norm", .number(.positive), .optional,
      doc: "Maximum norm of all gradients together; larger gradients are scaled down."),
    Field(
      "clip_grad_value", .number(.positive), .optional,
      doc: "Maximum magnitude of each value of a gradient; larger values are clipped to it."),
    Field(
      "accumulate", .integer(.between(1, 10_000)), default: "1",
      doc: "Number of batches whose gradients are accumulated for one step."),
    Field(
      "ema",
      .number(NumberLimits(minimum: 0, maximum: 1, excludesMinimum: true, excludesMaximum: true)),
      .optional,
      doc:
        "Decay of an exponential moving average of the weights; the averaged weights are evaluated "
        + "and saved."),
    Field(
      "mixup", .number(.positive), .optional,
      doc: "Mixes the examples of a batch in pairs, inputs and targets, by a fraction drawn from "
        + "Beta(alpha, alpha); this is alpha, such as 0.2."),
    Field(
      "cutmix", .number(.positive), .optional,
      doc: "Pastes a box of one image of a batch into another and mixes their targets by its area; "
        + "alpha as for mixup, such as 1. With mixup, each batch is mixed by one of the two, "
        + "chosen at random."
    ),
    Field(
      "swa", .record(swa), .optional,
      doc:
        "Averages the weights of the last epochs equally (stochastic weight averaging); the "
        + "average, with its own batch-norm statistics, is saved."),
    Field(
      "precision", .choice(Precision.allCases.map(\.rawValue)), .defaulted("float32"),
      doc: "Precision of the forward pass: float32; tf32, faster products on CUDA devices only; "
        + "bfloat16, autocast with weights, optimizer and loss in float32.",
      isImpliedByDefault: true),
    Field(
      "checkpoint", .record(checkpoint), .defaulted("{}"),
      doc: "How often the training state is saved for 'runner resume'.", isCosmetic: true),
  ])

  /// The arguments of early stopping and schedules that select what is monitored.
  package static let monitor = [
    Field(
      "monitor", .string(.identifier), default: "loss",
      doc:
        "The validation result to monitor: loss, the task's primary metric or a metric of the "
        + "experiment."),
    Field(
      "mode", .choice(["min", "max"]), .optional,
      doc:
        "Whether lower or higher is better; the metric determines it, and another mode is an error."
    ),
  ]

  static let earlyStopping = RecordSchema(
    monitor + [
      Field(
        "patience", .integer(.atLeast(1)), default: "5",
        doc: "Number of consecutive epochs without improvement after which training stops."),
      Field(
        "min_delta", .number(.nonNegative), default: "0",
        doc: "The smallest change that counts as an improvement."),
      Field(
        "restore_best", .boolean, default: "true",
        doc: "Whether to use the weights of the best epoch rather than those of the last."),
    ])

  static let swa = RecordSchema([
    Field(
      "start_epoch", .integer(.atLeast(1)), .required,
      doc:
        "The first epoch whose weights are averaged, counted from 1; all later epochs are included."
    ),
    Field(
      "lr", .number(.positive), .optional,
      doc: "The learning rate of the epochs after start_epoch; the schedule's if left out."),
    Field(
      "anneal_epochs", .integer(.atLeast(0)), default: "10",
      doc:
        "Number of epochs in which the learning rate moves from the schedule's to lr; 0 to jump to "
        + "it."
    ),
    Field(
      "anneal_strategy", .choice(["cos", "linear"]), default: "cos",
      doc: "Whether it moves along a cosine or linearly."),
  ])

  static let checkpoint = RecordSchema([
    Field(
      "every", .oneOf([.integer(.atLeast(1)), .string(.duration)]), default: "60s",
      doc:
        "Steps, or a time such as 30s or 10m; one is also saved at the end of each epoch, unless "
        + "that would take more than 2% of the time."),
    Field(
      "keep", .choice(["final", "none"]), default: "final",
      doc:
        "Whether a finished run keeps the optimizer's state, so that 'runner resume RUN epochs=N' "
        + "can continue it."),
  ])
}
