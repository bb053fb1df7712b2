import ExperimentConfig
import Torch

/// The optimizer of an experiment with its state.
package final class Optimizer {
  private enum Kind {
    case adam(AdamOptions)
    case sgd(SGDOptions)
  }

  private var kind: Kind
  private let parameters: [Tensor]
  private var firstMoments: [Tensor] = []
  private var secondMoments: [Tensor] = []
  private var largestSecondMoments: [Tensor] = []
  private var steps: [Tensor] = []
  private var momentumBuffers: [Tensor] = []
  private var stepCount = 0

  package init(_ component: ResolvedComponent, parameters: [Tensor]) throws {
    self.parameters = parameters
    let arguments = component.arguments
    switch component.name {
    case "adam", "adamw":
      let betas = try arguments.numbers("betas")
      var options = AdamOptions()
      options.lr = try arguments.number("lr")
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
      steps = try parameters.map { try Tensor(scalar: 0, device: $0.device) }
    case "sgd":
      var options = SGDOptions()
      options.lr = try arguments.number("lr")
      options.momentum = try arguments.number("momentum")
      options.dampening = try arguments.number("dampening")
      options.weightDecay = try arguments.number("weight_decay")
      options.nesterov = try arguments.boolean("nesterov")
      kind = .sgd(options)
      if options.momentum != 0 { momentumBuffers = try parameters.map(Tensor.zeros(like:)) }
    default: throw TorchError(operation: component.name, message: "there is no such optimizer")
    }
  }

  package var learningRate: Double {
    switch kind {
    case .adam(let options): options.lr
    case .sgd(let options): options.lr
    }
  }

  /// Changes the parameters by their gradients.
  package func step() throws {
    switch kind {
    case .adam(let options):
      try fusedAdam(
        parameters, expAvgs: firstMoments, expAvgSqs: secondMoments,
        maxExpAvgSqs: largestSecondMoments, steps: steps, options: options)
    case .sgd(let options):
      try fusedSGD(
        parameters, momentumBuffers: momentumBuffers, isFirstStep: stepCount == 0,
        options: options)
    }
    stepCount += 1
  }

  package func zeroGrad() throws { try Torch.zeroGrad(parameters) }
}

@available(*, unavailable)
extension Optimizer: Sendable {}
