import CKernels
import Diagnostics
import ExperimentConfig

/// The operations of one step of an ``ElementwiseUpdate``, as a kernel performs them: operands are numbered,
/// the parameter and its gradient first, then the state, then temporary values.
struct UpdateProgram {
  private(set) var operations: [ck_operation] = []
  /// The operands that are kept between steps.
  private let kept: Int
  private var places: [ElementwiseOperand: UInt32]

  /// The number of temporary values.
  var temporaryCount: Int { places.count - kept }

  /// - Parameter state: the rule's, in its order.
  /// - Throws: ``ProgramFault`` if an operation reads a temporary value before it is set, or state that the
  ///   rule does not declare.
  init(_ list: [ElementwiseOperation], state: [StateTensor]) throws(ProgramFault) {
    let operands = [.parameter, .gradient] + state.map(ElementwiseOperand.state)
    places = [:]
    for (place, operand) in operands.enumerated() { places[operand] = UInt32(place) }
    kept = operands.count
    for operation in list { try append(operation) }
  }

  private mutating func append(_ operation: ElementwiseOperation) throws(ProgramFault) {
    switch operation {
    case .copy(let source, to: let target):
      let first = try place(source)
      if case .temporary = target, places[target] == nil {
        places[target] = UInt32(places.count)
      }
      operations.append(
        ck_operation(
          kind: CK_COPY, target: try place(target), first: first, second: first, number: 0))
    case .scale(let target, by: let factor): try append(CK_SCALE, target, number: factor)
    case .addNumber(let number, to: let target):
      try append(CK_ADD_NUMBER, target, number: number)
    case .add(let source, times: let factor, to: let target):
      try append(CK_ADD, target, source, number: factor)
    case .addProduct(let first, let second, times: let factor, to: let target):
      try append(CK_ADD_PRODUCT, target, first, second, number: factor)
    case .addQuotient(let numerator, by: let denominator, times: let factor, to: let target):
      try append(CK_ADD_QUOTIENT, target, numerator, denominator, number: factor)
    case .interpolate(let target, towards: let source, weight: let weight):
      try append(CK_INTERPOLATE, target, source, number: weight)
    case .multiply(let target, by: let source): try append(CK_MULTIPLY, target, source)
    case .divide(let target, by: let source): try append(CK_DIVIDE, target, source)
    case .maximum(let target, with: let source): try append(CK_MAXIMUM, target, source)
    case .squareRoot(let target): try append(CK_SQUARE_ROOT, target)
    case .absolute(let target): try append(CK_ABSOLUTE, target)
    case .sign(let target): try append(CK_SIGN, target)
    }
  }

  private mutating func append(
    _ kind: ck_operation_kind, _ target: ElementwiseOperand, _ first: ElementwiseOperand? = nil,
    _ second: ElementwiseOperand? = nil, number: Double = 0
  ) throws(ProgramFault) {
    operations.append(
      ck_operation(
        kind: kind, target: try place(target), first: try place(first ?? target),
        second: try place(second ?? first ?? target), number: Float(number)))
  }

  private func place(_ operand: ElementwiseOperand) throws(ProgramFault) -> UInt32 {
    if let place = places[operand] { return place }
    throw ProgramFault("an optimizer reads \(operand), which does not exist")
  }

  /// Performs the operations on every parameter of a group.
  func run(_ pieces: [UpdateMemory.Piece], _ kernels: ck_kernels) {
    withUnsafeTemporaryAllocation(
      of: Float.self, capacity: max(temporaryCount, 1) * CK_BLOCK
    ) { temporaries in
      for piece in pieces {
        let operands: [UnsafeMutablePointer<Float>?] =
          [piece.weights, piece.gradient] + piece.state
        kernels.update(
          operations, operations.count, operands, operands.count, temporaries.baseAddress,
          piece.count)
      }
    }
  }
}
