import DataSchema
import Diagnostics
import ExperimentConfig
import Files

/// A user's own images, one folder for each class.
struct ImageFolderDataset: DatasetDefinition {
  static let schema = ComponentSchema(
    "image_folder", main: "folder",
    [
      Field(
        "folder", .path, .required,
        doc:
          "Holds CLASS/image.jpg, or train/, val/ and test/ with such folders each; or a .zip or .tar "
          + "of them, which is read in place."),
      Field(
        "color", .choice(["rgb", "grey"]), default: "rgb", doc: "What images are converted to."),
      Field(
        "test", .oneOf([.choice(["val"]), .number(.insideUnit)]), default: "0.2",
        doc:
          "What takes the place of a folder test/ that is missing: this fraction of each class of the "
          + "training images, chosen by their contents and the same for every seed; or val, the folder "
          + "val/."),
      Field(
        "on_error", .choice(["stop", "skip"]), default: "stop",
        doc:
          "What happens if an image cannot be read: the run does not start, or it is left out and "
          + "listed. With skip, every image is decoded once before the first run."),
    ],
    doc:
      "Your own images, in a folder for each class: JPEG, PNG, BMP, PPM, PGM, TIFF or WebP, of any sizes."
  )

  private let path: String
  private let channels: Int
  private let test: TestChoice
  private let skipsErrors: Bool
  private let cache: ImageIndexCache
  let dataSchema: DataSchema

  /// What the model is tested on if there is no folder for it.
  enum TestChoice: Sendable, Equatable {
    case fraction(Double)
    case validation
  }

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    path = environment.absolute(try arguments.string("folder"))
    channels = arguments.word("color") == "grey" ? 1 : 3
    test =
      arguments.word("test") == "val" ? .validation : .fraction(try arguments.number("test"))
    skipsErrors = arguments.word("on_error") == "skip"
    cache = ImageIndexCache(environment)
    if let recorded = environment.recorded {
      dataSchema = recorded
      return
    }
    do throws(DataError) {
      let contents = try ImageFolderContents(
        cache.index(path, decodes: skipsErrors), test, channels: channels, path: path)
      try contents.check(skipsErrors: skipsErrors)
      dataSchema = contents.schema
    } catch {
      throw InputError("\(error)", at: arguments.range("folder"))
    }
  }

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    let contents = try contents(path)
    try contents.check(skipsErrors: skipsErrors)
    return AcquiredDataset(
      name: Self.schema.name,
      files: DataSplit.allCases.map { split in
        DataFile(
          path: path, sha256: contents.fingerprint(split), split: split, contents: .examples)
      }, origin: .folder)
  }

  func open(
    _ split: DataSplit, of data: AcquiredDataset
  ) throws(DataError) -> any ExampleSource {
    guard let file = data.file(split, .examples) else {
      throw DataError(path: data.name, reason: "has no files of \(split.rawValue) examples")
    }
    let contents = try contents(file.path)
    guard contents.fingerprint(split) == file.sha256 else {
      throw DataError(path: file.path, reason: "has changed since this run began")
    }
    return IndexedImages(
      contents.index, contents.rows(split), in: try ImageFiles(reopening: file.path),
      schema: contents.schema, channels: channels)
  }

  func omissions() throws(DataError) -> DatasetOmissions {
    let summary = try cache.index(path, decodes: skipsErrors).summary
    return DatasetOmissions(
      broken: summary.broken.map { ($0.path, $0.reason) },
      skipped: summary.skipped.map { ($0.path, $0.reason) })
  }

  private func contents(_ path: String) throws(DataError) -> ImageFolderContents {
    ImageFolderContents(
      try cache.index(path, decodes: skipsErrors), test, channels: channels, path: path)
  }
}
