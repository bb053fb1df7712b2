import ExperimentConfig
import Torch

/// The rule by which the parameters of one group change, with its state.
final class ParameterUpdates {
  enum Kind {
    case adam(AdamOptions)
    case sgd(SGDOptions)
  }

  let kind: Kind
  let parameters: [Tensor]
  private(set) var firstMoments: [Tensor] = []
  private(set) var secondMoments: [Tensor] = []
  private var largestSecondMoments: [Tensor] = []
  private(set) var steps: [Tensor] = []
  private(set) var momentumBuffers: [Tensor] = []
  var stepCount = 0

  init(_ component: ResolvedComponent, _ group: Optimizer.Group) throws {
    parameters = group.parameters
    let arguments = component.arguments
    let rate = try group.learningRate ?? arguments.number("lr")
    switch component.name {
    case "adam", "adamw":
      let betas = try arguments.numbers("betas")
      var options = AdamOptions()
      options.lr = rate * group.multiplier
      options.beta1 = betas[0]
      options.beta2 = betas[1]
      options.weightDecay = try arguments.number("weight_decay")
      options.eps = try arguments.number("eps")
      options.amsgrad = try arguments.boolean("amsgrad")
      options.decoupledWeightDecay = component.name == "adamw"
      kind = .adam(options)
      firstMoments = try parameters.map(Tensor.zeros(like:))
      secondMoments = try parameters.map(Tensor.zeros(like:))
      if options.amsgrad { largestSecondMoments = try parameters.map(Tensor.zeros(like:)) }
      // On the CPU whatever the parameters' device.
      steps = try parameters.map { _ in try Tensor(scalar: 0) }
    case "sgd":
      var options = SGDOptions()
      options.lr = rate * group.multiplier
      options.momentum = try arguments.number("momentum")
      options.dampening = try arguments.number("dampening")
      options.weightDecay = try arguments.number("weight_decay")
      options.nesterov = try arguments.boolean("nesterov")
      kind = .sgd(options)
      if options.momentum != 0 { momentumBuffers = try parameters.map(Tensor.zeros(like:)) }
    default: throw TorchError(operation: component.name, message: "there is no such optimizer")
    }
  }

  /// The tensors that the next step depends on, by name.
  var state: [(name: String, tensor: Tensor)] {
    let lists = [
      ("exp_avg", firstMoments), ("exp_avg_sq", secondMoments),
      ("max_exp_avg_sq", largestSecondMoments), ("step", steps),
      ("momentum_buffer", momentumBuffers),
    ]
    return lists.flatMap { name, tensors in
      tensors.enumerated().map { ("\(name).\($0.offset)", $0.element) }
    }
  }

  /// Changes the parameters by their gradients.
  ///
  /// - Parameter factor: of the learning rate.
  func step(factor: Double) throws {
    switch kind {
    case .adam(var options):
      options.lr *= factor
      try fusedAdam(
        parameters, expAvgs: firstMoments, expAvgSqs: secondMoments,
        maxExpAvgSqs: largestSecondMoments, steps: steps, options: options)
    case .sgd(var options):
      options.lr *= factor
      try fusedSGD(
        parameters, momentumBuffers: momentumBuffers, isFirstStep: stepCount == 0,
        options: options)
    }
    stepCount += 1
  }
}

@available(*, unavailable)
extension ParameterUpdates: Sendable {}
