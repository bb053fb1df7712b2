import ExperimentConfig

struct IDXDataset: DatasetDefinition {
  static let schema = ComponentSchema(
    "idx", main: "folder",
    [
      Field(
        "folder", .path, .required,
        doc: "Holds train-images-idx3-ubyte, train-labels-idx1-ubyte and the same with t10k, "
          + "each perhaps with .gz; similar names such as test-images.idx are found too."),
      Field(
        "classes", .integer(.between(2, 256)), default: "10",
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
    let found = try await IDXFolder.acquire(folder: folder, environment: environment)
    try check(found)
    return AcquiredDataset(name: found.name, classes: facts.classes, origin: found.origin) {
      found[$0]
    }
  }

  /// Compares the files with what the experiment says of them.
  private func check(_ found: AcquiredDataset) throws(DataError) {
    let (shape, _) = try IDX.inspect(found.testImages.path)
    if shape.dropFirst() != [facts.height, facts.width] {
      throw DataError(
        path: found.testImages.path,
        reason: "holds images of \(shape.dropFirst().map(String.init).joined(separator: "×")), the "
          + "experiment says \(facts.height)×\(facts.width)")
    }
    for file in [found.trainLabels, found.testLabels] {
      let labels = try IDX.read(file.path).bytes
      if let index = labels.firstIndex(where: { Int($0) >= facts.classes }) {
        throw DataError(
          path: file.path,
          reason: "example \(index) has the label \(labels[index]), the experiment says "
            + "\(facts.classes) classes (0 to \(facts.classes - 1))")
      }
    }
  }
}
