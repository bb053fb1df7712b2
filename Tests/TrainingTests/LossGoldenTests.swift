import DataSchema
import DeviceChecks
import ExperimentConfig
import Tasks
import Testing
import Torch
import Training

/// Every loss against PyTorch.
struct LossGoldenTests {
  @Test func everyLossHasACase() throws {
    let names = Set(try LossCase.all.flatMap { try $0.names })
    // PointLossTests compares that of detectors with torchvision.
    #expect(names.union(["fcos"]) == Set(LossRegistry.all.map { $0.schema.name }))
    #expect(!names.contains("fcos"))
    #expect(try LossCase.all.contains { try $0.names.count > 1 && $0.objective().hasClassWeights })
  }

  @Test(arguments: LossCase.all) func valueAndGradientArePyTorchs(_ item: LossCase) throws {
    let function = try item.function()
    let outputs = try item.outputs(0..<item.rows)
    try outputs.setRequiresGrad(true)
    let value = try function(outputs, item.targets(0..<item.rows))
    try value.backward()
    let tolerance = 1e-6 * max(1, abs(item.value))
    #expect(abs(try value.item() - item.value) < tolerance)
    let gradient = try #require(try outputs.grad()).floats()
    #expect(gradient.count == item.gradient.count)
    for (left, right) in zip(gradient, item.gradient) {
      #expect(abs(left - right) < 1e-6 * max(1, abs(right)))
    }
  }

  /// The batches of a step, uneven and with other classes in each, against one batch with all their examples.
  @Test(arguments: LossCase.all) func batchesAddUpToTheLargeBatch(_ item: LossCase) throws {
    let function = try item.function()
    for cuts in [[0, 1, item.rows], [0, 2, 5, item.rows], [0, item.rows - 1, item.rows]] {
      let batches = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
      let step = LossStep(
        try item.objective(), batches.map(Array.init), of: item.allTargets)
      var (sum, mean) = (0.0, 0.0)
      var gradient: [Float] = []
      for batch in batches {
        let outputs = try item.outputs(batch)
        try outputs.setRequiresGrad(true)
        let (part, whole) = try function.part(outputs, item.targets(batch), of: step)
        try part.backward()
        sum += try part.item()
        mean += try whole.item() * Double(batch.count) / Double(item.rows)
        gradient += try #require(try outputs.grad()).floats()
      }
      let tolerance = 2e-6 * max(1, abs(item.value))
      #expect(abs(sum - item.value) < tolerance)
      #expect(abs(mean - item.value) < tolerance)
      for (left, right) in zip(gradient, item.gradient) {
        #expect(abs(left - right) < 1e-6 * max(1, abs(right)))
      }
    }
  }

  /// The loss of a data set is that of one batch, whatever batches it is evaluated in.
  @Test(arguments: LossCase.all) func evaluationDoesNotDependOnTheBatches(_ item: LossCase) throws {
    let function = try item.function()
    for size in [1, 3, item.rows] {
      var sums = LossSums(function.objective)
      for start in stride(from: 0, to: item.rows, by: size) {
        let batch = start..<min(start + size, item.rows)
        try function.add(item.outputs(batch), item.targets(batch), to: &sums)
      }
      #expect(abs(sums.value - item.value) < 2e-6 * max(1, abs(item.value)))
      #expect(try Set(sums.parts.keys) == Set(item.names.count > 1 ? item.names : []))
    }
  }

  /// In float64, where differences of losses have digits left.
  @Test(arguments: LossCase.all) func gradientIsThatOfFiniteDifferences(_ item: LossCase) throws {
    // Below the limit of the variance the gradient is PyTorch's, which is not that of the value.
    if item.loss.hasPrefix("gaussian_nll: {full: true") { return }
    let function = try item.function(.float64)
    let rows = 0..<item.rows
    let targets = try item.targets(rows, .float64)
    let outputs = try item.outputs(rows, .float64)
    try outputs.setRequiresGrad(true)
    try function(outputs, targets).backward()
    let gradient = try #require(try outputs.grad())
    let epsilon = 1e-6
    let flat = try outputs.detach().reshape([item.outputs.count])
    for place in item.outputs.indices {
      func loss(_ shift: Double) throws -> Double {
        let single = (0..<item.outputs.count).map { Float($0 == place ? 1 : 0) }
        let moved = try flat.add(
          Tensor(single, shape: [single.count]).to(.float64).mul(shift))
        return try function(moved.reshape(outputs.shape), targets).item()
      }
      let numeric = try (loss(epsilon) - loss(-epsilon)) / (2 * epsilon)
      let exact = try gradient.reshape([item.outputs.count])
        .narrow(dim: 0, start: place, length: 1).reshape([]).item()
      #expect(abs(numeric - exact) < 1e-6 * max(1, abs(exact)), "output \(place)")
    }
  }

  /// A single class whose weight is 0 would divide 0 by 0.
  @Test func aBatchWithoutWeightHasLossZero() throws {
    let field = DataField("label", .category(["cat", "dog"]))
    let loss = try LossCase.trainingLoss("cross_entropy: {weight: {cat: 0}}", field)
    let objective = loss.objective(
      LossTargets(.oneHot(.targets), [], field.kind))
    let function = try LossFunction(objective, width: 2, device: .cpu)
    let outputs = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let targets = try Tensor([0, 0] as [Int64])
    #expect(try function(outputs, targets).item() == 0)
    let step = LossStep(objective, [[0, 1]], of: Targets(classes: [0, 0]))
    #expect(try function.part(outputs, targets, of: step).part.item() == 0)
    var sums = LossSums(objective)
    try function.add(outputs, targets, to: &sums)
    #expect(sums.value == 0)
  }
}
