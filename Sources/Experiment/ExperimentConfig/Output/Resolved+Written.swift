import Diagnostics
import OrderedCollections

extension Resolved {
  /// Only the values written in a file, without the program's defaults.
  package var withoutDefaults: Resolved {
    var result = self
    switch content {
    case .record(let values):
      result.content = .record(
        values.filter { $0.value.isWritten }.mapValues(\.withoutDefaults))
    case .component(let name, let arguments):
      result.content = .component(
        name, arguments.filter { $0.value.isWritten }.mapValues(\.withoutDefaults))
    case .list(let items): result.content = .list(items.map(\.withoutDefaults))
    case .node(let component, let name, let from, let owner):
      result.content = .node(
        component.withoutDefaults, name: name, from: from, weightsOf: owner)
    default: break
    }
    return result
  }

  /// Whether the value, or something below it, is written in a file.
  private var isWritten: Bool {
    if range?.file.kind == .file { return true }
    return switch content {
    case .record(let values), .component(_, let values): values.values.contains(where: \.isWritten)
    case .list(let items): items.contains(where: \.isWritten)
    case .node: true
    default: false
    }
  }
}
