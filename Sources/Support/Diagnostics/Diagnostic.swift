/// An error, warning or note about the user's input, with its location.
package struct Diagnostic: Sendable {
  package enum Severity: String, Sendable {
    case error, warning, note
  }

  package var severity: Severity
  package var message: String
  package var range: SourceRange?
  /// A short suggestion printed after the caret, such as `did you mean 'linear'?`.
  package var hint: String?
  /// Related locations that explain this one.
  package var notes: [Diagnostic]

  package init(
    _ severity: Severity, _ message: String, at range: SourceRange?, hint: String? = nil,
    notes: [Diagnostic] = []
  ) {
    self.severity = severity
    self.message = message
    self.range = range
    self.hint = hint
    self.notes = notes
  }

  package static func note(_ message: String, at range: SourceRange?) -> Diagnostic {
    Diagnostic(.note, message, at: range)
  }
}

/// Collects diagnostics so that all of them can be reported together.
package final class DiagnosticCollector {
  /// The maximum number of errors recorded; further ones are only counted.
  package static let limit = 100

  package private(set) var all: [Diagnostic] = []
  package private(set) var errorCount = 0
  private var seen: Set<String> = []
  /// Notes attached to every diagnostic reported now, innermost last.
  private var context: [Diagnostic] = []

  package init() {}

  package var hasErrors: Bool { errorCount > 0 }
  /// Whether further diagnostics are only counted.
  package var isFull: Bool { errorCount >= Self.limit }

  package func report(_ diagnostic: Diagnostic) {
    let isError = diagnostic.severity == .error
    if isFull {
      if isError { errorCount += 1 }
      return
    }
    // An alias or a block that is used twice would otherwise be reported twice.
    let key = "\(diagnostic.range?.description ?? "")\u{0}\(diagnostic.message)"
    guard seen.insert(key).inserted else { return }
    if isError { errorCount += 1 }
    var explained = diagnostic
    // Keep the outermost and the innermost notes; those in between do not help.
    let around = context.count > 4 ? context.prefix(1) + context.suffix(3) : context[...]
    explained.notes += around.reversed().filter { !$0.isOnLine(of: diagnostic) }
    all.append(explained)
  }

  /// Runs `body` and attaches `note` to all diagnostics reported in it, except those on the note's
  /// own line.
  package func explaining<Result>(_ note: Diagnostic, _ body: () -> Result) -> Result {
    enter(note)
    defer { leave() }
    return body()
  }

  package func enter(_ note: Diagnostic) { context.append(note) }
  package func leave() { _ = context.popLast() }

  /// Reports an error. The message and the hint, which may be slow to compute, are only evaluated
  /// if they will be shown.
  package func error(
    _ message: @autoclosure () -> String, at range: SourceRange?,
    hint: @autoclosure () -> String? = nil, notes: [Diagnostic] = []
  ) {
    if isFull {
      errorCount += 1
    } else {
      report(Diagnostic(.error, message(), at: range, hint: hint(), notes: notes))
    }
  }

  package func warning(_ message: String, at range: SourceRange?, hint: String? = nil) {
    report(Diagnostic(.warning, message, at: range, hint: hint))
  }

  /// In reading order: files in the order encountered, then by position.
  package var sorted: [Diagnostic] {
    var fileOrder: [String: Int] = [:]
    for diagnostic in all {
      let name = diagnostic.range?.file.name ?? ""
      if fileOrder[name] == nil { fileOrder[name] = fileOrder.count }
    }
    var inOrder = all.enumerated().sorted { left, right in
      let leftFile = fileOrder[left.element.range?.file.name ?? ""] ?? 0
      let rightFile = fileOrder[right.element.range?.file.name ?? ""] ?? 0
      if leftFile != rightFile { return leftFile < rightFile }
      let origin = Position(line: 0, column: 0)
      let leftStart = left.element.range?.start ?? origin
      let rightStart = right.element.range?.start ?? origin
      return leftStart == rightStart ? left.offset < right.offset : leftStart < rightStart
    }.map(\.element)
    if errorCount > Self.limit {
      inOrder.append(.note("\(errorCount - Self.limit) further errors are not shown", at: nil))
    }
    return inOrder
  }
}

extension Diagnostic {
  fileprivate func isOnLine(of other: Diagnostic) -> Bool {
    guard let range, let place = other.range else { return false }
    return range.file === place.file && range.start.line == place.start.line
  }
}

@available(*, unavailable)
extension DiagnosticCollector: Sendable {}

/// Invalid input, with everything that is wrong with it. Ends the program with exit code 2.
package struct InputError: Error, Sendable {
  package let diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  package init(_ message: String, at range: SourceRange? = nil, hint: String? = nil) {
    diagnostics = [Diagnostic(.error, message, at: range, hint: hint)]
  }
}

/// An internal error, such as a violated invariant. Ends the program with exit code 70.
package struct ProgramFault: Error, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
