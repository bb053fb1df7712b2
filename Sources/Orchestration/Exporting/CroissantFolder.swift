import DataSchema
import Diagnostics
import ExperimentConfig
import Files

/// The folder of a Croissant file, from which the files of the data set are named.
struct CroissantFolder {
  private let folder: String

  /// - Parameter path: the Croissant file.
  init(beside path: String) {
    let absolute = PathResolution.absolute(path)
    folder = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? ""
  }

  /// The identifier of a file or folder in the document, none of which may be that of a record set.
  static func id(_ path: String) -> String {
    let id = identifier(name(path))
    return recordSets.contains(id) ? id + "_files" : id
  }

  private static let recordSets: Set = ["boxes", "classes", "examples", "images", "rows"]

  /// The name as an identifier, which may not contain white space.
  static func identifier(_ name: String) -> String {
    String(name.map { $0.isWhitespace || $0 == "/" ? "_" : $0 })
  }

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Whether a file or folder lies below.
  func holds(_ path: String) -> Bool { PathResolution.absolute(path).hasPrefix(folder + "/") }

  /// The path below the folder, or else the whole path.
  private func address(_ path: String) -> String {
    let absolute = PathResolution.absolute(path)
    return holds(path) ? String(absolute.dropFirst(folder.count + 1)) : absolute
  }

  /// A file with its hash.
  ///
  /// - Throws: ``FileError`` if it cannot be read.
  func file(_ path: String) throws -> JSONValue {
    [
      "@type": "cr:FileObject", "@id": .string(Self.id(path)), "name": .string(Self.name(path)),
      "contentUrl": .string(address(path)),
      "contentSize": .string("\(try OpenedFile(path).size) B"),
      "encodingFormat": .string(Self.format(path)),
      "sha256": .string(try Digest.hex(ofFile: path)),
    ]
  }

  /// The images of a folder, by their endings.
  func fileSets(_ path: String, _ sources: [any ExampleSource]) -> [JSONValue] {
    var endings: Set<String> = []
    for source in sources {
      for index in 0..<source.count {
        guard let name = source.name(of: index), let dot = name.lastIndex(of: ".") else { continue }
        endings.insert(String(name[dot...]))
      }
    }
    if endings.isEmpty { return [] }
    let base = address(path)
    let formats = Set(endings.sorted().map(Self.format))
    return [
      [
        "@type": "cr:FileSet", "@id": .string(Self.id(path)), "name": .string(Self.name(path)),
        "encodingFormat": .string(formats.count == 1 ? formats.first ?? "image/*" : "image/*"),
        "includes": .array(endings.sorted().map { .string("\(base)/**/*\($0)") }),
      ]
    ]
  }

  /// The media type of a file, by its ending.
  static func format(_ path: String) -> String {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let known = [
      "csv": "text/csv", "tsv": "text/tab-separated-values", "json": "application/json",
      "jsonl": "application/jsonlines",
      "zip": "application/zip", "tar": "application/x-tar", "gz": "application/gzip",
      "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "bmp": "image/bmp",
      "tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp",
    ]
    return known[ending] ?? "application/octet-stream"
  }
}
