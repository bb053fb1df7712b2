import Execution
import ExperimentConfig
import Foundation
import Graph
import MadeWeights
import Models
import Testing
import Torch

/// The models that ship with the program, against torchvision's.
@Suite(.serialized) struct TorchvisionModelTests {
  /// As `make_torchvision.py` writes it.
  private struct Values: Decodable {
    let size: Int
    let batch: Int
    let learning_rate: Double
    let evaluation: [Double]
    let training: [Double]
    let loss: Double
    let steps: [String: Double]
  }

  @Test func allButTheSmallestHaveAReference() {
    let without = Set(Models.all.map(\.schema.name))
      .subtracting(ModelFiles.references.map(\.model.schema.name))
    #expect(without == ["lenet5", "mlp", "simple_cnn"])
  }

  @Test(arguments: ModelFiles.references)
  func namesAndShapesAndInitialValues(reference: ModelFiles.Reference) throws {
    let model = reference.fixture
    let expected = try ModuleList(model)
    let facts = reference.model.facts
    let graph = try reference.graph(["classes: \(facts.classes)"], image: facts.image)
    let ours = Dictionary(uniqueKeysWithValues: graph.parameters.map { ($0.name, $0.spec) })
    let missing = expected.entries.keys.filter { ours[$0] == nil }.sorted()
    let extra = ours.keys.filter { expected.entries[$0] == nil }.sorted()
    #expect(missing.isEmpty, "\(model) lacks \(missing.prefix(10))")
    #expect(extra.isEmpty, "\(model) has besides \(extra.prefix(10))")
    for (name, spec) in ours {
      guard let entry = expected.entries[name] else { continue }
      #expect(spec.shape == entry.shape, "\(model) \(name)")
      if let initial = entry.initial, spec.count > 1 {
        #expect(isDrawn(spec, as: initial), "\(model) \(name): \(spec.initializer), not \(initial)")
      }
    }
    #expect(graph.parameterCount == expected.parameters)
    if let published = expected.multiplyAdds {
      // torchvision counts the multiplications of convolutions and matrix products, in billions with three digits.
      #expect(abs(Double(graph.multiplyAdds) / 1e9 - published) < 0.000_51, "\(graph.multiplyAdds)")
    }
    // Ours counts both the multiplication and the addition, biases, norms and activations.
    #expect(graph.flops >= 2 * graph.multiplyAdds)
    #expect(Double(graph.flops) < 2.35 * Double(graph.multiplyAdds))
  }

  /// Whether the initializer is the distribution that torchvision's values were drawn from, as far as one drawing
  /// of them tells.
  private func isDrawn(_ spec: ParameterSpec, as text: String) -> Bool {
    guard let number = Double(text.dropFirst()) else { return false }
    let kind: Character
    let ours: Double
    switch spec.initializer {
    case .zeros: (kind, ours) = ("=", 0)
    case .ones: (kind, ours) = ("=", 1)
    case .constant(let value): (kind, ours) = ("=", value)
    case .uniform(let fanIn): (kind, ours) = ("u", 1 / (3 * Double(fanIn)).squareRoot())
    case .symmetricUniform(let bound): (kind, ours) = ("u", bound / 3.0.squareRoot())
    case .kaimingNormal(let fanOut): (kind, ours) = ("n", (2 / Double(fanOut)).squareRoot())
    case .normal(let std, _): (kind, ours) = ("n", std)
    case .truncatedNormal(let std, _, _): (kind, ours) = ("n", std)
    case .file: return false
    }
    if kind == "=" { return text.first == "=" && abs(ours - number) <= 1e-3 * abs(ours) }
    // Few values do not show their distribution.
    guard spec.count < 200 || text.first == kind else { return false }
    let sample = Double(min(spec.count, 100_000))
    return abs(number / ours - 1) <= 0.006 + 4.5 / (2 * sample).squareRoot()
  }

  @Test(arguments: ModelFiles.references.filter { $0.hasValues && !$0.isSegmentation })
  func logitsAndOneStepOfSGD(reference: ModelFiles.Reference) throws {
    let name = reference.fixture
    let golden = try JSONDecoder().decode(Values.self, from: ModelFiles.read("\(name).values.json"))
    let zeros = reference.model.schema.arguments.fields.map(\.name)
      .filter { ["dropout", "stochastic_depth"].contains($0) }
    let graph = try reference.graph(
      ["classes: 10"] + zeros.map { "\($0): 0" }, image: [3, golden.size, golden.size])
    guard ModelFiles.computes(graph, name) else { return }
    let shape = [golden.batch, 3, golden.size, golden.size]
    let images = try Tensor(MadeWeights.images(shape.reduce(1, *)), shape: shape)
    let labels = try Tensor((0..<golden.batch).map { Int64($0 % 10) }, device: .cpu)

    do {
      let model = try ModelFiles.made(graph, .float32)
      let evaluation = try withInferenceMode { try model(images).floats() }
      ModelFiles.expectClose(evaluation, golden.evaluation, "\(name), evaluation")
    }
    // In double precision, because rounding grows through normalisation over few values.
    let model = try ModelFiles.made(graph, .float64)
    let place = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
    let logits = try model(images.to(.float64), training: place)
    ModelFiles.expectClose(
      try logits.detach().to(.float32).floats(), golden.training, "\(name), training")
    let loss = try logits.crossEntropy(target: labels)
    #expect(abs(try loss.item() - golden.loss) <= 1e-6 * golden.loss)
    try loss.backward()
    var options = SGDOptions()
    options.lr = golden.learning_rate
    try fusedSGD(
      model.parameters.map(\.tensor), momentumBuffers: [], isFirstStep: true, options: options)
    #expect(Set(model.parameters.map(\.name)) == Set(golden.steps.keys))
    try ModelFiles.expectSteps(model, golden.steps)
  }
}
