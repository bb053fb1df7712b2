import Diagnostics
import OrderedCollections
import YAMLSyntax

/// Writes checked values as an experiment file, with the origin of each as a comment.
package struct ResolvedYAML {
  /// The folder that origins are relative to, so that the text does not depend on where it is.
  private let folder: String
  private var lines: [(text: String, origin: Origin?)] = []

  /// The text of `resolved.yaml`.
  package static func render(_ root: Resolved, source: SourceFile) -> String {
    let folder = source.name.lastIndex(of: "/").map { String(source.name[...$0]) } ?? ""
    var writer = ResolvedYAML(folder: folder)
    if case .record(let values) = root.content {
      for (key, value) in values where key != "extends" { writer.write(key, value, indent: 0) }
    }
    let widest = writer.lines.map { $0.origin == nil ? 0 : min(TerminalText.width($0.text), 44) }
    let column = (widest.max() ?? 0) + 2
    let header =
      "# Every value of the run and where it came from. Running this file repeats the run.\n"
    return header
      + writer.lines.map { line in
        guard let origin = line.origin, let comment = writer.comment(origin) else {
          return line.text + "\n"
        }
        let pad = max(2, column - TerminalText.width(line.text))
        return line.text + String(repeating: " ", count: pad) + "# " + comment + "\n"
      }.joined()
  }

  /// A text as a value that reads back as the same text wherever a text is expected.
  package static func value(_ text: String) -> String { quoted(Template.escaped(text)) }

  private init(folder: String) { self.folder = folder }

  private mutating func write(_ key: String, _ value: Resolved, indent: Int) {
    write(prefix: String(repeating: " ", count: indent) + Self.quoted(key) + ":", value, indent + 2)
  }

  private mutating func write(prefix: String, _ value: Resolved, _ indent: Int) {
    if let scalar = Self.scalar(value) {
      lines.append((prefix + " " + scalar, value.origin))
      return
    }
    switch value.content {
    case .null: break
    case .list(let items):
      if items.isEmpty { return lines.append((prefix + " []", value.origin)) }
      let scalars = items.compactMap(Self.scalar)
      if scalars.count == items.count {
        return lines.append((prefix + " [" + scalars.joined(separator: ", ") + "]", value.origin))
      }
      lines.append((prefix, nil))
      for item in items {
        let dash = String(repeating: " ", count: indent) + "-"
        write(prefix: dash, item, indent + 2)
      }
    case .record(let values):
      let there = values.filter { $0.value.isWorthWriting }
      if there.isEmpty { return lines.append((prefix + " {}", value.origin)) }
      lines.append((prefix, nil))
      for (key, value) in there { write(key, value, indent: indent) }
    case .component(let name, let arguments):
      let there = arguments.filter { $0.value.isWorthWriting }
      if there.isEmpty { return lines.append((prefix + " " + Self.quoted(name), value.origin)) }
      let isItem = prefix.hasSuffix("-")
      if isItem {
        lines.append((prefix + " " + Self.quoted(name) + ":", nil))
      } else {
        lines.append((prefix, nil))
        lines.append((String(repeating: " ", count: indent) + Self.quoted(name) + ":", nil))
      }
      for (key, value) in there { write(key, value, indent: indent + 2) }
    case .node(let component, let name, let from, let owner):
      if name != nil || from != nil || owner != nil, let word = component.bareName {
        // A bare name with other keys beside it becomes a key itself.
        lines.append((prefix + " " + Self.quoted(word) + ":", value.origin))
      } else {
        write(prefix: prefix, component, indent)
      }
      if let name { write("name", name, indent: indent) }
      if let from { write("from", from, indent: indent) }
      if let owner { write("weights_of", owner, indent: indent) }
    case .raw(let node): write(prefix: prefix, node, indent)
    default: break
    }
  }

  private mutating func write(prefix: String, _ node: YAMLNode, _ indent: Int) {
    let space = String(repeating: " ", count: indent)
    switch node.content {
    case .scalar(let scalar):
      lines.append((prefix + " " + Self.text(of: scalar, node), .written(node.range)))
    case .sequence(let items):
      if items.isEmpty { return lines.append((prefix + " []", nil)) }
      lines.append((prefix, nil))
      for item in items { write(prefix: space + "-", item, indent + 2) }
    case .mapping(let entries):
      if entries.isEmpty { return lines.append((prefix + " {}", nil)) }
      var lead = prefix
      if prefix.hasSuffix("-") {
        lead = prefix + " "
      } else {
        lines.append((prefix, nil))
        lead = space
      }
      for entry in entries {
        write(prefix: lead + Self.quoted(entry.key) + ":", entry.value, indent + 2)
        lead = space
      }
    }
  }

  private func comment(_ origin: Origin) -> String? {
    switch origin {
    case .default: return "default"
    case .derived(let reason): return reason
    case .written(let range):
      switch range.file.kind {
      case .builtIn: return "default"
      case .commandLine: return "command line: " + Self.oneLine(range.file.text)
      case .file:
        let text = "\(range)"
        return Self.oneLine(text.hasPrefix(folder) ? String(text.dropFirst(folder.count)) : text)
      }
    }
  }

  static func oneLine(_ text: String) -> String {
    TerminalText.printable(text).split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  static func scalar(_ value: Resolved) -> String? {
    switch value.content {
    case .integer(let value): String(value)
    case .number(let value): NumberText.short(value)
    case .boolean(let value): String(value)
    case .string(let text), .path(let text): quoted(Template.escaped(text))
    case .null where value.isWorthWriting: "null"
    default: nil
    }
  }

  private static func text(of scalar: YAMLScalar, _ node: YAMLNode) -> String {
    if node.isNull { return "null" }
    // Keep quotes, so that text that looks like a number stays text.
    return quoted(scalar.text, isForced: scalar.style != .plain)
  }

  /// Plain if no reader could misread it, otherwise in double quotes with JSON escapes.
  static func quoted(_ text: String, isForced: Bool = false) -> String {
    let safe = text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789_./-+".unicodeScalars.contains($0))
    }
    let isWord = !["", "~", "null", "Null", "NULL", "-", "---", "..."].contains(text)
    if safe, isWord, !isForced { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        let value = scalar.value
        if value < 0x20 || (0x7F..<0xA0).contains(value) || value == 0x2028 || value == 0x2029
          || value == 0xFEFF || value == 0xFFFE || value == 0xFFFF
        {
          let hex = String(value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

extension Resolved {
  /// The name of a component without arguments to write; otherwise `nil`.
  fileprivate var bareName: String? {
    guard case .component(let name, let arguments) = content else { return nil }
    return arguments.values.contains(where: \.isWorthWriting) ? nil : name
  }

  /// Whether it is a value, or an explicit `null` that has a meaning.
  fileprivate var isWorthWriting: Bool { !isNull || range != nil }
}
