import DataSchema
import Diagnostics
import ExperimentConfig
import Files

/// How a data set of boxes is read: what `coco` and `voc` have in common.
struct BoxReading: Sendable {
  /// An annotation file of COCO that the experiment names.
  struct Annotations: Sendable, Hashable {
    var part: FolderLayout.Part
    /// From the root of the file system; perhaps into an archive.
    var path: String
  }

  enum Format: Sendable, Hashable {
    /// Without files, they are looked for.
    case coco([Annotations])
    case voc
  }

  /// What the files mean.
  struct Settings: Sendable {
    var format: Format
    /// Whether the target is a mask, by the outlines of the objects.
    var masks: Bool
    /// The classes that are used, in this order; `nil` for all.
    var classes: [String]?
    var channels: Int
    var test: ImageFolderDataset.TestChoice
    var skipsErrors: Bool
  }

  let path: String
  let schema: DataSchema
  private let settings: Settings
  private let cache: ImageIndexCache
  private let memory: IndexMemory<String, BoxContents>

  static let commonFields = [
    Field(
      "classes", .oneOf([.path, .list(of: .string(.any), count: 1...10_000)]), .optional,
      doc:
        "The classes that are used, in this order: a list, or a file with a line each. All of the "
        + "annotations if left out."),
    Field(
      "color", .choice(["rgb", "grey"]), default: "rgb",
      doc: "The colour mode that images are converted to."),
    Field(
      "test", .oneOf([.choice(["val"]), .number(.insideUnit)]), default: "0.2",
      doc:
        "The test set if the data have none: this fraction of the training images, chosen by their "
        + "contents and the same for every seed; or val, the images for validation."),
    Field(
      "on_error", .choice(["stop", "skip"]), default: "stop",
      doc:
        "What happens if an image cannot be used, or an annotation does not belong to one: the run "
        + "does not start, or it is left out and listed."),
  ]

  /// - Parameters:
  ///   - masks: whether the target is a mask instead of boxes.
  ///   - root: the argument that names the folder or archive.
  /// - Throws: `InputError` with the place of an argument that does not fit, or of files that cannot be read.
  init(
    _ format: Format, masks: Bool = false, _ arguments: Arguments, root: String,
    in environment: DataEnvironment
  ) throws {
    path = environment.absolute(try arguments.string(root))
    cache = ImageIndexCache(environment)
    memory = environment.boxes
    settings = Settings(
      format: format, masks: masks, classes: try Self.classes(arguments, environment),
      channels: arguments.word("color") == "grey" ? 1 : 3,
      test: arguments.word("test") == "val"
        ? .validation : .fraction(try arguments.number("test")),
      skipsErrors: arguments.word("on_error") == "skip")
    if let recorded = environment.recorded {
      schema = recorded
      return
    }
    let contents: BoxContents
    do throws(DataError) {
      contents = try Self.contents(path, settings, cache, memory)
      if contents.unknownClass == nil { try contents.check() }
    } catch {
      throw InputError("\(error)", at: arguments.range(root))
    }
    if let unknown = contents.unknownClass {
      throw InputError(
        "no category is called '\(unknown)'", at: arguments.range("classes"),
        hint: Suggestion.hint(for: unknown, among: contents.categories)
          ?? "there are " + Self.list(contents.categories))
    }
    schema = contents.schema
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }

  private static func classes(
    _ arguments: Arguments, _ environment: DataEnvironment
  ) throws -> [String]? {
    guard arguments.has("classes") else { return nil }
    var names: [String]
    if arguments.isList("classes") {
      names = try arguments.list("classes").map { try $0.string() }
    } else {
      do {
        let path = environment.absolute(try arguments.string("classes"))
        let bytes = try FileReading.bytes(of: path, limit: 1 << 20)
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw FileError(path: path, reason: "is not valid UTF-8")
        }
        names = text.split(whereSeparator: \.isNewline).map(String.init)
          .filter { !$0.allSatisfy(\.isWhitespace) }
        if names.isEmpty { throw FileError(path: path, reason: "lists no classes") }
      } catch let error as FileError {
        // A finished run can be used without its files: it recorded the classes.
        switch environment.recorded?.target.kind {
        case .boxes(let classes)?: return classes.names
        case .mask(let names, _)?: return names
        default: break
        }
        throw InputError("\(error)", at: arguments.range("classes"))
      }
    }
    var seen: Set<String> = []
    if let repeated = names.first(where: { !seen.insert($0).inserted }) {
      throw InputError("'\(repeated)' is listed twice", at: arguments.range("classes"))
    }
    return names
  }

  private static func contents(
    _ path: String, _ settings: Settings, _ cache: ImageIndexCache,
    _ memory: IndexMemory<String, BoxContents>
  ) throws(DataError) -> BoxContents {
    try memory.index("\(path)\n\(settings)") { () throws(DataError) in
      try BoxContents(settings, path, cache)
    }
  }

  func contents(_ path: String) throws(DataError) -> any SplitContents {
    try Self.contents(path, settings, cache, memory)
  }
}
