import Diagnostics
import OrderedCollections

/// A change of a configuration value since the configuration was recorded.
package struct ConfigurationEdit: Sendable, Equatable {
  /// The dotted path of the value, such as `data.batch_size`.
  package let key: String
  /// `nil` for a value that was added.
  package let before: String?
  /// `nil` for a value that was removed.
  package let after: String?
  /// The current location of the value.
  package let range: SourceRange?

  package var description: String {
    "\(key): \(before ?? "not set"), now \(after ?? "not set")"
  }

  /// Compares a recorded ``Resolved/canonicalForm`` with the current configuration.
  ///
  /// A value that is neither recorded nor written in the file belongs to a key of a newer version,
  /// whose default preserves the earlier behaviour.
  package static func edits(from recorded: JSONValue, to current: Resolved) -> [ConfigurationEdit] {
    let before = recorded.configurationLeaves
    let after = current.canonicalForm.configurationLeaves
    var edits: [ConfigurationEdit] = []
    for path in Set(before.keys).union(after.keys).sorted(by: precedes)
    where before[path] != after[path] {
      let place = current.value(at: path[...])
      if before[path] == nil, let place, place.range?.file.kind != .file { continue }
      edits.append(
        ConfigurationEdit(
          key: path.joined(separator: "."), before: before[path]?.leafText,
          after: after[path]?.leafText, range: place?.range))
    }
    return edits
  }

  fileprivate static func precedes(_ one: [String], _ other: [String]) -> Bool {
    for (a, b) in zip(one, other) where a != b {
      if let a = Int(a), let b = Int(b) { return a < b }
      return a < b
    }
    return one.count < other.count
  }
}

extension Resolved {
  /// The value at a path of ``JSONValue/configurationLeaves``; `nil` if there is none.
  fileprivate func value(at path: ArraySlice<String>) -> Resolved? {
    guard let first = path.first else { return self }
    let rest = path.dropFirst()
    switch content {
    case .record(let values): return values[first]?.value(at: rest)
    case .component(let name, let arguments):
      guard name == first else { return nil }
      return rest.first.map { arguments[$0]?.value(at: rest.dropFirst()) } ?? self
    case .list(let items):
      guard let index = Int(first), items.indices.contains(index) else { return nil }
      return items[index].value(at: rest)
    case .node(let component, let name, let from, let owner):
      return switch first {
      case "name" where name != nil: name
      case "from" where from != nil: from?.value(at: rest)
      case "weights_of" where owner != nil: owner?.value(at: rest)
      default: component.value(at: path)
      }
    default: return nil
    }
  }
}

extension JSONValue {
  /// The single values of a canonical form with their dotted paths, in order of the paths.
  package var configurationValues: [(key: String, value: JSONValue)] {
    configurationLeaves.sorted { ConfigurationEdit.precedes($0.key, $1.key) }
      .map { ($0.key.joined(separator: "."), $0.value) }
  }

  /// The single values of a canonical form, by path. A component without arguments counts as a
  /// single value, as does a list of scalars.
  var configurationLeaves: [[String]: JSONValue] {
    var leaves: [[String]: JSONValue] = [:]
    collect([], into: &leaves)
    return leaves
  }

  private func collect(_ path: [String], into leaves: inout [[String]: JSONValue]) {
    switch self {
    case .object(let values)
    where Set(values.keys).subtracting(["weights_of"]) == ["component", "name", "from"]:
      values["component"]?.collect(path, into: &leaves)
      for key in ModelNode.attributes {
        if let value = values[key], value != .null { value.collect(path + [key], into: &leaves) }
      }
    case .object(let values):
      if values.count == 1, let (name, value) = values.first, value == .object([:]) {
        leaves[path] = .string(name)
        return
      }
      for (key, value) in values { value.collect(path + [key], into: &leaves) }
    case .array(let items):
      let isFlat = items.allSatisfy {
        switch $0 {
        case .array, .object: false
        default: true
        }
      }
      if isFlat {
        leaves[path] = self
        return
      }
      for (index, item) in items.enumerated() {
        item.collect(path + [String(index)], into: &leaves)
      }
    default: leaves[path] = self
    }
  }

  /// A single value as text.
  package var leafText: String {
    switch self {
    case .null: "none"
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): NumberText.short(value)
    case .string(let text): text
    case .array(let items): "[" + items.map(\.leafText).joined(separator: ", ") + "]"
    case .object: "set"
    }
  }
}
