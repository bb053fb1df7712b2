import Diagnostics
import OrderedCollections

extension Resolved {
  /// A path in a configuration, with its key.
  package struct NamedPath: Sendable, Equatable {
    package let key: String
    package let path: String
    package let range: SourceRange?
  }

  /// All paths below this value.
  package func paths(_ key: [String] = []) -> [NamedPath] {
    switch content {
    case .path(let path):
      [NamedPath(key: key.joined(separator: "."), path: path, range: range)]
    case .list(let items):
      items.enumerated().flatMap { $0.element.paths(key + [String($0.offset)]) }
    case .record(let values): values.flatMap { $0.value.paths(key + [$0.key]) }
    case .component(let name, let arguments):
      arguments.flatMap { $0.value.paths(key + [name, $0.key]) }
    default: []
    }
  }

  /// The files that affect a result but have no fingerprint of their own, unlike data sets and
  /// weights; for example the groups of a split.
  package var decidingPaths: [NamedPath] {
    guard case .record(let values) = content else { return [] }
    return values.flatMap { key, value -> [NamedPath] in
      switch key {
      case "extends", "weights", "sweep": []
      case "data":
        value.paths([key]).filter {
          !$0.key.hasPrefix("data.dataset.") && !$0.key.hasPrefix("data.fallback.")
        }
      default: value.paths([key])
      }
    }
  }
}
