import CKernels
import Glibc
import Torch

extension Optimizer {
  /// The memory of every group, in their order; nothing where a kernel is missing for the optimizer.
  ///
  /// - Parameter gradient: where the gradient of a parameter lies.
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

  /// One step of all groups that `epoch` trains, by gradients in memory.
  func step(epoch: Int, _ memory: [UpdateMemory], _ kernels: ck_kernels) {
    for ((group, updates), memory) in zip(groups, memory) where group.firstEpoch <= epoch {
      updates.step(factor: factor, memory, kernels)
    }
  }
}

extension ParameterUpdates {
  fileprivate func memory(
    _ gradient: (Tensor) -> UnsafeMutablePointer<Float>?
  ) throws -> UpdateMemory? {
    if case .adam(let options) = kind, options.amsgrad { return nil }
    let first = firstMoments.isEmpty ? momentumBuffers : firstMoments
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
          second: try start(secondMoments, index), step: try start(steps, index),
          count: parameter.numel))
    }
    return UpdateMemory(pieces: pieces)
  }

  fileprivate func step(factor: Double, _ memory: UpdateMemory, _ kernels: ck_kernels) {
    switch kind {
    case .adam(var options):
      options.lr *= factor
      for piece in memory.pieces { piece.adam(options, kernels) }
    case .sgd(var options):
      options.lr *= factor
      for piece in memory.pieces { piece.sgd(options, isFirst: stepCount == 0, kernels) }
    }
    stepCount += 1
  }
}

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
