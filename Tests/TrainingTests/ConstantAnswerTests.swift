import DeviceChecks
import TaskRegistry
import Tasks
import Testing
import Torch
import Training

/// The loss of the best constant answer, which reports compare a model's loss with.
@Suite struct ConstantAnswerTests {
  /// Of masks, whose pixels are as examples of classes, a few.
  static let cases = LossCase.all.filter { $0.kind != .masks || $0.loss.contains("balanced") }

  /// Against gradient descent on an answer that all examples share.
  @Test(arguments: cases) func isWhatDescentFinds(_ item: LossCase) throws {
    let loss = try item.trainingLoss()
    let task = try #require(TaskRegistry.task(for: item.field))
    let claimed = loss.ofConstantAnswer(task.lossTargets(item.allTargets))
    guard let claimed else {
      #expect(loss.names.count > 1)
      return
    }
    let function = try item.function(.float64)
    let targets = try item.targets(0..<item.rows, .float64)
    let shape = item.outputShape
    let zeros = try Tensor.zeros([item.rows] + shape, dtype: .float64)
    // Rates have to be positive from the start. All pixels of a mask share the answer too.
    var answer = try Tensor.zeros(
      [1, shape[0]] + shape.dropFirst().map { _ in 1 }, dtype: .float64
    ).add(2)
    var best = Double.infinity
    for step in 0..<600 {
      answer = try answer.detach()
      try answer.setRequiresGrad(true)
      let value = try function(zeros.add(answer), targets)
      best = min(best, try value.item())
      try value.backward()
      let gradient = try #require(try answer.grad())
      let rate = (item.kind == .numbers ? 0.5 : 4) / (1 + Double(step) / 80)
      answer = try withNoGrad { try answer.sub(gradient.mul(rate)) }
    }
    #expect(best >= claimed - 1e-6, "\(best) is below \(claimed)")
    #expect(best <= claimed + 5e-3 * max(1, abs(claimed)), "\(best) is far above \(claimed)")
  }
}
