import Diagnostics
import ExperimentConfig
import FeatureCache
import Files
import RunRecord

/// Formats cached features of frozen layers for `runner cache`.
package enum FeatureText {
  /// A table of entries; the last column is cut to fit the terminal.
  package static func table(_ entries: [FeatureEntryInfo], _ terminal: Terminal) -> String {
    let rows =
      [["key", "size", "rows × width", "used", "what"]]
      + entries.map { entry in
        [
          shortKey(entry.key), ByteCount.text(entry.bytes),
          entry.rows > 0 ? "\(entry.rows) × \(entry.width)" : "",
          String(UTCTime.iso(entry.lastUsed).prefix(16)).replacing("T", with: " "), text(entry),
        ]
      }
    let fixed = (0..<4).reduce(0) { sum, column in
      sum + 2 + (rows.map { TerminalText.width($0[column]) }.max() ?? 0)
    }
    let room = terminal.isInteractive ? max(20, terminal.width - fixed - 2) : Int.max
    var table = TextTable([.left, .right, .right, .left, .left])
    for (index, row) in rows.enumerated() {
      table.add(row.dropLast() + [cut(row[4], to: room)])
      if index == 0 { table.addRule() }
    }
    return table.render()
  }

  private static func cut(_ text: String, to width: Int) -> String {
    guard TerminalText.width(text) > width else { return text }
    var result = text
    while TerminalText.width(result) > width - 1 { result.removeLast() }
    return result + "…"
  }

  /// A prefix of the key that is long enough to identify it.
  package static func shortKey(_ key: String) -> String { String(key.prefix(12)) }

  /// A one-line description of an entry.
  private static func text(_ entry: FeatureEntryInfo) -> String {
    var parts: [String] = []
    if entry.isPartial {
      parts.append(entry.isInUse ? "being filled" : "not finished")
    } else if entry.isInUse {
      parts.append("in use")
    }
    if let about = entry.description {
      parts += [about.dataset, about.model, about.layers].filter { !$0.isEmpty }
    } else if !entry.isPartial {
      parts.append("damaged")
    }
    return TerminalText.line(parts.joined(separator: "; "))
  }

  package static func json(_ entry: FeatureEntryInfo) -> JSONValue {
    let about = entry.description
    func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    return [
      "key": .string(entry.key), "bytes": .integer(entry.bytes), "rows": .integer(entry.rows),
      "width": .integer(entry.width), "created": text(entry.created.map { UTCTime.iso($0) }),
      "last_used": .string(UTCTime.iso(entry.lastUsed)), "in_use": .boolean(entry.isInUse),
      "partial": .boolean(entry.isPartial), "dataset": text(about?.dataset),
      "model": text(about?.model), "layers": text(about?.layers),
    ]
  }
}
