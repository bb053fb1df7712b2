import ExperimentConfig
import Files
import Report
import RunRecord

extension ModelCard {
  /// How the training went, and its settings.
  var procedure: String {
    var items: [String] = []
    if let epochs = evidence.summary["epochs"]?.integer {
      items.append(
        epochs == 0
          ? "The weights were only scored: no epoch was trained."
          : "\(NumberText.grouped(epochs)) \(epochs == 1 ? "epoch was" : "epochs were") trained"
            + (evidence.parts.isEmpty ? "." : ", at most, in each \(evidence.partWord)."))
      if epochs > 0, let best = evidence.bestEpochText {
        items.append("The weights are those of epoch \(MarkdownText.escaped(best)).")
      }
    }
    if evidence.ends.count == 1, let end = evidence.ends.first, end.epochs > 0 {
      items.append("End of the training: \(MarkdownText.escaped(end.text)).")
    }
    let settings = configuration.configurationValues.filter {
      $0.value != .null && $0.key.split(separator: ".").first != "model"
    }
    let table = MarkdownText.table(
      ["Setting", "Value"],
      settings.map { ["`\($0.key)`", MarkdownText.code($0.value.leafText)] })
    return [MarkdownText.list(items), table].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// How to repeat the training, and the hashes of what it started from and gave.
  func reproduction() throws -> String {
    var rows: [[String]] = []
    func add(_ label: String, _ hash: String?) {
      if let hash, !hash.isEmpty {
        rows.append([MarkdownText.escaped(label), MarkdownText.code(hash)])
      }
    }
    let identity = evidence.info["identified_by"]
    add("Identity of the run", evidence.info["identity"]?.text)
    add("Data", evidence.info["dataset"]?["fingerprint"]?.text)
    for (key, hash) in (identity?["files"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      add("File of \(key)", hash.text)
    }
    add("Initial weights", evidence.info["weights"]?["sha256"]?.text)
    add("Run that was continued", identity?["parent"]?["identity"]?.text)
    for path in try weightFiles() {
      rows.append([
        MarkdownText.code(path), MarkdownText.code(try Digest.hex(of: evidence.run.open(path))),
      ])
    }
    return """
      ```sh
      runner reproduce DIRECTORY   # repeats the run and compares every file of MANIFEST.sha256
      ```

      `resolved.yaml` beside this card holds every setting, `run.json` the versions of the programs, and \
      `MANIFEST.sha256` the hash of every result. Runs with the same identity have the same results on machines of \
      the same kind.

      \(MarkdownText.table(["What", "SHA-256"], rows))
      """
  }

  /// The weights of the run and of its folds or seeds, in order.
  private func weightFiles() throws -> [String] {
    let run = evidence.run
    let folders = [""] + RunParts.all(of: run).map { "\($0.name)/" }
    return folders.flatMap { folder in
      ["best", "last", "frozen"].map { "\(folder)weights/\($0).safetensors" }.filter(run.isFile)
    }
  }
}
