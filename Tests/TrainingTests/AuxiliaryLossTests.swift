import DataSchema
import Diagnostics
import ExperimentConfig
import Foundation
import Planning
import Testing
import Torch
import Weights

@testable import Training

/// Losses of auxiliary heads, against PyTorch (Tests/Fixtures/training/make_auxiliary.py).
@Suite struct AuxiliaryLossTests {
  struct Golden: Decodable {
    let losses: [Double]
    let final: [String: RecipeGolden.Values]

    static func load(_ run: String) throws -> Golden {
      let url = TrainingGolden.folder.appending(path: "auxiliary.json")
      let runs = try JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: url))
      return try #require(runs[run])
    }
  }

  /// The network of the goldens, with a head behind its first layers.
  private static let model = """
    - conv2d: {out_channels: 8, kernel_size: 3, bias: false}
    - batch_norm2d
    - relu:
      name: features
    - max_pool2d: 2
    - conv2d: {out_channels: 16, kernel_size: 3, bias: false}
    - batch_norm2d
    - relu
    - adaptive_avg_pool2d: 1
    - flatten
    - linear: 10
      name: out
    - adaptive_avg_pool2d: 1
      from: features
    - flatten
    - linear: 10
      name: aux
    """

  private static func experiment(_ outputs: String, _ settings: String = "") -> String {
    """
    data:
      dataset: mnist
      transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
      batch_size: 32
      shuffle: false
    model:
    \(model.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
    optimizer: {sgd: 0.02}
    outputs: \(outputs)
    \(settings)
    """
  }

  private static func entry(_ name: String, _ values: [Float], _ shape: [Int]) -> SafeTensors.Entry
  {
    SafeTensors.Entry(
      name: name, type: .float32, shape: shape,
      bytes: values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  private static let images = Result { try FormulaImages.make(salt: 0) }

  private func job(_ outputs: String, _ settings: String) throws -> TrainingJob {
    var job = try Jobs.make(
      Self.experiment(outputs, settings), Self.images.get(), train: 0..<320,
      validation: 320..<384)
    let path = TrainingGolden.folder.appending(path: "cnn_initial.safetensors").path
    let names = ["9.weight": "out.weight", "9.bias": "out.bias"]
    let head = (0..<80).map { Float(0.3 * sin(0.7 * Double($0))) }
    job.initialWeights =
      try SafeTensors.File(reading: path).entries().map { entry in
        var entry = entry
        entry.name = names[entry.name] ?? entry.name
        return entry
      } + [
        Self.entry("aux.weight", head, [10, 8]),
        Self.entry("aux.bias", Array(repeating: 0, count: 10), [10]),
      ]
    return job
  }

  @Test(arguments: [
    ("standard", "[out, aux]", "train: {epochs: 2}"),
    ("weights", "{out: 2, aux: 0.3}", "train: {epochs: 2}"),
    (
      "accumulated", "[out, aux]",
      "train: {epochs: 2, accumulate: 3}\nloss: {cross_entropy: {weight: [1, 2, 0.5, 1, 3, 1, 1, 0.25, 1, 2]}}"
    ),
  ])
  func lossesAndWeightsArePyTorchs(run: String, outputs: String, settings: String) throws {
    let golden = try Golden.load(run)
    let log = TrainingLog()
    let result = try Trainer(job(outputs, settings)).run(log)
    #expect(log.losses.count == golden.losses.count)
    for (step, (ours, theirs)) in zip(log.losses, golden.losses).enumerated() {
      #expect(abs(ours - theirs) <= 1e-5, "step \(step + 1): \(ours), PyTorch has \(theirs)")
    }
    try RecipeGolden.compare(result.lastWeights, golden.final)
  }

  @Test func readingLossesLateChangesNothing() throws {
    var job = try job("[out, aux]", "train: {epochs: 1}")
    let early = TrainingLog()
    let expected = try Trainer(job).run(early)
    job.readsLate = true
    let late = TrainingLog()
    let result = try Trainer(job).run(late)
    #expect(early.losses == late.losses)
    #expect(result.lastWeights.map(\.bytes) == expected.lastWeights.map(\.bytes))
  }

  /// Without a weight for it, the head is not even computed: the training is that of the trunk alone.
  @Test func aHeadWithoutWeightIsNotTrained() throws {
    func losses(_ outputs: String) throws -> [Double] {
      let log = TrainingLog()
      let job = try job(outputs, "train: {epochs: 1}")
      let result = try Trainer(job).run(log)
      if outputs.contains("aux") {
        let before = try #require(job.initialWeights?.first { $0.name == "aux.weight" })
        let after = try #require(result.lastWeights.first { $0.name == "aux.weight" })
        #expect((before.bytes == after.bytes) == outputs.contains("aux: 0}"))
      }
      return log.losses
    }
    #expect(try losses("{out: 1, aux: 0}") != losses("[out, aux]"))
  }

  @Test func aLossThatIsNotFiniteStopsTraining() throws {
    var job = try job("[out, aux]", "train: {epochs: 1}")
    job.initialWeights = job.initialWeights?.map { entry in
      entry.name == "aux.bias"
        ? Self.entry("aux.bias", Array(repeating: .nan, count: 10), [10]) : entry
    }
    #expect(throws: TrainingFailure.self) { try Trainer(job).run(TrainingLog()) }
  }

  @Test(arguments: [
    ("{out: 1, aux: 0.5}", 1.0, ["aux": 0.5]), ("[out, aux]", 1, ["aux": 0.5]),
    ("{out: 3, aux: 0}", 3, [:]), ("[out, features, aux]", 1, ["aux": 0.5]),
    ("{out: 1, features: 0, aux: 2}", 1, ["aux": 2]),
  ])
  func weightsAreWrittenBesideTheOutputs(
    outputs: String, main: Double, auxiliary: [String: Double]
  ) throws {
    let losses = try Jobs.plan(Self.experiment(outputs)).outputLosses
    #expect(losses.main == main)
    #expect(
      Dictionary(uniqueKeysWithValues: losses.auxiliary.map { ($0.name, $0.weight) }) == auxiliary)
  }

  @Test(arguments: [
    ("{out: 1, features: 0.5, aux: 1}", "the loss cannot be computed from 'features'"),
    ("{out: 0, aux: 1}", "'out' is what the model predicts, so its weight has to be positive"),
    ("{out: 1, aux: -1}", "aux"), ("{out: 1, aux: high}", "aux"),
  ])
  func otherWeightsAreErrors(outputs: String, message: String) throws {
    let error = #expect(throws: InputError.self) { try Jobs.plan(Self.experiment(outputs)) }
    #expect(error?.diagnostics.contains { $0.message.contains(message) } == true, "\(error as Any)")
  }

  @Test func theSumIsWrittenOut() throws {
    let plan = try Jobs.plan(Self.experiment("{out: 2, aux: 0.25}"))
    #expect(plan.outputLosses.description == "2 × the loss + 0.25 × that of 'aux'")
  }
}
