import Diagnostics
import ExperimentConfig
import Torch

extension ParameterUpdates {
  /// Performs the operations of one step on all parameters that have a gradient. Other parameters and their
  /// state are unchanged.
  ///
  /// - Throws: ``ProgramFault`` if an operation reads a temporary before it is set, or state that the rule
  ///   does not declare.
  func perform(_ operations: [ElementwiseOperation]) throws {
    let gradients = try parameters.map { try $0.grad() }
    let places = parameters.indices.filter { gradients[$0] != nil }
    if places.isEmpty { return }
    var lists: [ElementwiseOperand: TensorList] = [
      .parameter: TensorList(places.map { parameters[$0] }),
      .gradient: TensorList(gradients.compactMap(\.self)),
    ]
    for kept in rule.state {
      let tensors = values(kept)
      lists[.state(kept)] = TensorList(places.map { tensors[$0] })
    }
    func list(_ operand: ElementwiseOperand) throws -> TensorList {
      if let list = lists[operand] { return list }
      throw ProgramFault("an optimizer reads \(operand), which does not exist")
    }
    for operation in operations {
      switch operation {
      case .copy(let source, to: let target):
        if let existing = lists[target] {
          try existing.copy(from: list(source))
        } else if case .temporary = target {
          lists[target] = try list(source).clone()
        } else {
          _ = try list(target)
        }
      case .scale(let target, by: let factor): try list(target).scale(by: factor)
      case .addNumber(let number, to: let target): try list(target).add(number)
      case .add(let source, times: let factor, to: let target):
        try list(target).add(list(source), times: factor)
      case .addProduct(let first, let second, times: let factor, to: let target):
        try list(target).addProduct(list(first), list(second), times: factor)
      case .addQuotient(let numerator, by: let denominator, times: let factor, to: let target):
        try list(target).addQuotient(list(numerator), by: list(denominator), times: factor)
      case .interpolate(let target, towards: let source, weight: let weight):
        try list(target).interpolate(towards: list(source), weight: weight)
      case .multiply(let target, by: let source): try list(target).multiply(by: list(source))
      case .divide(let target, by: let source): try list(target).divide(by: list(source))
      case .maximum(let target, with: let source): try list(target).maximum(with: list(source))
      case .squareRoot(let target): try list(target).squareRoot()
      case .absolute(let target): try list(target).absolute()
      case .sign(let target): try list(target).sign()
      }
    }
  }
}
