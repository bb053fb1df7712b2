import ExperimentConfig
import Files
import Report
import RunRecord

/// One comparison of a filter.
struct FilterTest: Sendable {
  struct Problem: Error {
    var message: String
    var hint: String?
    /// Whether the value is wrong, rather than the comparison.
    var isAboutValue = true
  }

  private enum Value: Sendable {
    case number(Double)
    /// A date, of which a run's date is compared as much as is given.
    case date(String)
    /// The parts between asterisks, each of which stands for any text.
    case text([String])
  }

  private let field: RunField
  private let comparison: RunFilter.Comparison
  private let value: Value
  /// The value as it was written.
  private let text: String

  /// - Throws: ``Problem`` if the field has no such values, or no order.
  init(
    _ field: RunField, _ comparison: RunFilter.Comparison, _ text: String, isQuoted: Bool
  ) throws(Problem) {
    self.field = field
    self.comparison = comparison
    self.text = text
    let parts = {
      isQuoted
        ? [text] : text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }
    switch field.kind {
    case .number:
      guard let number = Self.number(text) else {
        throw Problem(message: "expected a number, found '\(text)'", hint: "such as 1e-3 or 95%")
      }
      value = .number(number)
    case .seconds:
      guard let seconds = Self.seconds(text) else {
        throw Problem(
          message: "expected a duration, found '\(text)'", hint: "such as 90s, 5min or 2h")
      }
      value = .number(seconds)
    case .bytes:
      guard let bytes = ByteCount.parse(text) else {
        throw Problem(message: "expected a size, found '\(text)'", hint: "such as 500kB or 10MB")
      }
      value = .number(Double(bytes))
    case .date:
      guard Self.isDate(text) else {
        throw Problem(
          message: "expected a date, found '\(text)'",
          hint: "such as 2026-11-29 or 2026-11-29T14:30, in UTC")
      }
      value = .date(text.replacing(" ", with: "T"))
    case .text:
      if comparison.isOrder {
        throw Problem(
          message: "'\(comparison.rawValue)' compares numbers and dates", hint: "write = or !=",
          isAboutValue: false)
      }
      value = .text(parts())
    case .either:
      if let number = Double(text), !isQuoted {
        value = .number(number)
      } else if comparison.isOrder {
        throw Problem(message: "expected a number, found '\(text)'", hint: "such as 1e-3")
      } else {
        value = .text(parts())
      }
    }
  }

  func holds(_ run: ListedRun, _ runs: ListedRuns) -> Bool {
    switch value {
    case .number(let number):
      if let own = field.number(run, in: runs) {
        // A seed may have more digits than a number can represent.
        if !comparison.isOrder, field == .standard(.seed), Double(UInt64.max) > own,
          let exact = UInt64(text)
        {
          return (run.entry.seed == exact) == (comparison == .equal)
        }
        return holds(own, number)
      }
      // A text differs from every number.
      return comparison == .unequal && field.texts(run, in: runs).count == 1
    case .date(let date):
      guard let own = field.texts(run, in: runs).first else { return false }
      return holds(String(own.prefix(date.count)), date)
    case .text(let parts):
      let own = field.texts(run, in: runs)
      // A run may have several tags; of a setting with several values, none is the value.
      if case .setting = field, own.count > 1 { return false }
      if own.isEmpty { return comparison == .unequal && (field == .tag || field == .note) }
      return own.contains { Self.fits($0, parts) } == (comparison == .equal)
    }
  }

  private func holds<T: Comparable>(_ own: T, _ other: T) -> Bool {
    switch comparison {
    case .equal: own == other
    case .unequal: own != other
    case .less: own < other
    case .lessOrEqual: own <= other
    case .greater: own > other
    case .greaterOrEqual: own >= other
    }
  }

  /// Whether the text is the parts in this order, with any text between them.
  private static func fits(_ text: String, _ parts: [String]) -> Bool {
    guard let first = parts.first, let last = parts.last, parts.count > 1 else {
      return text == parts.first
    }
    guard text.hasPrefix(first), text.count >= first.count + last.count, text.hasSuffix(last)
    else { return false }
    var rest = text.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let place = rest.firstRange(of: part) else { return false }
      rest = rest[place.upperBound...]
    }
    return true
  }

  // MARK: Values

  /// A number, or a percentage such as `95%`.
  private static func number(_ text: String) -> Double? {
    text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
  }

  private static func seconds(_ text: String) -> Double? {
    let units = [("min", 60.0), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("", 1)]
    guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count)), number >= 0
    else { return nil }
    return number * factor
  }

  /// Whether it is the beginning of a time, from the year on.
  private static func isDate(_ text: String) -> Bool {
    let pattern = "0000-00-00T00:00:00Z"
    guard [4, 7, 10, 13, 16, 19, 20].contains(text.count) else { return false }
    return zip(text, pattern).allSatisfy { own, wanted in
      switch wanted {
      case "0": own.isASCII && own.isNumber
      case "T": own == "T" || own == " "
      default: own == wanted
      }
    }
  }
}
