import DataSchema
import Diagnostics
import ExperimentConfig
import OrderedCollections
import Tasks
import Testing

/// The weights of classes and labels, from an experiment's arguments and the training examples.
@Suite struct LossWeightTests {
  private let animals = DataField("label", .category(["cat", "dog", "owl"]))

  private let balanced = Resolved(.string("balanced"), .default)

  private func loss(
    _ name: String, _ arguments: OrderedDictionary<String, Resolved>, _ target: DataField
  ) throws -> TrainingLoss {
    var arguments = arguments
    for (key, value) in ["label_smoothing": 0.0, "gamma": 2] where arguments[key] == nil {
      arguments[key] = Resolved(.number(value), .default)
    }
    return try TrainingLoss(
      [Resolved(.component(name, arguments), .default).component()], for: target)
  }

  private func numbers(_ values: [Double]) -> Resolved {
    Resolved(.list(values.map { Resolved(.number($0), .default) }), .default)
  }

  private func byName(_ values: OrderedDictionary<String, Double>) -> Resolved {
    Resolved(.record(values.mapValues { Resolved(.number($0), .default) }), .default)
  }

  private func targets(_ classes: [Int], _ field: DataField) -> LossTargets {
    LossTargets(
      .oneHot(.targets),
      (0..<field.kind.names.count).map { label in
        TargetDistribution(classes.map { $0 == label ? 1 : 0 })
      }, field.kind)
  }

  /// `compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 0, 0, 1, 1, 1, 2])`.
  @Test func balancedIsScikitLearns() throws {
    let loss = try loss("cross_entropy", ["weight": balanced], animals)
    let term = loss.objective(targets([0, 0, 0, 0, 0, 1, 1, 1, 2], animals)).terms[0]
    #expect(term.classWeights == [0.6, 1.0, 3.0])
  }

  /// `compute_class_weight("balanced", classes=[0, 2], y=[0, 0, 0, 2])` knows no class without examples.
  @Test func aClassWithoutExamplesKeepsWeightOne() throws {
    let loss = try loss("focal", ["alpha": balanced], animals)
    let values = loss.objective(targets([0, 0, 0, 2], animals)).terms[0].values
    #expect(values.numberLists == [[4.0 / (2 * 3), 1, 2]])
  }

  @Test func balancedDependsOnTheTrainingExamplesAlone() throws {
    let loss = try loss("cross_entropy", ["weight": balanced], animals)
    let (a, b) = (targets([0, 0, 1, 2], animals), targets([0, 1, 1, 2], animals))
    #expect(loss.objective(a).terms[0].classWeights != loss.objective(b).terms[0].classWeights)
  }

  @Test func namesLeaveOtherClassesAtOne() throws {
    let loss = try loss("cross_entropy", ["weight": byName(["owl": 4, "cat": 0])], animals)
    #expect(loss.objective(targets([], animals)).terms[0].classWeights == [0, 1, 4])
    #expect(loss.problems("classification").isEmpty)
  }

  @Test func positiveWeightsOfLabels() throws {
    let labels = DataField("labels", .labelSet(["sea", "sky", "sun"]))
    let loss = try loss(
      "bce_with_logits", ["pos_weight": balanced], labels)
    let columns = [
      TargetDistribution([1, 0, 0, 0]), TargetDistribution([1, 1, 1, 0]),
      TargetDistribution([0, 0, 0, 0]),
    ]
    let values = loss.objective(LossTargets(.targets, columns, labels.kind)).terms[0].values
    guard case .binaryCrossEntropy(.outputs, .targets, let weights) = values else {
      Issue.record("\(values)")
      return
    }
    #expect(weights[0] == 3 && abs(weights[1] - 1.0 / 3) < 1e-12 && weights[2] == 1)
  }

