/// The optimizers an experiment may name, with PyTorch's arguments and defaults.
package enum Optimizers {
  package static let all = [adam, adamW, sgd]

  package static let adam = ComponentSchema(
    "adam", main: "lr", adamFields(weightDecay: "0"),
    doc: "Adam (Kingma and Ba, 2015); weight decay is added to the gradient.")

  package static let adamW = ComponentSchema(
    "adamw", main: "lr", adamFields(weightDecay: "1e-2"),
    doc: "Adam with decoupled weight decay (Loshchilov and Hutter, 2019).")

  package static let sgd = ComponentSchema(
    "sgd", main: "lr",
    [
      Field("lr", .number(.positive), default: "1e-3", doc: "Learning rate."),
      Field("momentum", .number(.nonNegative), default: "0", doc: "Momentum factor."),
      Field("dampening", .number(.any), default: "0", doc: "Dampening of the momentum."),
      Field("weight_decay", .number(.nonNegative), default: "0", doc: "L2 penalty."),
      Field(
        "nesterov", .boolean, default: "false",
        doc: "Nesterov's momentum; needs momentum and no dampening."),
      ExperimentSchema.parameterGroups,
    ],
    doc: "Stochastic gradient descent.")

  private static func adamFields(weightDecay: String) -> [Field] {
    let beta = NumberLimits(minimum: 0, maximum: 1, excludesMaximum: true)
    return [
      Field("lr", .number(.positive), default: "1e-3", doc: "Learning rate."),
      Field(
        "betas", .list(of: .number(beta), count: 2...2), default: "[0.9, 0.999]",
        doc: "Decay rates of the two running averages."),
      Field(
        "eps", .number(.nonNegative), default: "1e-8",
        doc: "Added to the denominator."),
      Field(
        "weight_decay", .number(.nonNegative), default: weightDecay,
        doc: "Weight decay factor."),
      Field(
        "amsgrad", .boolean, default: "false",
        doc: "Whether the largest second moment so far is used."),
      ExperimentSchema.parameterGroups,
    ]
  }
}
