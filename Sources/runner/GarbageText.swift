import Diagnostics
import ExperimentConfig
import Files
import Orchestration
import Reporting

/// What `runner gc` finds, as text and for programs.
enum GarbageText {
  /// At most this many findings of a kind are listed.
  private static let most = 20

  static func table(_ found: [Garbage], _ terminal: Terminal) -> String {
    if found.isEmpty { return "There is nothing to delete.\n" }
    var text = ""
    for kind in Garbage.Kind.allCases {
      let items = found.filter { $0.kind == kind }
      if items.isEmpty { continue }
      let bytes = items.reduce(0) { $0 + $1.bytes }
      text += terminal.bold(heading(kind)) + "  \(ByteCount.text(bytes))\n"
      var table = TextTable([.right, .left])
      for item in items.sorted(by: { $0.bytes > $1.bytes }).prefix(most) {
        table.add([ByteCount.text(item.bytes), TerminalText.line(item.path)])
      }
      text += table.render()
      if items.count > most { text += terminal.dim("  and \(items.count - most) more\n") }
    }
    let total = ByteCount.text(found.reduce(0) { $0 + $1.bytes })
    return text + "  \(total) in all\n"
  }

  private static func heading(_ kind: Garbage.Kind) -> String {
    switch kind {
    case .trash: "Removed runs ('runner rm --restore' brings them back)"
    case .weights: "Frozen weights that no run has any more"
    case .checkpoints: "Checkpoints of finished runs"
    case .temporary: "Unfinished files of killed programs"
    case .start: "Runs that never began"
    case .features: "Outputs of frozen layers, not used for long"
    case .images: "Decoded images, not used for long"
    }
  }

  static func json(_ found: [Garbage], freed: [Garbage]) -> JSONValue {
    let items = found.map { item -> JSONValue in
      [
        "kind": .string(item.kind.rawValue), "path": .string(item.path),
        "bytes": .integer(item.bytes), "deleted": .boolean(freed.contains(item)),
      ]
    }
    return [
      "found": .array(items), "bytes": .integer(found.reduce(0) { $0 + $1.bytes }),
      "deleted_bytes": .integer(freed.reduce(0) { $0 + $1.bytes }),
    ]
  }
}
