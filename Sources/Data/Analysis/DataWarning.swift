import ExperimentConfig

/// Something that is wrong with the data or may be, with what it means and what to do.
package struct DataWarning: Codable, Hashable, Sendable {
  package enum Severity: String, Codable, Hashable, Sendable, CaseIterable {
    /// Results would be wrong or misleading.
    case serious
    /// Probably a mistake.
    case warning
    /// Worth knowing.
    case note
  }

  /// Names the kind of the warning for programs, such as `duplicates_across_parts`.
  package var code: String
  package var severity: Severity
  /// One sentence without a full stop, with the numbers.
  package var title: String
  package var meaning: String
  package var advice: String
}

extension DataWarning {
  /// All warnings about what was found, the most serious first.
  package static func all(_ findings: DataFindings) -> [DataWarning] {
    let warnings =
      files(findings) + duplicates(findings) + groups(findings) + classes(findings)
      + columns(findings) + numbers(findings) + masks(findings)
      + boxes(findings)
    return Severity.allCases.flatMap { severity in warnings.filter { $0.severity == severity } }
  }

  private static func files(_ findings: DataFindings) -> [DataWarning] {
    var warnings: [DataWarning] = []
    let unreadable = findings.broken.total + findings.parts.reduce(0) { $0 + $1.unreadable.total }
    if unreadable > 0 {
      warnings.append(
        DataWarning(
          code: "broken_files", severity: .serious,
          title: "\(counted(unreadable, "file")) cannot be read",
          meaning: "Training stops at such a file, or skips it.",
          advice: "Repair or remove the listed files; each is listed with the reason."))
    }
    if !findings.skipped.isEmpty {
      warnings.append(
        DataWarning(
          code: "skipped_files", severity: .note,
          title: "\(counted(findings.skipped.total, "file")) left out",
          meaning:
            "These are in the folder of the data set, but are not part of it, judging by name or "
            + "location.",
          advice: "If some of them should be used, move them into a class folder."))
    }
    return warnings
  }

  private static func groups(_ findings: DataFindings) -> [DataWarning] {
    guard let groups = findings.groups, !groups.crossing.isEmpty else { return [] }
    return [
      DataWarning(
        code: "groups_across_parts", severity: .serious,
        title:
          "\(counted(groups.crossing.total, "group")) of \(groups.count) in more than one part",
        meaning:
          "The model is measured on groups, such as patients or cameras, that it was trained on. "
          + "Its score on new groups will be lower.",
        advice: "Split by group, so that each group is in one part only.")
    ]
  }

  /// `1 file`, `3 files`.
  static func counted(_ count: Int, _ noun: String) -> String {
    let plural =
      noun.hasSuffix("y")
      ? noun.dropLast() + "ies" : noun.hasSuffix("ss") ? noun + "es" : noun + "s"
    return "\(NumberText.grouped(count)) \(count == 1 ? noun : plural)"
  }

  /// The first few names, and how many more there are.
  static func list(_ names: [String], total: Int) -> String {
    let shown = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    return total > 5 ? "\(shown) and \(total - min(5, names.count)) more" : shown
  }
}
