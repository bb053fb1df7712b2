import OrderedCollections

extension Resolved {
  /// A single value with its dotted path and origin.
  package struct Leaf: Sendable {
    package let path: [String]
    package let text: String
    package let origin: Origin
  }

  /// All single values below this one. Named nodes appear under their name, others under their
  /// index.
  package func leaves(_ path: [String] = []) -> [Leaf] {
    switch content {
    case .null, .raw: return []
    case .record(let values):
      return values.flatMap { $0.value.leaves(path + [$0.key]) }
    case .component(let name, let arguments):
      let below = arguments.flatMap { $0.value.leaves(path + [name, $0.key]) }
      return below.isEmpty ? [Leaf(path: path, text: name, origin: origin)] : below
    case .node(let component, let name, _, _):
      var place = path
      if case .string(let text)? = name?.content, !path.isEmpty { place[place.count - 1] = text }
      return component.leaves(place)
    case .list(let items):
      let texts = items.compactMap(\.scalarText)
      if texts.count == items.count {
        return [Leaf(path: path, text: "[\(texts.joined(separator: ", "))]", origin: origin)]
      }
      return items.enumerated().flatMap { $0.element.leaves(path + [String($0.offset)]) }
    default:
      return [Leaf(path: path, text: scalarText ?? "", origin: origin)]
    }
  }

  private var scalarText: String? {
    switch content {
    case .integer(let value): String(value)
    case .number(let value): NumberText.short(value)
    case .boolean(let value): String(value)
    case .string(let text), .path(let text): text
    default: nil
    }
  }
}
