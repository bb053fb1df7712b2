import Diagnostics
import YAMLSyntax

/// Finds overrides on one command line that undo each other, such as `optimizer=sgd` and
/// `optimizer.adam.lr=1e-2`, in either order: each must still hold in the tree after all have been
/// applied.
struct OverrideConflicts {
  /// An override with the path that its key referred to when it was applied.
  struct Applied {
    var override: Override
    var path: [String]
  }

  private let applied: [Applied]
  private let tree: YAMLNode

  init(_ applied: [Applied], in tree: YAMLNode) {
    self.applied = applied
    self.tree = tree
  }

  /// Reports every override that does not hold in the final tree, with the one that undid it.
  func report(into diagnostics: DiagnosticCollector) {
    for (index, item) in applied.enumerated() where !holds(item) {
      let text = item.override.keyRange.file.text
      guard let other = opponent(of: index) else { continue }
      let otherText = other.override.keyRange.file.text
      let isSame = other.path == item.path && other.override.action == item.override.action
      diagnostics.error(
        isSame
          ? "'\(text)' and '\(otherText)' set the same value twice"
          : "'\(text)' contradicts '\(otherText)'",
        at: item.override.keyRange, hint: hint(item, other))
    }
  }

  private func hint(_ item: Applied, _ other: Applied) -> String {
    let isReplaced = other.path.count < item.path.count && other.override.action != .remove
    // `lr=0.1 optimizer=sgd` means SGD's learning rate, as in the other order.
    return isReplaced && !item.override.key.contains(".")
      ? "it was set before '\(other.override.keyRange.file.text)' replaced what it belonged to; "
        + "put it after that"
      : "keep one of them"
  }

  /// The last other override above, below or at the same path.
  private func opponent(of index: Int) -> Applied? {
    let path = applied[index].path
    return applied.enumerated().last { offset, other in
      offset != index && (path.starts(with: other.path) || other.path.starts(with: path))
    }?.element
  }

  private func holds(_ item: Applied) -> Bool {
    if isShifted(item) { return true }
    let found = YAMLPath.node(at: item.path, in: tree, emptyArguments: true)
    guard let given = item.override.value else { return found == nil }
    guard let found else { return given.isNull }
    return agrees(found, given)
  }

  /// Whether the path refers to something else because a list item was removed.
  private func isShifted(_ item: Applied) -> Bool {
    applied.contains { other in
      guard other.override.action == .remove, let last = other.path.last, Int(last) != nil else {
        return false
      }
      return item.path.starts(with: other.path.dropLast())
    }
  }

  /// Whether `found` still contains what `given` set; arguments may have been added.
  private func agrees(_ found: YAMLNode, _ given: YAMLNode) -> Bool {
    switch (given.content, found.content) {
    case (.scalar(let given), .scalar(let found)): return given.text == found.text
    case (.scalar, .mapping) where given.isNull: return true
    case (.scalar(let given), .mapping(let entries)):
      // `sgd` became `sgd: {momentum: 0.9}`, or `128` became `{out_features: 128, bias: false}`.
      return entries.contains { $0.key == given.text || $0.value.scalar?.text == given.text }
    case (.mapping(let entries), .scalar(let found)):
      return entries.count == 1 && entries[0].key == found.text
        && (entries[0].value.isNull || entries[0].value.mapping?.isEmpty == true)
    case (.mapping(let given), .mapping):
      return given.allSatisfy { entry in
        found[entry.key].map { agrees($0, entry.value) } ?? entry.value.isNull
      }
    case (.sequence(let given), .sequence(let found)):
      return given.count == found.count && zip(found, given).allSatisfy(agrees)
    default: return false
    }
  }
}
