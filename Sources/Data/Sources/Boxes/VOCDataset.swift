import DataSchema
import ExperimentConfig

/// A user's own images with boxes in the format of Pascal VOC.
struct VOCDataset: OwnDataset {
  static let schema = ComponentSchema(
    "voc", main: "folder",
    [
      Field(
        "folder", .path, .required,
        doc:
          "A folder, .zip or .tar that holds JPEGImages and Annotations, perhaps some folders deeper. The "
          + "lists train, val (or trainval) and test in ImageSets/Main say which images belong to which "
          + "split.")
    ] + BoxReading.commonFields,
    doc:
      "Your own images with boxes around objects, in the format of Pascal VOC: an .xml file for each "
      + "image.")

  private let reading: BoxReading
  var path: String { reading.path }
  var dataSchema: DataSchema { reading.schema }
  var decodesImages: Bool { true }

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    reading = try BoxReading(.voc, arguments, root: "folder", in: environment)
  }

  func contents(_ path: String) throws(DataError) -> any SplitContents {
    try reading.contents(path)
  }
}
