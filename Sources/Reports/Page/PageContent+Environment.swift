import ExperimentConfig
import RunRecord

extension PageContent {
  /// Where, when and with which versions the run was made.
  static func environment(_ evidence: RunEvidence) -> [Fact] {
    let info = evidence.info
    var facts: [Fact] = []
    func add(_ label: String, _ value: String?, _ style: String = "") {
      if let value, !value.isEmpty { facts.append(Fact(label: label, value: value, style: style)) }
    }
    add("Identity", info["identity"]?.text, "mono")
    add("Command", command(info), "mono")
    add("Started", info["started"]?.text)
    add("Ended", info["ended"]?.text)
    if evidence.ends.count == 1 { add("Training ended by", evidence.ends.first?.text) }
    add("Device", info["device"]?.text)
    add("Threads", info["threads"]?.text)
    add("Precision", info["precision"]?.text)
    add("Processor", join([info["cpu"]?.text, info["cpu_capability"]?.text]))
    add("Host", info["host"]?.text)
    let versions = info["versions"]?.object ?? [:]
    for key in versions.keys.sorted() {
      add(["libtorch": "LibTorch", "swift": "Swift"][key] ?? key, versions[key]?.text)
    }
    if let commit = info["git"]?["commit"]?.text {
      let isDirty = info["git"]?["dirty"]?.boolean ?? false
      add("Git", commit + (isDirty ? ", with changes (source.patch)" : ""), "mono")
    }
    let dataset = info["dataset"]
    let used = dataset?["used"]?.text
    let requested = dataset?["requested"]?.text
    add(
      "Data set",
      used.map { $0 == requested ? $0 : "\($0), in place of \(requested ?? "another")" })
    add("Data found in", dataset?["origin"]?.text)
    add("Data fingerprint", dataset?["fingerprint"]?.text, "mono")
    for file in (dataset?["files"] ?? .null).list { add("Data file", file["path"]?.text, "mono") }
    for file in (info["files"] ?? .null).list {
      add("Other file", join([file["path"]?.text, file["sha256"]?.text]), "mono")
    }
    add("Continues", continued(info), "mono")
    add(
      "Initial weights",
      join([info["weights"]?["path"]?.text, info["weights"]?["sha256"]?.text]),
      "mono")
    for note in (info["weights"]?["notes"] ?? .null).list { add("Note on the weights", note.text) }
    if !evidence.timings.isEmpty {
      let training = evidence.timings.reduce(0) { $0 + $1.trainSeconds }
      let rate =
        evidence.timings.reduce(0) { $0 + $1.examplesPerSecond } / Double(evidence.timings.count)
      add("Training time", NumberText.duration(training))
      if let rate = Int(exactly: rate.rounded()) {
        add("Speed", NumberText.grouped(rate) + " examples per second")
      }
    }
    return facts
  }

  /// The run that this one continues; `nil` if there is none.
  static func continued(_ info: JSONValue) -> String? {
    guard let parent = info["parent"], let run = parent["run"]?.text,
      let epochs = parent["epochs"]?.integer, epochs > 0
    else { return nil }
    return "\(run) after epoch \(epochs)"
  }

  private static func join(_ texts: [String?]) -> String {
    texts.compactMap(\.self).joined(separator: ", ")
  }

  /// The command line, quoted for a shell.
  private static func command(_ info: JSONValue) -> String {
    (info["command"] ?? .null).list.compactMap(\.text).map { word in
      let isPlain =
        !word.isEmpty
        && word.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte) || "-_./=:,+@%".utf8.contains(byte)
        }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
