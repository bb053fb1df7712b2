import DataSchema
import Diagnostics
import ExperimentConfig
import Files

/// A user's own images, one folder for each class.
struct ImageFolderDataset: OwnDataset {
  static let schema = ComponentSchema(
    "image_folder", main: "folder",
    [
      Field(
        "folder", .path, .required,
        doc:
          "A folder of CLASS/image.jpg, or of train/, val/ and test/ with such folders each; or a "
          + ".zip or .tar of them, which is read in place."),
      Field(
        "color", .choice(["rgb", "grey"]), default: "rgb",
        doc: "The colour mode that images are converted to."),
      Field(
        "test", .oneOf([.choice(["val"]), .number(.insideUnit)]), default: "0.2",
        doc:
          "The test set if there is no folder test/: this fraction of each class of the training "
          + "images, chosen by their contents and the same for every seed; or val, the folder "
          + "val/."),
      Field(
        "on_error", .choice(["stop", "skip"]), default: "stop",
        doc:
          "What happens if an image cannot be read: the run does not start, or the image is left "
          + "out and listed. With skip, every image is decoded once before the first run."),
    ],
    doc:
      "Your own images, in a folder for each class: JPEG, PNG, BMP, PPM, PGM, TIFF or WebP, of any "
      + "size."
  )

  let path: String
  private let channels: Int
  private let test: TestChoice
  private let skipsErrors: Bool
  private let cache: ImageIndexCache
  let dataSchema: DataSchema
  let decodesImages = true

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
        cache.index(path, decodes: skipsErrors), test, channels: channels, path: path,
        skipsErrors: skipsErrors)
      try contents.check()
      dataSchema = contents.schema
    } catch {
      throw InputError("\(error)", at: arguments.range("folder"))
    }
  }

  func contents(_ path: String) throws(DataError) -> any SplitContents {
    ImageFolderContents(
      try cache.index(path, decodes: skipsErrors), test, channels: channels, path: path,
      skipsErrors: skipsErrors)
  }
}
