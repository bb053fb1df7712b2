import Comparison
import ExperimentConfig
import RunRecord
import Statistics
import TaskRegistry
import Tasks

/// Formats the parts of a comparison, for the terminal and for pages alike.
enum DiffWords {
  static let none = "–"

  static func score(_ value: Double?) -> String { value.map(NumberWords.score) ?? none }

  static func score(_ value: Double?, deviation: Double?) -> String {
    score(value) + (deviation.map { " ± " + NumberText.fixed($0, 4) } ?? "")
  }

  static func signed(_ value: Double?) -> String { value.map(NumberWords.signed) ?? none }

  static func interval(_ row: ScoreChange) -> String {
    row.interval.map {
      "\(NumberWords.signed($0.lower)) to \(NumberWords.signed($0.upper))"
    } ?? ""
  }

  /// For example `< 0.0001`; after Holm's correction.
  static func p(_ row: ScoreChange) -> String {
    row.test.map { p($0.adjusted) } ?? ""
  }

  static func p(_ value: Double) -> String {
    let text = NumberWords.p(value)
    return text.hasPrefix("= ") ? String(text.dropFirst(2)) : text
  }

  /// Formats `f1_macro` as `f1 (macro)`.
  static func label(_ key: String) -> String {
    let words = key.split(separator: "_").map(String.init)
    guard words.count > 1, let average = words.last,
      ["macro", "micro", "weighted"].contains(average)
    else { return TaskRegistry.label(key) }
    return TaskRegistry.label(words.dropLast().joined(separator: "_")) + " (\(average))"
  }

  /// Whether a score is shown by default: it differs and, if an average over classes, is the macro
  /// average.
  static func isShown(_ row: ScoreChange) -> Bool {
    row.differs && !row.key.hasSuffix("_micro") && !row.key.hasSuffix("_weighted")
  }

  /// The tests of the scores, and the scores that are not comparable; `nil` if there is nothing to
  /// say.
  static func remarks(_ table: ScoreTable) -> String? {
    let remarks = [tests(table), table.note.map { "\(capitalized($0))." }].compactMap(\.self)
    return remarks.isEmpty ? nil : remarks.joined(separator: " ")
  }

  static func tests(_ table: ScoreTable) -> String? {
    let apart =
      table.rows.contains { $0.isComparable }
      ? "" : " The scores are not comparable, so they are not subtracted."
    if let reason = table.reason { return "No test: \(reason).\(apart)" }
    let names = table.rows.compactMap { row in
      row.test.map { "\(label(row.key)): \($0.name) (\($0.detail))" }
    }
    if names.isEmpty { return nil }
    let holm = names.count > 1 ? " p is Holm-corrected over \(names.count) tests." : ""
    let interval =
      table.intervalMethod.map { " \($0.confidenceText) interval of B − A: \($0.basisText)." } ?? ""
    return "On \(table.basis). " + names.joined(separator: "; ") + "." + holm + interval
  }

  static func curves(_ diff: RunDiff) -> String {
    let curves = diff.curves
    let ends =
      curves.epochs.a == curves.epochs.b
      ? "" : " A has \(curves.epochs.a) lines of metrics, B \(curves.epochs.b)."
    guard curves.common > 0 else { return "The runs have no epochs in common." + ends }
    guard let parting = curves.parting else {
      return curves.isIdentical
        ? "All epochs are identical, bit for bit."
        : "All common epochs are the same within rounding." + ends
    }
    let (place, parts) = (parting.fold - 1, diff.a.partNames)
    let part =
      parts.indices.contains(place) ? " of \(parts[place].replacing("-", with: " "))" : ""
    let losses = diff.lossObstacle == nil ? "" : " Curves of different losses are not comparable."
    return "The curves first differ in epoch \(parting.epoch)\(part): \(label(parting.key)) "
      + "\(exact(parting.a)) → \(exact(parting.b)).\(losses)" + ends
  }

  /// Formats a number with enough digits to tell two values apart.
  private static func exact(_ value: Double) -> String {
    value.isFinite && abs(value) < 1e6 && abs(value) > 1e-3
      ? NumberText.fixed(value, 6) : "\(value)"
  }

  static func moves(_ moves: SplitMoves) -> [String] {
    func list(_ indices: [Int]) -> String {
      let shown = indices.prefix(8).map(String.init).joined(separator: ", ")
      return indices.count > 8 ? shown + ", …" : shown
    }
    func count(_ indices: [Int]) -> String {
      "\(NumberText.grouped(indices.count)) \(indices.count == 1 ? "example" : "examples")"
    }
    var texts: [String] = []
    if !moves.onlyA.isEmpty {
      texts.append(
        "\(count(moves.onlyA)) held out by A alone\(moves.trained("B")): \(list(moves.onlyA))")
    }
    if !moves.onlyB.isEmpty {
      texts.append(
        "\(count(moves.onlyB)) held out by B alone\(moves.trained("A")): \(list(moves.onlyB))")
    }
    if !moves.otherFold.isEmpty {
      texts.append("\(count(moves.otherFold)) in a different fold: \(list(moves.otherFold))")
    }
    return texts
  }

  static func changes(_ changed: ChangedExamples) -> String {
    "\(NumberText.grouped(changed.examples.count)) of \(NumberText.grouped(changed.answers.total)) "
      + "\(changed.split) examples are predicted differently: \(changed.answers.balance)"
  }

  static func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  /// Formats a number of any magnitude, such as `1.23e-5`, since weights have no common scale.
  static func magnitude(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var exponent = 0
    var mantissa = abs(value)
    while mantissa >= 9.995 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 0.9995, exponent > -320 {
      mantissa *= 10
      exponent -= 1
    }
    if (-3...3).contains(exponent) { return NumberText.fixed(value, max(0, 3 - exponent)) }
    return (value < 0 ? "-" : "") + NumberText.fixed(mantissa, 2) + "e\(exponent)"
  }
}
