import CKernels
import Diagnostics
import ExperimentConfig
import Glibc
import Torch

extension Optimizer {
  /// The update memory of every group, in order; `nil` if there is no kernel for the optimizer.
  ///
  /// - Parameter gradient: returns the address of a parameter's gradient.
  func updateMemory(
    _ gradient: (Tensor) -> UnsafeMutablePointer<Float>?
  ) throws -> [UpdateMemory]? {
    var result: [UpdateMemory] = []
    for (_, updates) in groups {
      guard let memory = try updates.memory(gradient) else { return nil }
      result.append(memory)
    }
    return result
  }

  /// Updates some parameters, or parts of them, of the groups that `epoch` trains, from gradients in memory.
  /// Several threads may do so at the same time; ``countStep(epoch:_:)`` ends the step.
  ///
  /// - Throws: ``ProgramFault`` if the optimizer's operations read a tensor that does not exist.
  func update(
    epoch: Int, _ memory: [UpdateMemory], _ kernels: ck_kernels
  ) throws(ProgramFault) {
    for ((group, updates), memory) in zip(groups, memory) where group.firstEpoch <= epoch {
      try updates.update(learningRate: learningRate(of: group), memory, kernels)
    }
  }

  /// Counts a step whose updates have been made.
  ///
  /// - Parameter memory: of all parameters.
  func countStep(epoch: Int, _ memory: [UpdateMemory]) {
    for ((group, updates), memory) in zip(groups, memory) where group.firstEpoch <= epoch {
      for piece in memory.pieces { piece.step?.pointee += 1 }
      updates.stepCount += 1
    }
  }
}

extension ParameterUpdates {
  fileprivate func memory(
    _ gradient: (Tensor) -> UnsafeMutablePointer<Float>?
  ) throws -> UpdateMemory? {
    let kernel: UpdateMemory.Kernel
    switch rule {
    case .adam(let rule) where !rule.usesLargestSecondMoment: kernel = .adam(rule)
    case .sgd(let rule): kernel = .sgd(rule)
    case .elementwise(let update): kernel = .elementwise(update)
    case .adam, .muon: return nil
    }
    var pieces: [UpdateMemory.Piece] = []
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradient(parameter),
        let weights = try parameter.floatMemory().baseAddress
      else { return nil }
      pieces.append(
        UpdateMemory.Piece(
          gradient: gradient, weights: weights,
          state: try rule.state.compactMap { try values($0)[index].floatMemory().baseAddress },
          step: steps.isEmpty ? nil : try steps[index].floatMemory().baseAddress,
          count: parameter.numel))
    }
    return UpdateMemory(kernel: kernel, pieces: pieces)
  }

  fileprivate func update(
    learningRate: Double, _ memory: UpdateMemory, _ kernels: ck_kernels
  ) throws(ProgramFault) {
    switch memory.kernel {
    case .adam(let rule):
      for piece in memory.pieces { piece.adam(rule, learningRate: learningRate, kernels) }
    case .sgd(let rule):
      for piece in memory.pieces {
        piece.sgd(rule, learningRate: learningRate, isFirst: stepCount == 0, kernels)
      }
    case .elementwise(let update):
      let list = update.operations(learningRate: learningRate, step: stepCount + 1)
      try UpdateProgram(list, state: update.state).run(memory.pieces, kernels)
    }
  }
}

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
