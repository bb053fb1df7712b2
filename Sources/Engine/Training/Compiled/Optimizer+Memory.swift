import CKernels
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

  /// Performs one step on all groups that `epoch` trains, from gradients in memory.
  func step(epoch: Int, _ memory: [UpdateMemory], _ kernels: ck_kernels) {
    for ((group, updates), memory) in zip(groups, memory) where group.firstEpoch <= epoch {
      updates.step(learningRate: learningRate(of: group), memory, kernels)
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
    case .adam, .muon, .elementwise: return nil
    }
    let first = values(.firstMoment) + values(.momentumBuffer)
    let second = values(.secondMoment)
    func start(_ tensors: [Tensor], _ index: Int) throws -> UnsafeMutablePointer<Float>? {
      tensors.isEmpty ? nil : try tensors[index].floatMemory().baseAddress
    }
    var pieces: [UpdateMemory.Piece] = []
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradient(parameter),
        let weights = try parameter.floatMemory().baseAddress
      else { return nil }
      pieces.append(
        UpdateMemory.Piece(
          gradient: gradient, weights: weights, first: try start(first, index),
          second: try start(second, index), step: try start(steps, index),
          count: parameter.numel))
    }
    return UpdateMemory(kernel: kernel, pieces: pieces)
  }

  fileprivate func step(learningRate: Double, _ memory: UpdateMemory, _ kernels: ck_kernels) {
    switch memory.kernel {
    case .adam(let rule):
      for piece in memory.pieces { piece.adam(rule, learningRate: learningRate, kernels) }
    case .sgd(let rule):
      for piece in memory.pieces {
        piece.sgd(rule, learningRate: learningRate, isFirst: stepCount == 0, kernels)
      }
    }
    stepCount += 1
  }
}

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
