import Diagnostics

/// Which runs a listing shows, such as `lr<1e-3 and status=finished`.
///
///     filter     = term { "or" term }
///     term       = factor { "and" factor }
///     factor     = "not" factor | "(" filter ")" | NAME ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) VALUE
///
/// A comparison with a value that a run does not have is false, whatever the comparison.
package struct RunFilter: Sendable {
  package enum Comparison: String, Sendable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    var isOrder: Bool { self != .equal && self != .unequal }
  }

  indirect enum Node: Sendable {
    case all([Node])
    case any([Node])
    case not(Node)
    case test(FilterTest)
  }

  private let root: Node
  /// Whether the sizes of the runs' directories have to be measured.
  package let needsSizes: Bool

  /// Parses a filter.
  ///
  /// - Throws: ``InputError`` with the place of each error: wrong syntax, unknown names, values that their
  ///   names cannot have.
  package init(_ text: String, _ fields: RunFields) throws(InputError) {
    var parser = try FilterParser(text, fields)
    root = try parser.parse()
    needsSizes = parser.needsSizes
  }

  /// The runs that the filter selects, in their order.
  package func apply(to runs: inout ListedRuns) {
    if needsSizes { runs.measure() }
    let all = runs
    runs.runs = all.runs.filter { Self.holds(root, $0, all) }
  }

  private static func holds(_ node: Node, _ run: ListedRun, _ runs: ListedRuns) -> Bool {
    switch node {
    case .all(let nodes): nodes.allSatisfy { holds($0, run, runs) }
    case .any(let nodes): nodes.contains { holds($0, run, runs) }
    case .not(let node): !holds(node, run, runs)
    case .test(let test): test.holds(run, runs)
    }
  }
}