  @Test func whatDoesNotFitTheClassesIsAnError() throws {
    func messages(
      _ key: String, _ value: Resolved, _ name: String = "cross_entropy"
    ) throws -> [String] {
      try loss(name, [key: value], animals).problems("classification").map {
        $0.message + ($0.hint.map { " | " + $0 } ?? "")
      }
    }
    #expect(
      try messages("weight", numbers([1, 2])) == ["'weight' has 2 numbers for 3 classes"])
    #expect(
      try messages("weight", byName(["cta": 2, "zebra": 1])) == [
        "'weight' names 'cta', which is none of the 3 classes | did you mean 'cat'?",
        "'weight' names 'zebra', which is none of the 3 classes | known: cat, dog, owl",
      ])
    #expect(try messages("weight", numbers([0, 0, 0])) == ["every number of 'weight' is 0"])
    #expect(
      try messages("weight", byName(["cat": 0, "dog": 0, "owl": 0]))
        == ["every number of 'weight' is 0"])
    #expect(try messages("weight", byName(["cat": 0, "dog": 0])).isEmpty)
    #expect(
      try messages("alpha", Resolved(.number(0.25), .default), "focal") == [
        "one number for 'alpha' would weigh all 3 classes alike | give one number per class, or balanced"
      ])
  }

  @Test func lossesThatReadOutputsDifferentlyAreNotSummed() throws {
    func problems(_ names: [String], _ target: DataField) throws -> [String] {
      let components = try names.map { name in
        let catalog = Catalog([.loss: LossRegistry.schemas])
        return try ResolvedComponent.read(
          SourceFile(name: "loss.yaml", text: name), as: .loss, catalog: catalog)
      }
      return try TrainingLoss(components, for: target).problems("a task").map(\.message)
    }
    let numbers = DataField("y", .numbers([Quantity("y")]))
    #expect(try problems(["mse", "mae", "smooth_l1"], numbers).isEmpty)
    #expect(try problems(["cross_entropy", "focal"], animals).isEmpty)
    let reason = "read the model's outputs differently and cannot be summed"
    #expect(
      try problems(["mse", "gaussian_nll"], numbers) == ["'gaussian_nll' and 'mse' \(reason)"])
    #expect(try problems(["mse", "poisson_nll"], numbers) == ["'poisson_nll' and 'mse' \(reason)"])
    #expect(
      try problems(["cross_entropy", "bce_with_logits"], animals)
        == ["'bce_with_logits' and 'cross_entropy' \(reason)"])
    #expect(try problems(["mse", "mae", "mse"], numbers) == ["the loss 'mse' is listed twice"])
    #expect(
      try problems(["huber", "mse"], animals) == ["'huber' cannot be computed for 3 classes"])
    #expect(
      try problems(["kl_div"], numbers) == [
        "'kl_div' needs at least two numbers that are shares of a whole, and there is one"
      ])
  }

  @Test func targetsForWhichALossIsUndefined() throws {
    func reason(_ name: String, _ columns: [[Float]]) throws -> String? {
      let catalog = Catalog([.loss: LossRegistry.schemas])
      let target = DataField("y", .numbers(columns.indices.map { Quantity("y\($0)") }))
      let component = try ResolvedComponent.read(
        SourceFile(name: "loss.yaml", text: name), as: .loss, catalog: catalog)
      return try TrainingLoss([component], for: target).undefined(
        LossTargets(.targets, columns.map { TargetDistribution($0) }, target.kind))?.message
    }
    #expect(try reason("poisson_nll", [[0, 3]]) == nil)
    #expect(
      try reason("poisson_nll", [[0, 3], [2, -1]])
        == "'poisson_nll' needs counts, and 'y1' is -1 in a training example")
    #expect(try reason("kl_div", [[0.25, 1], [0.75, 0]]) == nil)
    #expect(
      try reason("kl_div", [[0.25, 1.5], [0.75, -0.5]])
        == "'kl_div' needs shares, and 'y1' is -0.5 in a training example")
    #expect(
      try reason("kl_div", [[1, 2], [3, 4]])
        == "'kl_div' needs targets that add up to 1, and they add up to 5 on average over the training "
        + "examples")
    #expect(try reason("mse", [[-1, 2]]) == nil)
    #expect(try reason("kl_div", [[], []]) == nil)
  }
}
