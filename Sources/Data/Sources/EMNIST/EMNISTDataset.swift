import DataSchema
import ExperimentConfig

/// EMNIST; see ``EMNISTSplit``.
struct EMNISTDataset: IDXFormat {
  static let schema = ComponentSchema(
    "emnist", main: "split",
    [
      Field(
        "split", .choice(EMNISTSplit.all.map(\.name)), default: "balanced",
        doc:
          "byclass: 62 unbalanced classes, digits and letters in either case; bymerge and balanced: 47, "
          + "with the cases of letters that look alike merged; letters: 26; digits and mnist: 10.")
    ],
    doc:
      "Handwritten characters (Cohen et al.) as grey images of 28×28, upright. The archive "
      + "gzip.zip is looked for in $RUNNER_DATA (emnist, or EMNIST/raw as torchvision keeps it) "
      + "and the cache, or downloaded (536 MiB); converted once into the cache.")

  private let split: EMNISTSplit
  let dataSchema: DataSchema

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    let name = try arguments.string("split")
    // The schema has checked that it is one of them.
    split = EMNISTSplit.all.first { $0.name == name } ?? EMNISTSplit.all[0]
    dataSchema = DataSchema(
      image: ImageSize(channels: 1, height: EMNISTFiles.side, width: EMNISTFiles.side),
      target: DataField("label", .category(split.classes)), counts: split.counts)
  }

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    try await EMNISTFiles(split: split).acquire(environment: environment, progress: progress)
  }
}
