/// Something a person should know about their input, with its place.
package struct Diagnostic: Sendable {
  package enum Severity: String, Sendable {
    case error, warning, note
  }

  package var severity: Severity
  package var message: String
  package var range: SourceRange?
  /// A short remedy printed behind the caret, such as `did you mean 'linear'?`.
  package var hint: String?
  /// Further places that explain this one.
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

/// Collects findings, so that all of them can be shown in one go.
package final class DiagnosticCollector {
  /// Nobody mends more than this at once; what follows is only counted.
  package static let limit = 100

  package private(set) var all: [Diagnostic] = []
  package private(set) var errorCount = 0
  private var seen: Set<String> = []
  /// Why what is being looked at is looked at, innermost last.
  private var context: [Diagnostic] = []

  package init() {}

  package var hasErrors: Bool { errorCount > 0 }
  /// True once further findings are only counted.
  package var isFull: Bool { errorCount >= Self.limit }

  package func report(_ diagnostic: Diagnostic) {
    let isError = diagnostic.severity == .error
    if isFull {
      if isError { errorCount += 1 }
      return
    }
    // An alias or a block that is used twice would say the same thing twice.
    let key = "\(diagnostic.range?.description ?? "")\u{0}\(diagnostic.message)"
    guard seen.insert(key).inserted else { return }
    if isError { errorCount += 1 }
    var explained = diagnostic
    // Where it is and where it all began; what lies between is of no help.
    let around = context.count > 4 ? context.prefix(1) + context.suffix(3) : context[...]
    explained.notes += around.reversed().filter { !$0.isOnLine(of: diagnostic) }
    all.append(explained)
  }

  /// Does something whose findings all get `note`, unless they stand on its line anyway.
  package func explaining<Result>(_ note: Diagnostic, _ body: () -> Result) -> Result {
    enter(note)
    defer { leave() }
    return body()
  }

  package func enter(_ note: Diagnostic) { context.append(note) }
  package func leave() { _ = context.popLast() }

  /// Reports an error. Looking for a hint may take time, so it is done only for what will be shown.
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

  /// In reading order: file by file in the order met, then by position.
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

/// The input is wrong; everything that is wrong with it. Ends the program with exit code 2.
package struct InputError: Error, Sendable {
  package let diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  package init(_ message: String, at range: SourceRange? = nil, hint: String? = nil) {
    diagnostics = [Diagnostic(.error, message, at: range, hint: hint)]
  }
}

/// The program contradicts itself. Ends it with exit code 70.
package struct ProgramFault: Error, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
