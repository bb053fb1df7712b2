/// The keys of `train`.
extension ExperimentSchema {
  static let train = RecordSchema([
    Field(
      "epochs", .integer(.between(1, 1_000_000)), default: "10",
      doc: "Passes over the training data."),
    Field(
      "seeds", .integer(.between(1, 1000)), default: "1",
      doc:
        "Trainings, with the seeds seed, seed + 1 and so on; the result is their mean and spread."),
    Field(
      "max_steps", .integer(.atLeast(1)), .optional,
      doc: "Ends training after this many steps, if that is sooner."),
    Field(
      "early_stopping", .record(earlyStopping), .optional,
      doc: "Ends training when it no longer gets better."),
    Field(
      "clip_grad_norm", .number(.positive), .optional,
      doc: "The largest norm of all gradients together; larger ones are scaled down."),
    Field(
      "accumulate", .integer(.between(1, 10_000)), default: "1",
      doc: "Batches whose gradients are added up for one step."),
    Field(
      "ema",
      .number(NumberLimits(minimum: 0, maximum: 1, excludesMinimum: true, excludesMaximum: true)),
      .optional,
      doc: "Decay of an exponential moving average of the weights, which is then what is evaluated "
        + "and kept."),
    Field(
      "mixup", .number(.positive), .optional,
      doc: "Mixes the examples of a batch in pairs, inputs and targets, by a share from "
        + "Beta(alpha, alpha); this is alpha, such as 0.2."),
    Field(
      "cutmix", .number(.positive), .optional,
      doc: "Pastes a box of one image of a batch into another and mixes their targets by its area; "
        + "alpha as for mixup, such as 1. With mixup, each batch is mixed by one of the two, by chance."
    ),
    Field(
      "swa", .record(swa), .optional,
      doc:
        "Averages the weights of the last epochs equally (stochastic weight averaging); the average, "
        + "with batch-norm statistics of its own, is what is kept."),
    Field(
      "precision", .choice(Precision.allCases.map(\.rawValue)), .defaulted("float32"),
      doc: "Numbers of the forward pass: float32; tf32, faster products on CUDA devices alone; "
        + "bfloat16, autocast with weights, optimizer and loss in float32.",
      isImpliedByDefault: true),
    Field(
      "checkpoint", .record(checkpoint), .defaulted("{}"),
      doc: "How often the state of the training is kept for 'runner resume'.", isCosmetic: true),
  ])

  /// The arguments of early stopping and schedules that select what is monitored.
  package static let monitor = [
    Field(
      "monitor", .string(.identifier), default: "loss",
      doc:
        "The validation result that is monitored: loss, the task's primary metric or a metric of the "
        + "experiment."),
    Field(
      "mode", .choice(["min", "max"]), .optional,
      doc: "Whether lower or higher is better, which the metric knows; another mode is refused."),
  ]

  static let earlyStopping = RecordSchema(
    monitor + [
      Field(
        "patience", .integer(.atLeast(1)), default: "5",
        doc: "Epochs in a row without improvement after which training ends."),
      Field(
        "min_delta", .number(.nonNegative), default: "0",
        doc: "By how much a value has to be better to count."),
      Field(
        "restore_best", .boolean, default: "true",
        doc: "Whether the weights of the best epoch count, or those of the last."),
    ])

  static let swa = RecordSchema([
    Field(
      "start_epoch", .integer(.atLeast(1)), .required,
      doc: "The first epoch whose weights are averaged, from 1; all later ones are too."),
    Field(
      "lr", .number(.positive), .optional,
      doc: "The learning rate of the epochs after start_epoch; the schedule's if left out."),
    Field(
      "anneal_epochs", .integer(.atLeast(0)), default: "10",
      doc: "Epochs in which the learning rate moves from the schedule's to lr; 0 for at once."),
    Field(
      "anneal_strategy", .choice(["cos", "linear"]), default: "cos",
      doc: "Whether it moves along a cosine or linearly."),
  ])

  static let checkpoint = RecordSchema([
    Field(
      "every", .oneOf([.integer(.atLeast(1)), .string(.duration)]), default: "60s",
      doc:
        "Steps, or a time such as 30s or 10m; at the end of an epoch there is one as well, unless "
        + "that would cost over 2 % of the time."),
    Field(
      "keep", .choice(["final", "none"]), default: "final",
      doc:
        "Whether a finished run keeps the optimizer's state, so that 'runner resume RUN epochs=N' "
        + "can continue it."),
  ])
}
