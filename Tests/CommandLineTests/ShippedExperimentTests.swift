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

  /// Experiments that are trained one after the other in one folder, because they read the same archive, whose index
  /// takes longer than the training, or begin with an earlier one's run.
  struct Group: Sendable, CustomTestStringConvertible {
    let experiments: [Shipped]

    init(_ experiments: Shipped...) { self.experiments = experiments }

    var testDescription: String { experiments.map(\.name).joined(separator: ", ") }
  }

  static let groups = [
    Group(Shipped(name: "default", overrides: drawn)),
    Group(Shipped(name: "sequential", overrides: drawn)),
    Group(Shipped(name: "sequential_kfold", overrides: drawn)),
    Group(Shipped(name: "slant", overrides: few)),
    Group(Shipped(name: "figures", overrides: few)),
    Group(
      Shipped(
        name: "resnet18_finetune",
        overrides: drawn + ["~weights", "data.transforms.0.resize=[32,32]"])),
    Group(
      Shipped(name: "transfer/pretrain", overrides: few),
      Shipped(name: "transfer/finetune", overrides: drawn)),
    Group(
      Shipped(name: "own_images", overrides: pictures, file: archive),
      Shipped(name: "vision_transformer", overrides: warm, file: archive),
      Shipped(name: "recipe", overrides: warm, file: archive),
      Shipped(name: "cifar10", overrides: pictures, file: archive),
      Shipped(name: "distillation", overrides: warm, file: archive)),
    Group(
      Shipped(
        name: "segmentation",
        overrides: [
          "data.limit={train: 8, test: 4}", "train.epochs=1", "schedule.cosine.warmup_epochs=0",
        ],
        file: ("data.dataset.image_masks.images", "camvid-small.zip"))),
    Group(
      Shipped(
        name: "detection",
        overrides: [
          "data.limit={train: 8, test: 4}", "train.epochs=1", "schedule.cosine.warmup_epochs=0",
          "data.transforms.0.resize=[64,96]",
        ],
        file: ("data.dataset.voc", "bccd.zip"))),
    Group(
      Shipped(
        name: "table", overrides: ["train.epochs=2"],
        file: ("data.dataset.table.file", "penguins.csv"))),
  ]

  @Test func everyExperimentIsTrainedHere() throws {
    let folder = Program.repository + "/experiments"
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".yaml") }
    #expect(Set(names) == Set(Self.groups.flatMap(\.experiments).map { $0.name + ".yaml" }))
  }

  @Test(arguments: groups) func train(_ group: Group) async throws {
    let data = ProcessInfo.processInfo.environment["RUNNER_DATA"]
    let program = try Program()
    defer { program.remove() }
    for experiment in group.experiments {
      var overrides = experiment.overrides
      if let file = experiment.file {
        guard let data else {
          print("skipped: RUNNER_DATA is not set, so there is no \(file.name) to train on")
          return
        }
        overrides.append("\(file.key)=\(data)/\(file.name)")
      }
      let path = Program.repository + "/experiments/\(experiment.name).yaml"
      let outcome = try await program.run([path] + overrides)
      #expect(outcome.code == 0, "\(outcome.text)")
    }
  }
}
