import Diagnostics
import ExperimentConfig
import Report
import RunRecord
import Tasks

/// The order of a listing: `size`, `-lr`.
package struct ListOrder: Sendable {
  package let field: RunField
  /// Whether the largest value comes first, whatever the field.
  private let isDescending: Bool

  /// - Parameter text: a name; `-` in front of it means from the largest to the smallest value.
  /// - Throws: ``InputError`` if no run has such a value.
  package init(_ text: String, _ fields: RunFields) throws(InputError) {
    isDescending = text.hasPrefix("-")
    let name = isDescending ? String(text.dropFirst()) : text
    guard let field = fields.find(name) else {
      let file = SourceFile(name: "--sort", text: text, kind: .commandLine)
      let lead = isDescending ? 2 : 1
      throw InputError(
        "no run has a value '\(name)'",
        at: SourceRange(
          file: file, start: Position(line: 1, column: lead),
          end: Position(line: 1, column: lead + name.unicodeScalars.count)),
        hint: fields.hint(for: name))
    }
    self.field = field
  }

  /// Sorts runs: best, longest, largest or newest first; settings and texts from the smallest on. Runs without
  /// a value come last, even in reverse; the sort is stable.
  package func sort(_ runs: inout ListedRuns, reverse: Bool) {
    if field == .size { runs.measure() }
    if field == .standard(.started) {
      // The runs are already sorted by time, more finely than in whole seconds.
      if reverse { runs.runs.reverse() }
      return
    }
    let all = runs
    let keyed = all.runs.enumerated().map { offset, run in
      (offset: offset, key: key(run, all), run: run)
    }
    runs.runs = keyed.sorted { left, right in
      switch (left.key, right.key) {
      case (let a?, let b?) where a != b: reverse ? b < a : a < b
      case (.some, nil): true
      case (nil, .some): false
      default: left.offset < right.offset
      }
    }.map(\.run)
  }

  /// Numbers come before texts.
  private enum Key: Comparable {
    case number(Double)
    case text(String)
  }

  private func key(_ run: ListedRun, _ runs: ListedRuns) -> Key? {
    if let number = field.number(run, in: runs) {
      if number.isNaN { return nil }
      return .number(isLargestFirst(run) ? -number : number)
    }
    let texts = field.texts(run, in: runs)
    return texts.isEmpty || field.isNumber ? nil : .text(texts.joined(separator: ", "))
  }

  private func isLargestFirst(_ run: ListedRun) -> Bool {
    if isDescending { return true }
    switch field {
    case .size, .standard(.epochs), .standard(.duration): return true
    default: return field.facts(run.entry)?.higherIsBetter ?? false
    }
  }
}
