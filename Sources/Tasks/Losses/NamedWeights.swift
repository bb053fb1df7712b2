import DataSchema
import Diagnostics
import ExperimentConfig

/// An argument with a number for each class or label: a list in their order, a mapping by name, or a
/// word.
struct NamedWeights: Sendable {
  enum Choice: Sendable {
    /// 1 for all.
    case none
    /// Computed from the training examples.
    case balanced
    case list([Double])
    case byName([(name: String, weight: Double, range: SourceRange?)])
  }

  let choice: Choice
  /// The argument's name.
  private let key: String
  private let range: SourceRange?

  /// The types of such an argument's values besides words.
  static func forms(_ limits: NumberLimits) -> [SchemaType] {
    [.list(of: .number(limits), count: 1...65_536), .mapping(of: .number(limits))]
  }

  init(_ arguments: Arguments, _ key: String) throws {
    self.key = key
    range = arguments.range(key)
    if let word = arguments.word(key) {
      choice = word == "balanced" ? .balanced : .none
    } else if let entries = arguments.entries(key) {
      choice = .byName(
        try entries.map { (name: $0.key, weight: try $0.value.number(), range: $0.value.range) })
    } else if arguments.has(key) {
      choice = .list(try arguments.numbers(key))
    } else {
      choice = .none
    }
  }

  var isBalanced: Bool { if case .balanced = choice { true } else { false } }
  var isNone: Bool { if case .none = choice { true } else { false } }

  /// The errors of a list whose length is not `count`, of names that `target` does not have, and of
  /// weights that are all 0.
  func problems(_ target: DataField, count: Int) -> [Diagnostic] {
    var found: [Diagnostic] = []
    switch choice {
    case .none, .balanced: break
    case .list(let list):
      if list.count != count {
        found.append(
          Diagnostic(.error, "'\(key)' has \(list.count) numbers for \(target.kind)", at: range))
      } else if list.allSatisfy({ $0 == 0 }) {
        found.append(Diagnostic(.error, "every number of '\(key)' is 0", at: range))
      }
    case .byName(let entries):
      let names = target.kind.names
      for entry in entries where !names.contains(entry.name) {
        let hint =
          Suggestion.hint(for: entry.name, among: names)
          ?? (names.count <= 24 ? "known: " + names.joined(separator: ", ") : nil)
        found.append(
          Diagnostic(
            .error, "'\(key)' names '\(entry.name)', which is none of the \(target.kind)",
            at: entry.range ?? range, hint: hint))
      }
      if found.isEmpty, Set(entries.map(\.name)).count == count,
        entries.allSatisfy({ $0.weight == 0 })
      {
        found.append(Diagnostic(.error, "every number of '\(key)' is 0", at: range))
      }
    }
    return found
  }

  /// One number per class or label; empty if all are 1.
  ///
  /// - Parameters:
  ///   - names: of the classes or labels; those that a mapping leaves out have 1.
  ///   - balanced: computes balanced weights.
  func values(_ names: [String], balanced: () -> [Double]) -> [Double] {
    switch choice {
    case .none: return []
    case .balanced: return balanced()
    case .list(let list): return list
    case .byName(let entries):
      let weights = Dictionary(entries.map { ($0.name, $0.weight) }) { $1 }
      return names.map { weights[$0] ?? 1 }
    }
  }

  /// scikit-learn's `compute_class_weight("balanced")`: examples / (classes × examples of the class),
  /// where only classes that occur count. A class that does not occur has weight 1.
  static func balanced(_ counts: [Double]) -> [Double] {
    let examples = counts.reduce(0, +)
    let classes = Double(counts.count { $0 > 0 })
    return counts.map { $0 > 0 ? examples / (classes * $0) : 1 }
  }
}
