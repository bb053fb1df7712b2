import CKernels
import ExperimentConfig
import FoundationEssentials
import Planning
import Testing
import Torch

@testable import Training

/// `Tests/Fixtures/optimizers/goldens.json`: 25 steps of PyTorch's optimizers with weight decay and a schedule
/// (see make.py beside it).
private struct OptimizerGolden: Decodable {
  let optimizer: JSONValue
  let float32: [[Double]]
  let float64: [[Double]]
  let state: [String: [[Double]]]

  static let all = Result {
    let url = TrainingGolden.folder.deletingLastPathComponent()
      .appending(path: "optimizers/goldens.json")
    return try JSONDecoder().decode([String: Self].self, from: Data(contentsOf: url))
  }

  var usesMuon: Bool {
    if case .object(let object) = optimizer { object["muon"] != nil } else { false }
  }

  /// The optimizer as the experiment language has it.
  var definition: any OptimizerDefinition {
    get throws {
      let text = String(decoding: try JSONText.encode(optimizer), as: UTF8.self)
      return try Jobs.plan(
        "{data: {dataset: mnist}, model: [flatten, linear: 10], optimizer: \(text)}"
      ).experiment.optimizer
    }
  }
}

/// Every optimizer against PyTorch's formula; see ``TrainingGoldenTests`` for whole trainings.
@Suite struct OptimizerGoldenTests {
  private static let shapes = [[3, 4], [5, 2], [6], [2]]

  private static func parameter(_ shape: [Int]) -> [Double] {
    let count = shape.reduce(1, *)
    return (0..<count).map { (i: Int) -> Double in Double((i * 5 + 3) % 13 - 6) / 8 }
  }

  private static func gradient(_ shape: [Int], _ step: Int) -> [Double] {
    let count = shape.reduce(1, *)
    let shift = step * step * 11 + step * 3
    return (0..<count).map { (i: Int) -> Double in Double((i * 7 + shift) % 29 - 14) / 16 }
  }

  private static func tensor(_ values: [Double], _ shape: [Int], isDouble: Bool) throws -> Tensor {
    isDouble
      ? try Tensor(values, shape: shape) : try Tensor(values.map(Float.init), shape: shape)
  }

  /// Takes the goldens' steps; a rule has a group for each optimizer that it is made of.
  ///
  /// - Parameter isCompiled: whether kernels update the parameters that have gradients. The result is `nil` if
  ///   there are none for the optimizer.
  private func train(
    _ definition: any OptimizerDefinition, isDouble: Bool, isCompiled: Bool = false
  ) throws -> (parameters: [Tensor], optimizer: Optimizer)? {
    let parameters = try Self.shapes.map {
      try Self.tensor(Self.parameter($0), $0, isDouble: isDouble)
    }
    let parts = Self.shapes.map { definition.part(forShape: $0, isExcluded: false) }
    var groups: [Optimizer.Group] = []
    for name in [definition.name, "adamw"] {
      let indices = parts.indices.filter { parts[$0].name == name && !(isCompiled && $0 == 3) }
      if indices.isEmpty || groups.contains(where: { $0.optimizer?.name == name }) { continue }
      groups.append(
        Optimizer.Group(indices.map { parameters[$0] }, optimizer: parts[indices[0]]))
    }
    let optimizer = try Optimizer(definition, groups: groups)
    let gradients = Self.shapes.map { FloatMemory($0.reduce(1, *)) }
    let memory =
      isCompiled
      ? try optimizer.updateMemory { tensor in
        parameters.firstIndex { $0 === tensor }.map { gradients[$0].start }
      } : nil
    if isCompiled, memory == nil { return nil }
    for step in 0..<25 {
      optimizer.factor = 1 / (1 + Double(step) / 8)
      for index in 0..<3 {
        let shape = Self.shapes[index]
        let gradient = Self.gradient(shape, step)
        if isCompiled {
          _ = gradients[index].buffer.update(fromContentsOf: gradient.map(Float.init))
        } else {
          try parameters[index].setGrad(Self.tensor(gradient, shape, isDouble: isDouble))
        }
      }
      if let memory {
        try optimizer.update(epoch: 1, memory, ck_best().pointee)
        optimizer.countStep(epoch: 1, memory)
      } else {
        try optimizer.step()
      }
    }
    return (parameters, optimizer)
  }

  private func expect(
    _ tensors: [Tensor], _ expected: [[Double]], _ tolerance: Double, _ what: String
  ) throws {
    #expect(tensors.count == expected.count, "\(what)")
    for (index, (tensor, values)) in zip(tensors, expected).enumerated() {
      let ours = try tensor.doubles()
      #expect(ours.count == values.count)
      for (ours, theirs) in zip(ours, values) {
        let isClose = abs(ours - theirs) <= tolerance * max(1, abs(theirs))
        #expect(isClose, "\(what) \(index): \(ours), PyTorch has \(theirs)")
      }
    }
  }

  @Test func everyOptimizerHasGoldens() throws {
    let names = try OptimizerGolden.all.get().values.map { try $0.definition.name }
    #expect(Set(names) == Set(OptimizerRegistry.all.map { $0.schema.name }))
  }

  /// The kernels of compiled steps are held to the same goldens; only Muon and AMSGrad have none.
  @Test(arguments: [false, true])
  func twentyFiveStepsInFloat32EqualPyTorchs(isCompiled: Bool) throws {
    for (name, golden) in try OptimizerGolden.all.get() {
      let result = try train(golden.definition, isDouble: false, isCompiled: isCompiled)
      let hasKernel = !golden.usesMuon && !name.contains("amsgrad")
      #expect((result != nil) == (hasKernel || !isCompiled), "\(name)")
      guard let tensors = result?.parameters else { continue }
      try expect(tensors, golden.float32, golden.usesMuon ? 2e-3 : 2e-6, name)
    }
  }

  /// In double precision only the formula counts. Muon's matrices are orthogonalised in bfloat16, which another
  /// processor may round differently.
  @Test func twentyFiveStepsInFloat64EqualPyTorchs() throws {
    for (name, golden) in try OptimizerGolden.all.get() {
      let (tensors, optimizer) = try #require(try train(golden.definition, isDouble: true))
      try expect(tensors, golden.float64, golden.usesMuon ? 2e-3 : 1e-12, name)
      let kept = optimizer.state.filter { $0.tensor.shape != [] }
      #expect(
        Set(kept.map { $0.name.split(separator: ".")[1] })
          == Set(golden.state.keys.map { Substring($0) }), "\(name)")
      for (key, expected) in golden.state {
        let tensors = kept.filter { $0.name.split(separator: ".")[1] == key }.map(\.tensor)
        // A parameter without a gradient has state here, unchanged, and none in PyTorch.
        let changed = tensors.filter { $0.shape != [2] }
        try expect(changed, expected.filter { $0.count != 2 }, 1e-12, "\(name) \(key)")
      }
    }
  }

  /// The last parameter never has a gradient.
  @Test func parametersWithoutAGradientStay() throws {
    for (name, golden) in try OptimizerGolden.all.get() {
      let last = try #require(try train(golden.definition, isDouble: true)).parameters[3]
      #expect(try last.doubles() == Self.parameter([2]), "\(name)")
    }
  }

  /// Defaults are torch.optim's: these cases of make.py name no argument.
  @Test(arguments: ["adagrad", "adadelta", "adamax", "nadam", "radam", "lion", "muon"])
  func goldensOfTheDefaults(_ name: String) throws {
    let golden = try #require(try OptimizerGolden.all.get()[name])
    #expect(golden.optimizer == .object([name: .object([:])]))
  }
}
