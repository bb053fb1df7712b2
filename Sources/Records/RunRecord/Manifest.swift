import Files

/// `MANIFEST.sha256`: the hash of every result of a run that does not depend on the clock, in the
/// format of `sha256sum --check`.
///
/// Runs with equal identities have equal manifests. `experiment.yaml` and `resolved.yaml` are
/// therefore excluded: the same experiment can be spelled in many ways. What they mean is part of
/// the identity, which `summary.json` contains. Plots are excluded as well, since they show the
/// run's name and depend on the machine's gnuplot and fonts.
package enum Manifest {
  package static let name = "MANIFEST.sha256"

  /// Whether a file of the run, or of one of its parts, depends on the clock, the machine or the
  /// spelling.
  static func isExcluded(_ path: String) -> Bool {
    if let slash = path.firstIndex(of: "/"), RunParts.kind(path[..<slash]) != nil {
      return isExcluded(String(path[path.index(after: slash)...]))
    }
    return [
      name, "experiment.yaml", "resolved.yaml", "run.json", "timings.jsonl", "log.txt",
      "source.patch", "report.html", ".lock", ".worker.lock", RunAnnotations.name,
      RunAnnotations.lock,
    ].contains(path)
      || path.hasPrefix("plots/") || path.hasPrefix("checkpoints/")
      || path.hasPrefix("\(FinalCheckpoint.folder)/")
      || path.hasPrefix("slurm/") || path.hasPrefix("events.out.tfevents")
  }

  /// Hashes the files of a finished run, or of a finished fold or seed, and writes the manifest.
  ///
  /// - Returns: the manifest's own hash, which `run.json` records.
  @discardableResult
  package static func write(for run: RunDirectory) throws -> String {
    var text = ""
    for path in try run.folder.files() where !isExcluded(path) && !isTemporary(path) {
      text += line(try Digest.hex(of: run.open(path)), path)
    }
    try run.write(text, to: name)
    return Digest.hex(of: text.utf8)
  }

  /// A line as `sha256sum` writes it: special characters in the name are escaped, which a backslash
  /// at the start of the line marks.
  private static func line(_ hash: String, _ path: String) -> String {
    var escaped = ""
    for scalar in path.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return (escaped == path ? "" : "\\") + "\(hash)  \(escaped)\n"
  }

  /// Whether a file, or a directory on its path, was unfinished when its writer was killed.
  private static func isTemporary(_ path: String) -> Bool {
    path.split(separator: "/").contains { AtomicFile.isTemporary(String($0)) }
  }
}
