import DataSchema

/// Decides what a column holds, once all of it has been seen.
struct ColumnInference {
  let name: String
  let scan: ColumnScan
  /// The character before decimals in this table.
  let decimal: TableOptions.DecimalMark
  let path: String

  /// - Throws: `DataError` if the values are not of the declared type.
  func summary() throws(DataError) -> ColumnSummary {
    if let declared = scan.declared { return try self.declared(declared) }
    if scan.count == 0 {
      return summary(.missing, "no value is present", hint: "leave it out with `ignore`")
    }
    if scan.areNumbers, let number = number() { return number }
    if let spellings = scan.distinct?.texts, let words = BooleanWords.names(of: spellings) {
      return summary(.boolean, "'\(words[0])' or '\(words[1])'", categories: words)
    }
    if scan.areDates, !scan.areNumbers {
      let example = scan.firstOther.map { ", such as '\($0.value)'" } ?? ""
      return summary(
        .date, "dates or times" + example,
        hint:
          "dates are not used as features: compute numbers from it (year, days since an event) or "
          + "leave it out with `ignore`")
    }
    if let thousands = scan.thousands {
      return summary(
        .text, "'\(thousands.value)' on line \(thousands.line) has separators between thousands",
        hint: "write such numbers without separators, or declare the column as a category")
    }
    return texts()
  }

  /// `nil` for digits that are codes.
  private func number() -> ColumnSummary? {
    if scan.leadingZero != nil { return nil }
    let other = decimal == .point ? scan.comma : scan.point
    if let other {
      let mark = decimal == .point ? "a decimal comma" : "a decimal point"
      return summary(
        .text,
        "'\(other.value)' on line \(other.line) has \(mark) or a separator between thousands",
        hint:
          "set `decimal` if that is how the table writes numbers, else write them without separators"
      )
    }
    let kind = scan.areIntegers ? "whole numbers" : "numbers"
    var hint: String?
    if scan.areIntegers, max(abs(scan.minimum), abs(scan.maximum)) > 16_777_216 {
      hint = "kept with 24 bits: values beyond 16777216 are rounded"
    } else if scan.areIntegers, let distinct = scan.distinct?.count, 3...12 ~= distinct,
      scan.count >= 4 * distinct
    {
      hint = "only \(distinct) values: if they are codes, name it in `categories`"
    }
    return summary(.number, "all values are \(kind)", hint: hint)
  }

  private func texts() -> ColumnSummary {
    var why = ""
    if let zero = scan.leadingZero, scan.areNumbers {
      why = ": codes, such as '\(zero.value)' on line \(zero.line)"
    } else if scan.point != nil || scan.comma != nil || scan.minimum.isFinite {
      why = scan.firstOther.map { ": '\($0.value)' on line \($0.line) is not a number" } ?? ""
    }
    let declaring = "if it is one, name it in `categories`"
    guard let distinct = scan.distinct?.count else {
      return summary(
        .text, "more than \(mostCounted) distinct strings" + why,
        hint: "free text and identifiers are not used as features; leave it out with `ignore`")
    }
    let plural = distinct == 1 ? "string" : "strings"
    let isLong = scan.byteCount > 40 * scan.count && 2 * scan.phrases > scan.count
    let isMany = distinct > 20 && 2 * distinct > scan.count
    if isMany || isLong && distinct > 2 && 2 * distinct > scan.count {
      return summary(
        .text, "\(distinct) distinct \(plural) among \(scan.count) values" + why,
        hint:
          "looks like free text or an identifier rather than a category: leave it out with `ignore`; "
          + declaring)
    }
    return summary(
      .category, "\(distinct) distinct \(plural)" + why, categories: scan.distinct.map(Self.sorted))
  }

  /// More distinct values than this were not counted.
  var mostCounted: Int { scan.mostDistinct }

  private func declared(_ type: ColumnType) throws(DataError) -> ColumnSummary {
    switch type {
    case .number:
      if let other = scan.firstOther { throw wrong(other, "is not a number") }
      let other = decimal == .point ? scan.comma : scan.point
      if let other { throw wrong(other, "is not a number with a decimal \(decimal.rawValue)") }
    case .boolean:
      guard let spellings = scan.distinct?.texts, let words = booleanNames(spellings) else {
        throw DataError(
          path: path,
          reason:
            "column '\(name)' is declared as boolean and holds values other than two words such as "
            + "no and yes")
      }
      return summary(.boolean, "declared", categories: words)
    case .category:
      return summary(.category, "declared", categories: scan.distinct.map(Self.sorted))
    case .text: break
    case .date, .missing:
      throw DataError(
        path: path, reason: "column '\(name)' cannot be declared as \(type.rawValue)")
    }
    return summary(type, "declared")
  }

  private func booleanNames(_ spellings: [String]) -> [String]? {
    if let words = BooleanWords.names(of: spellings) { return words }
    let values = spellings.map { spelling in
      var spelling = spelling
      return spelling.withUTF8 { BooleanWords.value(of: UnsafeRawBufferPointer($0)) }
    }
    guard !values.contains(nil) else { return nil }
    let areDigits = spellings.allSatisfy { $0 == "0" || $0 == "1" }
    return areDigits ? ["0", "1"] : ["false", "true"]
  }

  private func wrong(_ example: ColumnScan.Example, _ reason: String) -> DataError {
    DataError(
      path: path, reason: "line \(example.line), column '\(name)': '\(example.value)' \(reason)")
  }

  private static func sorted(_ distinct: TextInterner) -> [String] {
    distinct.texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func summary(
    _ type: ColumnType, _ reason: String, hint: String? = nil, categories: [String]? = nil
  ) -> ColumnSummary {
    let isNumber = type == .number && scan.count > 0
    return ColumnSummary(
      name: name, type: type, reason: reason, hint: hint, count: scan.count, missing: scan.missing,
      firstMissingLine: scan.firstMissingLine, distinct: scan.distinct?.count,
      range: isNumber
        ? ColumnSummary.Range(minimum: scan.minimum, mean: scan.mean, maximum: scan.maximum) : nil,
      mostFrequent: scan.distinct.map(Self.mostFrequent), categories: categories,
      byteCount: scan.byteCount)
  }

  private static func mostFrequent(_ distinct: TextInterner) -> [ColumnSummary.Frequency] {
    let order = distinct.counts.indices.sorted { a, b in
      distinct.counts[a] != distinct.counts[b]
        ? distinct.counts[a] > distinct.counts[b]
        : distinct.text(a).utf8.lexicographicallyPrecedes(distinct.text(b).utf8)
    }
    return order.prefix(10).map {
      ColumnSummary.Frequency(value: distinct.text($0), count: distinct.counts[$0])
    }
  }
}
