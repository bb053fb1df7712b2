import Diagnostics
import ExperimentConfig
import YAMLSyntax

/// What an argument of a sweep, or a key of its section, sets in the experiment.
struct KeyClaim {
  enum Action {
    /// One value for all trials.
    case set
    /// One of several values for each trial.
    case sweep
    case remove
  }

  var action: Action
  /// The key as the user wrote it.
  var key: String
  var place: KeyPlace
  /// The values that are set; `[nil]` if they are drawn.
  var values: [YAMLNode?]
  var range: SourceRange
  /// Whether the other keys were resolved with this value in place.
  var isCertain = false

  /// - Parameter texts: the values as the user wrote them.
  init(
    _ action: Action, _ key: String, _ place: KeyPlace, _ texts: [String] = [],
    at range: SourceRange
  ) {
    self.action = action
    self.key = key.hasPrefix("+") ? String(key.dropFirst()) : key
    self.place = place
    self.range = range
    values = texts.map {
      let file = SourceFile(name: "command line", text: $0, kind: .commandLine)
      // Invalid values are reported where they are used.
      return YAMLParser.parse(file, into: DiagnosticCollector())
    }
    if values.isEmpty { values = [nil] }
  }

  /// The path that a value sets; `dropout=0.5` sets `p`.
  fileprivate func target(_ value: YAMLNode?) -> [String] {
    guard action != .remove, let main = place.mainArgument, value?.mapping == nil else {
      return place.canonicalPath
    }
    return place.canonicalPath + [main]
  }
}

/// Finds arguments that contradict each other, regardless of their order; otherwise the last one
/// would silently win.
struct KeyClaims {
  private let claims: [KeyClaim]

  init(_ claims: [KeyClaim]) { self.claims = claims }

  func check(into diagnostics: DiagnosticCollector) {
    for (index, later) in claims.enumerated() {
      // One error for each key is enough.
      for earlier in claims[..<index] {
        if let message = Self.conflict(earlier, later) {
          diagnostics.error(message, at: later.range, notes: Self.notes(earlier, later))
          break
        }
      }
    }
  }

  private static func notes(_ earlier: KeyClaim, _ later: KeyClaim) -> [Diagnostic] {
    let isAlias = earlier.key != later.key && earlier.place.name == later.place.name
    let same = isAlias ? ", the same key as '\(later.key)'" : ""
    return [.note("'\(earlier.key)' is given here\(same)", at: earlier.range)]
  }

  /// Why two arguments contradict each other; `nil` if they do not.
  private static func conflict(_ one: KeyClaim, _ other: KeyClaim) -> String? {
    if one.action == .remove, other.action == .remove {
      return one.place.canonicalPath == other.place.canonicalPath
        ? "'~\(other.key)' is given twice" : nil
    }
    for (removal, change) in [(one, other), (other, one)] where removal.action == .remove {
      if change.place.canonicalPath.starts(with: removal.place.canonicalPath) {
        return "'~\(removal.key)' removes what '\(change.key)' sets"
      }
    }
    if one.action == .remove || other.action == .remove { return nil }
    for value in one.values {
      for second in other.values {
        let (a, b) = (one.target(value), other.target(second))
        if a == b { return "'\(other.key)' is given twice" }
        if let message = conflict(one, value, other, a, b) { return message }
        if let message = conflict(other, second, one, b, a) { return message }
      }
    }
    return nil
  }

  /// Checks a value against a key inside it.
  private static func conflict(
    _ outer: KeyClaim, _ value: YAMLNode?, _ inner: KeyClaim, _ a: [String], _ b: [String]
  ) -> String? {
    guard b.count > a.count, b.starts(with: a), let value else { return nil }
    let rest = b.dropFirst(a.count)
    if outer.place.kind == .component, let name = componentName(value), let wanted = rest.first,
      name != wanted
    {
      // `optimizer=[adam,sgd] lr=…` sets the learning rate of both.
      let isNamed = inner.key.split(separator: ".").contains { $0 == wanted }
      if isNamed || outer.isCertain {
        return "'\(inner.key)' belongs to '\(wanted)', but '\(outer.key)' chooses '\(name)'"
      }
      return nil
    }
    if holds(value, rest) { return "'\(inner.key)' is given twice: '\(outer.key)' sets it too" }
    if outer.action == .sweep, value.sequence != nil {
      return "'\(outer.key)' replaces what '\(inner.key)' sets"
    }
    return nil
  }

  private static func componentName(_ value: YAMLNode) -> String? {
    if let entries = value.mapping { return entries.count == 1 ? entries[0].key : nil }
    return value.isNull ? nil : value.scalar?.text
  }

  private static func holds(_ value: YAMLNode, _ path: ArraySlice<String>) -> Bool {
    guard let key = path.first else { return true }
    let next =
      if let items = value.sequence {
        Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
      } else {
        value[key]
      }
    return next.map { holds($0, path.dropFirst()) } ?? false
  }
}
