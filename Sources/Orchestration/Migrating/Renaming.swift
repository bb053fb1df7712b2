import Diagnostics
import YAMLSyntax

/// Another name for a node of an experiment's model, or for a block, everywhere in the file where it is named.
struct Renaming {
  /// What is renamed: `node` or `block`.
  let kind: String
  let old: String
  let new: String
  let edits: [TextEdit]

  /// A scalar or key in the file.
  private typealias Place = (text: String, range: SourceRange)

  /// Keys of an experiment whose values name nodes or their parameters.
  private static let referring = ["freeze", "head", "outputs", "optimizer"]
  /// Keys beside a layer.
  private static let attributes = ["name", "from", "weights_of"]

  /// Renames a node of the model, as in `name: image`, with what refers to it or its parameters.
  ///
  /// - Throws: ``InputError`` for a place where the name is written so that it cannot be replaced.
  init(node old: String, in root: YAMLNode, of source: SourceFile) throws {
    let items = root["model"]?.sequence ?? []
    var places: [Place] = []
    for item in items {
      for key in Self.attributes {
        if let value = item[key] { Self.collect(value, into: &places) }
      }
    }
    for key in Self.referring {
      if let value = root[key] { Self.collect(value, into: &places) }
    }
    if let into = root["weights"]?["into"] { Self.collect(into, into: &places) }
    kind = "node"
    self.old = old
    new = Self.free(old + "_layer", besides: items.compactMap { $0["name"]?.scalar?.text })
    edits = try Self.edits(
      places.filter { $0.text == old || $0.text.hasPrefix(old + ".") }, old, new, source)
  }

  /// Renames a block, as in `blocks: {pad: {…}}`, with the layers that it is used for.
  ///
  /// - Throws: as ``init(node:in:of:)``.
  init(block old: String, in root: YAMLNode, of source: SourceFile) throws {
    let blocks = root["blocks"]?.mapping ?? []
    var places: [Place] = blocks.map { ($0.key, $0.keyRange) }
    for list in [root["model"]] + blocks.map({ $0.value["layers"] }) {
      for item in list?.sequence ?? [] {
        if let scalar = item.scalar { places.append((scalar.text, item.range)) }
        for entry in item.mapping ?? [] where !Self.attributes.contains(entry.key) {
          places.append((entry.key, entry.keyRange))
        }
      }
    }
    kind = "block"
    self.old = old
    new = Self.free(old + "_block", besides: blocks.map(\.key))
    edits = try Self.edits(places.filter { $0.text == old }, old, new, source)
  }

  private static func free(_ name: String, besides taken: [String]) -> String {
    var free = name
    var number = 2
    while taken.contains(free) {
      free = "\(name)\(number)"
      number += 1
    }
    return free
  }

  /// All scalars below a node, keys included.
  private static func collect(_ node: YAMLNode, into places: inout [Place]) {
    switch node.content {
    case .scalar(let scalar): places.append((scalar.text, node.range))
    case .sequence(let items): for item in items { collect(item, into: &places) }
    case .mapping(let entries):
      for entry in entries {
        places.append((entry.key, entry.keyRange))
        collect(entry.value, into: &places)
      }
    }
  }

  private static func edits(
    _ places: [Place], _ old: String, _ new: String, _ source: SourceFile
  ) throws -> [TextEdit] {
    let text = TextPlaces(source.text)
    var seen: Set<SourceRange> = []
    return try places.compactMap { place in
      // An alias leads to the place of its anchor a second time.
      guard seen.insert(place.range).inserted else { return nil }
      guard let found = text.last(place.text, in: place.range) else {
        throw InputError(
          "the name '\(old)' is written here so that it cannot be replaced", at: place.range,
          hint: "write \(new) instead")
      }
      let range = found.lowerBound..<found.lowerBound + old.unicodeScalars.count
      return TextEdit(range: range, replacement: new)
    }
  }

  /// For messages.
  var description: String {
    "the \(kind) '\(old)' is called '\(new)', in \(edits.count) place\(edits.count == 1 ? "" : "s")"
  }
}
