import DataSchema
import Diagnostics
import ExperimentConfig

/// A user's own images with boxes, or masks, in COCO's format.
struct CocoDataset: OwnDataset {
  static let schema = ComponentSchema(
    "coco", main: "images",
    [
      Field(
        "images", .path, .required,
        doc:
          "The folder of the images, or a .zip or .tar. Without 'annotations' it holds them too: "
          + "instances_train….json and instances_val….json, or _annotations.coco.json in train, valid and "
          + "test, or one .json file."),
      Field(
        "annotations", .path, .optional,
        doc: "The .json file with the boxes of the training images; it may lie in an archive."),
      Field(
        "validation_annotations", .path, .optional,
        doc: "The file with the boxes of the images for validation."),
      Field(
        "test_annotations", .path, .optional, doc: "The file with the boxes of the test images."),
      Field(
        "masks", .boolean, default: "false",
        doc:
          "Whether the target is the class of each pixel, by the outlines of the objects, instead of their "
          + "boxes. Pixels outside all objects are of the class background, number 0."),
    ] + BoxReading.commonFields,
    doc:
      "Your own images with boxes around objects, or their outlines as masks, in COCO's format, as labelling "
      + "tools export it.")

  private let reading: BoxReading
  var path: String { reading.path }
  var dataSchema: DataSchema { reading.schema }
  var decodesImages: Bool { true }

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    var named: [BoxReading.Annotations] = []
    for (part, name) in [
      (FolderLayout.Part.train, "annotations"), (.validation, "validation_annotations"),
      (.test, "test_annotations"),
    ] where arguments.has(name) {
      if part != .train, named.isEmpty {
        throw InputError(
          "'\(name)' needs 'annotations', those of the training images",
          at: arguments.range(name))
      }
      named.append(
        BoxReading.Annotations(
          part: part, path: environment.absolute(try arguments.string(name))))
    }
    reading = try BoxReading(
      .coco(named), masks: try arguments.boolean("masks"), arguments, root: "images",
      in: environment)
  }

  func contents(_ path: String) throws(DataError) -> any SplitContents {
    try reading.contents(path)
  }
}
