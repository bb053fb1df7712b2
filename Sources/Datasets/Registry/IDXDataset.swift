import ExperimentConfig

struct IDXDataset: DatasetDefinition {
  static let schema = ComponentSchema(
    "idx", main: "folder",
    [
      Field("folder", .path, .required,
        doc: "Holds train-images-idx3-ubyte, train-labels-idx1-ubyte and the same with t10k, "
          + "each perhaps with .gz."),
      Field("classes", .integer(.between(2, 256)), default: "10",
        doc: "Labels are below this number."),
      Field("height", .integer(.between(1, 65_535)), default: "28", doc: "Of the images."),
      Field("width", .integer(.between(1, 65_535)), default: "28", doc: "Of the images."),
    ],
    doc: "Your own grey images in four files of MNIST's format, such as Fashion-MNIST.")

  private let folder: String
  let facts: DatasetFacts

  init(_ arguments: Arguments) throws {
    folder = try arguments.string("folder")
    facts = DatasetFacts(
      channels: 1, height: try arguments.integer("height"), width: try arguments.integer("width"),
      classes: try arguments.integer("classes"))
  }

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    try await IDXFolder.acquire(folder: folder, environment: environment)
  }
}
