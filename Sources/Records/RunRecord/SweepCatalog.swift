import ExperimentConfig
import Files
import TaskRegistry

/// The sweeps in a folder of runs: directories with a `sweep.json`.
package enum SweepCatalog {
  package static let file = "sweep.json"

  package static func isSweep(_ path: String) -> Bool {
    RootedDirectory(path).isFile(file)
  }

  /// The names of the sweeps in a folder, newest first.
  package static func names(in folder: String) throws(FileError) -> [String] {
    try RunCatalog.folders(in: folder).filter { isSweep("\(folder)/\($0)") }
      .sorted { (RunName($0).time ?? "", $0) > (RunName($1).time ?? "", $1) }
  }

  /// The most recent results of a sweep; `nil` if there are none yet.
  package static func table(of path: String) -> SweepTable? {
    guard let bytes = try? RootedDirectory(path).bytes(of: SweepTable.name, limit: 1 << 28)
    else { return nil }
    return SweepTable(csv: String(decoding: bytes, as: UTF8.self))
  }

  /// The directory of a trial, which exists as soon as the trial has started.
  package static func trial(_ number: Int, of path: String) throws(FileError) -> RunDirectory? {
    let folder = RootedDirectory(path).directory("trials")
    let name = try folder.names().first { $0.hasPrefix("\(number)-") && !$0.contains(".") }
    return name.map { RunDirectory(folder.directory($0)) }
  }

  /// The listing entry of a sweep: its progress and best trial.
  package static func entry(name: String, path: String) -> RunCatalog.Entry {
    var entry = RunCatalog.Entry(name: name, path: path)
    guard let bytes = try? RootedDirectory(path).bytes(of: file, limit: 1 << 28),
      let head = try? JSONText.decode(Head.self, from: bytes)
    else {
      entry.damage = "\(path)/\(file): is not in the expected format"
      return entry
    }
    entry.experiment = head.name
    entry.started = head.started
    let table = table(of: path)
    let ended = table.map { $0.count("finished") + $0.count("stopped") } ?? 0
    entry.status = "\(ended)/\(table?.rows.count ?? head.trials.count) trials"
    if let best = table?.best {
      entry.epochs = best.epochs
      entry.validationLoss = best.scores["validation_loss"]
      let key = TaskRegistry.primaries.first { best.scores["validation_\($0)"] != nil }
      entry.setPrimary(key, nil)
      entry.validationScore = best.scores["validation_\(entry.primary)"]
      entry.testScore = best.scores["test_\(entry.primary)"]
    }
    return entry
  }

  private struct Head: Decodable {
    struct Trial: Decodable {}

    var name: String
    var started: String?
    var trials: [Trial]
  }
}
