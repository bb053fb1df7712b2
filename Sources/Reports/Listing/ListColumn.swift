import ExperimentConfig
import Files
import Report
import RunRecord
import Tasks

/// A column of a listing.
package struct ListColumn: Sendable {
  package let field: RunField
  /// As it was given, or the shortest name that means the same.
  package let name: String

  package init(_ field: RunField, name: String) {
    self.field = field
    self.name = name
  }

  package init(_ column: RunColumn) { self.init(.standard(column), name: column.rawValue) }

  package func heading(of runs: ListedRuns) -> String {
    if case .standard(let column) = field { return column.heading(of: runs.runs.map(\.entry)) }
    if case .score = field {
      let short = [("validation.", "val "), ("test.", "test "), ("train_sample.", "train ")]
      for (split, word) in short where name.hasPrefix(split) {
        return word + name.dropFirst(split.count).replacing("_", with: " ")
      }
    }
    return name
  }

  /// Numbers are aligned at the right, settings too if all of them are numbers.
  package func isNumber(in runs: ListedRuns) -> Bool {
    guard case .setting = field else { return field.isNumber }
    return runs.runs.allSatisfy {
      let texts = field.texts($0, in: runs)
      return texts.isEmpty || field.number($0, in: runs) != nil
    }
  }

  /// - Parameter isMixed: whether runs with other primary scores are listed too.
  package func text(_ run: ListedRun, in runs: ListedRuns, isMixed: Bool) -> String {
    switch field {
    case .standard(let column): return column.text(run.entry, isMixed: isMixed)
    case .score:
      guard let value = field.number(run, in: runs) else { return "–" }
      return field.facts(run.entry)?.unit == .share
        ? NumberText.percent(value, 2) : NumberText.fixed(value, 4)
    case .size: return run.bytes.map(ByteCount.text) ?? "–"
    case .ended:
      return run.entry.ended.map { String($0.prefix(16)).replacing("T", with: " ") } ?? "–"
    case .note: return run.annotations.notes.last.map { Clipped.text($0.text, 40) } ?? "–"
    case .tag, .setting, .experiment, .trial:
      let texts = field.texts(run, in: runs)
      return texts.isEmpty ? "–" : Clipped.text(texts.joined(separator: ", "), 30)
    }
  }

  /// The value for programs: a number where it is one, all tags and notes.
  package func json(_ run: ListedRun, in runs: ListedRuns) -> JSONValue {
    func exact(_ text: String) -> JSONValue {
      if let whole = Int(text) { return .integer(whole) }
      if let number = Double(text), number.isFinite { return .number(number) }
      return ["true": .boolean(true), "false": .boolean(false), "null": .null][text]
        ?? .string(text)
    }
    switch field {
    case .tag, .note: return .array(field.texts(run, in: runs).map(JSONValue.string))
    case .setting:
      let texts = field.texts(run, in: runs)
      return texts.count == 1 ? exact(texts[0]) : texts.isEmpty ? .null : .array(texts.map(exact))
    default:
      if field.isNumber {
        guard let number = field.number(run, in: runs), number.isFinite else { return .null }
        return Int(exactly: number).map(JSONValue.integer) ?? .number(number)
      }
      return field.texts(run, in: runs).first.map(JSONValue.string) ?? .null
    }
  }
}
