import CKernels
import DeviceChecks
import Tasks
import Testing
import Torch

@testable import Training

/// The losses of compiled steps against PyTorch.
@Suite struct CompiledLossTests {
  private static let compiled = Result { try LossCase.all.filter { try loss($0) != nil } }

  private static func loss(_ item: LossCase) throws -> CompiledLoss? {
    CompiledLoss(
      try item.objective(), item.allTargets, outputs: item.outputs.count / item.rows,
      ck_best().pointee)
  }

  @Test func crossEntropySquaredErrorAndBinaryCrossEntropyAreCompiled() throws {
    let cases = try Self.compiled.get()
    for part in ["cross_entropy", "weight: ", "label_smoothing", "mse", "bce_with_logits"] {
      #expect(cases.contains { $0.loss.contains(part) }, "\(part)")
    }
    #expect(cases.contains { $0.kind == .numbers } && cases.contains { $0.kind == .labels })
    #expect(try cases.allSatisfy { try $0.names.count == 1 })
    #expect(!cases.contains { $0.loss.contains("mae") || $0.loss.contains("huber") })
  }

  /// In one batch, and in the uneven batches of a step.
  @Test func valueAndGradientArePyTorchs() throws {
    for item in try Self.compiled.get() {
      let loss = try #require(try Self.loss(item))
      for cuts in [[0, item.rows], [0, 1, item.rows], [0, 2, 5, item.rows]] {
        let batches = zip(cuts, cuts.dropFirst()).map { Array($0..<$1) }
        let step = LossStep(try item.objective(), batches, of: item.allTargets)
        var mean = 0.0
        var gradient: [Float] = []
        for batch in batches {
          var scores = try item.outputs(batch[0]..<(batch[0] + batch.count)).floats()
          let result = scores.withUnsafeMutableBufferPointer { scores in
            scores.baseAddress.map { loss.backward(batch[...], $0, of: step, countsCorrect: false) }
          }
          let part = loss.mean(try #require(result).sum, examples: batch.count, of: step)
          mean += part * Double(batch.count) / Double(item.rows)
          gradient += scores
        }
        #expect(abs(mean - item.value) < 2e-6 * max(1, abs(item.value)), "\(item.loss)")
        #expect(gradient.count == item.gradient.count)
        for (left, right) in zip(gradient, item.gradient) {
          #expect(abs(left - right) < 1e-6 * max(1, abs(right)), "\(item.loss)")
        }
      }
    }
  }

  @Test func evaluationDoesNotDependOnTheBatches() throws {
    for item in try Self.compiled.get() {
      let loss = try #require(try Self.loss(item))
      for size in [1, 3, item.rows] {
        var sums = LossSums(loss.objective)
        for start in stride(from: 0, to: item.rows, by: size) {
          let batch = start..<min(start + size, item.rows)
          var scores = try item.outputs(batch).floats()
          scores.withUnsafeMutableBufferPointer { scores in
            guard let start = scores.baseAddress else { return }
            loss.evaluate(Array(batch)[...], start)
            loss.add(to: &sums)
          }
        }
        #expect(abs(sums.value - item.value) < 2e-6 * max(1, abs(item.value)), "\(item.loss)")
      }
    }
  }
}
