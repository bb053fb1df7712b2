import Files
import FoundationEssentials
import Testing

/// The experiments that ship with the program are valid, and each trains when made small.
struct ShippedExperimentTests {
  /// An experiment below `experiments/`, with what makes it small.
  struct Shipped: Sendable, CustomTestStringConvertible {
    let name: String
    var overrides: [String] = []
    /// A key and the file below `RUNNER_DATA` that it is set to.
    var file: (key: String, name: String)?
    /// Another experiment whose run it begins with.
    var after: String?

    var testDescription: String { name }
  }

  private static let few = ["data.limit.train=300", "data.limit.test=100", "train.epochs=1"]
  private static let pictures = ["data.limit={per_class: 20, test: 100}", "train.epochs=1"]
  /// One epoch leaves no time to warm up.
  private static let warm = pictures + ["schedule.cosine.warmup_epochs=0"]
  private static let archive = (
    key: "data.dataset.image_folder", name: "cifar10-jpeg.zip"
  )
  private static let drawn = few + ["data.dataset=digits"]

  static let all: [Shipped] = [
    Shipped(name: "default", overrides: drawn),
    Shipped(name: "sequential", overrides: drawn),
    Shipped(name: "sequential_kfold", overrides: drawn),
    Shipped(name: "slant", overrides: few),
    Shipped(name: "figures", overrides: few),
    Shipped(
      name: "resnet18_finetune",
      overrides: drawn + ["~weights", "data.transforms.0.resize=[32,32]"]),
    Shipped(name: "transfer/pretrain", overrides: few),
    Shipped(name: "transfer/finetune", overrides: drawn, after: "transfer/pretrain"),
    Shipped(name: "own_images", overrides: pictures, file: archive),
    Shipped(name: "recipe", overrides: warm, file: archive),
    Shipped(name: "vision_transformer", overrides: warm, file: archive),
    Shipped(name: "distillation", overrides: warm, file: archive, after: "recipe"),
    Shipped(
      name: "segmentation",
      overrides: [
        "data.limit={train: 8, test: 4}", "train.epochs=1", "schedule.cosine.warmup_epochs=0",
      ],
      file: ("data.dataset.image_masks.images", "camvid-small.zip")),
    Shipped(
      name: "detection",
      overrides: [
        "data.limit={train: 8, test: 4}", "train.epochs=1", "schedule.cosine.warmup_epochs=0",
        "data.transforms.0.resize=[64,96]",
      ],
      file: ("data.dataset.voc", "bccd.zip")),
    Shipped(
      name: "table", overrides: ["train.epochs=2"],
      file: ("data.dataset.table.file", "penguins.csv")),
  ]

  @Test func everyExperimentIsTrainedHere() throws {
    let folder = Program.repository + "/experiments"
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".yaml") }
    #expect(Set(names) == Set(Self.all.map { $0.name + ".yaml" }))
  }

  @Test(arguments: all) func trains(_ experiment: Shipped) async throws {
    let data = ProcessInfo.processInfo.environment["RUNNER_DATA"]
    if let file = experiment.file, data == nil {
      print("skipped: RUNNER_DATA is not set, so there is no \(file.name) to train on")
      return
    }
    let program = try Program()
    defer { program.remove() }
    func run(_ shipped: Shipped) async throws {
      var overrides = shipped.overrides
      if let file = shipped.file { overrides.append("\(file.key)=\(data ?? "")/\(file.name)") }
      let path = Program.repository + "/experiments/\(shipped.name).yaml"
      let outcome = try await program.run([path] + overrides)
      #expect(outcome.code == 0, "\(outcome.text)")
    }
    if let first = experiment.after {
      try await run(try #require(Self.all.first { $0.name == first }))
    }
    try await run(experiment)
  }
}
