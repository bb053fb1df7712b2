import ExperimentConfig
import Torch

/// The update rule of one parameter group, with its state.
final class ParameterUpdates {
  let rule: UpdateRule
  let parameters: [Tensor]
  private let tensors: [StateTensor: [Tensor]]
  /// Adam's step counts, one per parameter.
  let steps: [Tensor]
  var stepCount = 0

  init(_ rule: UpdateRule, _ parameters: [Tensor]) throws {
    self.rule = rule
    self.parameters = parameters
    var tensors: [StateTensor: [Tensor]] = [:]
    for kept in rule.state {
      let values = try parameters.map(Tensor.zeros(like:))
      if kept.initialValue != 0 { try TensorList(values).add(kept.initialValue) }
      tensors[kept] = values
    }
    self.tensors = tensors
    steps =
      if case .adam = rule {
        try parameters.map {
          try Tensor(scalar: 0, device: $0.device.countsAdamSteps ? $0.device : .cpu)
        }
      } else { [] }
  }

  /// The state tensors of one kind, one per parameter; empty if the rule does not keep them.
  func values(_ kept: StateTensor) -> [Tensor] { tensors[kept] ?? [] }

  /// The state tensors that the next step depends on, by name.
  var state: [(name: String, tensor: Tensor)] {
    let lists = rule.state.map { ($0.name, values($0)) } + [("step", steps)]
    return lists.flatMap { name, tensors in
      tensors.enumerated().map { ("\(name).\($0.offset)", $0.element) }
    }
  }

  /// Updates the parameters from their gradients.
  ///
  /// - Parameter learningRate: this group's learning rate in this step.
  func step(learningRate: Double) throws {
    switch rule {
    case .adam(let rule):
      try fusedAdam(
        parameters, expAvgs: values(.firstMoment), expAvgSqs: values(.secondMoment),
        maxExpAvgSqs: values(.largestSecondMoment), steps: steps,
        options: AdamOptions(rule, learningRate: learningRate))
    case .sgd(let rule):
      try fusedSGD(
        parameters, momentumBuffers: values(.momentumBuffer), isFirstStep: stepCount == 0,
        options: SGDOptions(rule, learningRate: learningRate))
    case .muon(let rule):
      try muon(
        parameters, momentumBuffers: values(.momentumBuffer),
        options: MuonOptions(rule, learningRate: learningRate))
    case .elementwise(let update):
      try perform(update.operations(learningRate: learningRate, step: stepCount + 1))
    }
    stepCount += 1
  }
}

extension AdamOptions {
  fileprivate init(_ rule: AdamRule, learningRate: Double) {
    self.init()
    lr = learningRate
    beta1 = rule.beta1
    beta2 = rule.beta2
    weightDecay = rule.weightDecay
    eps = rule.eps
    amsgrad = rule.usesLargestSecondMoment
    decoupledWeightDecay = rule.decouplesWeightDecay
  }
}

extension MuonOptions {
  fileprivate init(_ rule: MuonRule, learningRate: Double) {
    self.init()
    lr = learningRate
    weightDecay = rule.weightDecay
    momentum = rule.momentum
    nesterov = rule.usesNesterov
    coefficients = rule.coefficients
    eps = rule.eps
    iterations = rule.iterations
    matchesAdamW = rule.matchesAdamW
  }
}

extension SGDOptions {
  fileprivate init(_ rule: SGDRule, learningRate: Double) {
    self.init()
    lr = learningRate
    momentum = rule.momentum
    dampening = rule.dampening
    weightDecay = rule.weightDecay
    nesterov = rule.usesNesterov
  }
}

@available(*, unavailable)
extension ParameterUpdates: Sendable {}

extension Device {
  /// Whether Adam's step counts are on the device, whose kernels read them; elsewhere the CPU does.
  fileprivate var countsAdamSteps: Bool { if case .cuda = self { true } else { false } }
}
