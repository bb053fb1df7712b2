import DataSchema
import ExperimentConfig

/// Images in folders that are named after their classes.
struct CroissantImages {
  private let target: String
  /// Whether a folder named `train` lies above the folders of classes.
  private let hasSplits: Bool

  /// `nil` unless the folder of every image has the name of its class.
  init?(
    _ paths: [String], _ target: DataField,
    _ sources: [(split: DataSplit, source: any ExampleSource)]
  ) {
    guard paths.count == 1, case .category(let names) = target.kind else { return nil }
    var tops: Set<String> = []
    for (_, source) in sources {
      for index in 0..<source.count {
        guard let parts = source.name(of: index)?.split(separator: "/"), parts.count > 1,
          let number = source.targets[index].first.map({ Int($0) }), names.indices.contains(number),
          String(parts[parts.count - 2]) == names[number]
        else { return nil }
        tops.insert(parts.count > 2 ? String(parts[parts.count - 3]) : "")
      }
    }
    if tops.isEmpty { return nil }
    self.target = target.name
    hasSplits = tops.contains("train") && !tops.contains("")
  }

  /// - Parameter files: the id of the set of files.
  func recordSet(_ files: String) -> JSONValue {
    var fields =
      Self.pictures(files) + [
        Self.field(files, target, "sc:Text", "fullpath", "(?:.*/)?([^/]+)/[^/]+$")
      ]
    if hasSplits {
      fields.append(
        Self.field(files, "split", "sc:Text", "fullpath", "(?:.*/)?([^/]+)/[^/]+/[^/]+$"))
    }
    return Self.recordSet(fields)
  }

  /// Images whose paths say nothing about them.
  static func plain(_ files: String) -> JSONValue { recordSet(pictures(files)) }

  private static func recordSet(_ fields: [JSONValue]) -> JSONValue {
    [
      "@type": "cr:RecordSet", "@id": "images", "name": "images", "field": .array(fields),
    ]
  }

  private static func pictures(_ files: String) -> [JSONValue] {
    [
      field(files, "image", "sc:ImageObject", "content"),
      field(files, "path", "sc:Text", "fullpath"),
    ]
  }

  private static func field(
    _ files: String, _ name: String, _ type: String, _ extract: String, _ regex: String? = nil
  ) -> JSONValue {
    var source: [String: JSONValue] = [
      "fileSet": ["@id": .string(files)], "extract": ["fileProperty": .string(extract)],
    ]
    if let regex { source["transform"] = ["regex": .string(regex)] }
    return [
      "@type": "cr:Field", "@id": .string("images/\(CroissantFolder.identifier(name))"),
      "name": .string(name),
      "dataType": .string(type), "source": .object(source),
    ]
  }
}
