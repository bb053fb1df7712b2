import DataSchema
import Diagnostics
import ExperimentConfig
import Files

/// A user's own images, each with a mask that gives every pixel a class.
struct ImageMasksDataset: OwnDataset {
  static let schema = ComponentSchema(
    "image_masks", main: "images",
    [
      Field(
        "images", .path, .required,
        doc:
          "The folder of images; or, without 'masks', a folder, .zip or .tar with folders images and "
          + "masks, below or above train, val and test if there are such."),
      Field(
        "masks", .path, .optional,
        doc: "The folder of masks, PNG files with the names of their images."),
      Field(
        "classes", .oneOf([.path, .list(of: .string(.any), count: 1...MaskCoding.mostClasses)]),
        .optional,
        doc:
          "The names of the classes in the order of their numbers: a list, or a file with a line each. "
          + "'name r g b' gives the colour of a class in masks of colours. classes.txt beside the "
          + "images if left out."),
      Field(
        "ignore", .oneOf([.integer(.between(0, 255)), .string(.any)]), .optional,
        doc:
          "The value of pixels without a class, which neither train nor count; for masks of colours the "
          + "name of their colour in the file of classes."),
      Field(
        "suffix", .string(.any), default: "''",
        doc: "What the name of a mask has behind that of its image, such as _L."),
      Field(
        "color", .choice(["rgb", "grey"]), default: "rgb",
        doc: "The colour mode that images are converted to."),
      Field(
        "test", .oneOf([.choice(["val"]), .number(.insideUnit)]), default: "0.2",
        doc:
          "The test set if there is no folder test: this fraction of the training images, chosen by "
          + "their masks and the same for every seed; or val, the folder val."),
      Field(
        "on_error", .choice(["stop", "skip"]), default: "stop",
        doc:
          "What happens if an image or a mask cannot be used: the run does not start, or the pair is "
          + "left out and listed."),
    ],
    doc:
      "Your own images with a class for each pixel: masks are PNG files of class numbers, grey or with a "
      + "palette, or of colours.")

  /// What the files below ``path`` mean.
  struct Settings: Sendable {
    var folders: MaskPairs.Folders
    var coding: MaskCoding
    var suffix: String
    var channels: Int
    var test: ImageFolderDataset.TestChoice
    var skipsErrors: Bool
  }

  let path: String
  private let settings: Settings
  private let cache: ImageIndexCache
  private let memory: IndexMemory<String, MaskContents>
  let dataSchema: DataSchema
  let decodesImages = true

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    let images = environment.absolute(try arguments.string("images"))
    let masks = arguments.has("masks") ? environment.absolute(try arguments.string("masks")) : nil
    let folders: MaskPairs.Folders
    (path, folders) = Self.root(images, masks)
    cache = ImageIndexCache(environment)
    memory = environment.masks
    settings = Settings(
      folders: folders,
      coding: try Self.coding(arguments, path, environment),
      suffix: try arguments.string("suffix"),
      channels: arguments.word("color") == "grey" ? 1 : 3,
      test: arguments.word("test") == "val"
        ? .validation : .fraction(try arguments.number("test")),
      skipsErrors: arguments.word("on_error") == "skip")
    if let recorded = environment.recorded {
      dataSchema = recorded
      return
    }
    do throws(DataError) {
      let contents = try Self.contents(path, settings, cache, memory)
      try contents.check()
      dataSchema = contents.schema
    } catch {
      throw InputError("\(error)", at: arguments.range("images"))
    }
  }

  /// The folder that holds both, and where they lie in it.
  private static func root(
    _ images: String, _ masks: String?
  ) -> (path: String, folders: MaskPairs.Folders) {
    guard let masks else { return (images, .named) }
    let (a, b) = (images.split(separator: "/"), masks.split(separator: "/"))
    // Neither is the other's parent, and what is common is above both.
    let most = max(0, min(a.count, b.count) - 1)
    var common = 0
    while common < most, a[common] == b[common] { common += 1 }
    func below(_ parts: [Substring]) -> String {
      parts.dropFirst(common).joined(separator: "/") + "/"
    }
    return (
      "/" + a.prefix(common).joined(separator: "/"), .paths(images: below(a), masks: below(b))
    )
  }

  private static func coding(
    _ arguments: Arguments, _ path: String, _ environment: DataEnvironment
  ) throws -> MaskCoding {
    var ignore: MaskIgnore?
    if arguments.has("ignore") {
      ignore =
        if let value = arguments.scalar("ignore") { .value(Int(value)) } else {
          .color(try arguments.string("ignore"))
        }
    }
    do {
      let text = try classLines(arguments, path, environment)
      return try MaskCoding(lines: text.lines, ignore: ignore, path: text.path)
    } catch  where error is DataError || error is FileError {
      // A finished run can be used without its files: it recorded the classes.
      if case .mask(let names, let value)? = environment.recorded?.target.kind {
        return try MaskCoding(lines: names, ignore: value.map { .value($0) }, path: path)
      }
      throw InputError(
        "\(error)", at: arguments.range("classes") ?? arguments.range("images"))
    }
  }

  /// The lines of the list of classes, and where they are written.
  private static func classLines(
    _ arguments: Arguments, _ path: String, _ environment: DataEnvironment
  ) throws -> (lines: [String], path: String) {
    if arguments.isList("classes") {
      return (try arguments.list("classes").map { try $0.string() }, "classes")
    }
    let bytes: [UInt8]
    let place: String
    if arguments.has("classes") {
      place = environment.absolute(try arguments.string("classes"))
      bytes = try FileReading.bytes(of: place, limit: 1 << 20)
    } else {
      let files = try ImageFiles(existing: path)
      place = files.place("classes.txt")
      guard files.file("classes.txt").problem == nil else {
        throw DataError(
          path: path, reason: "holds no classes.txt; 'classes' names the classes or their file")
      }
      bytes = try files.read("classes.txt")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DataError(path: place, reason: "is not valid UTF-8")
    }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return (lines.map(String.init), place)
  }

  private static func contents(
    _ path: String, _ settings: Settings, _ cache: ImageIndexCache,
    _ memory: IndexMemory<String, MaskContents>
  ) throws(DataError) -> MaskContents {
    let key = "\(path)\n\(settings)"
    return try memory.index(key) { () throws(DataError) in
      try MaskContents(settings, path, cache)
    }
  }

  func contents(_ path: String) throws(DataError) -> any SplitContents {
    try Self.contents(path, settings, cache, memory)
  }
}
