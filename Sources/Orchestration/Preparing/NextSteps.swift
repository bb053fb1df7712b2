import Files
import FoundationEssentials
import Reporting
import RunRecord

/// What can be done next in a folder: its latest run, its experiments, and data without an experiment.
package enum NextSteps {
  /// The text that the program prints without arguments, in lines of a command and what it does.
  ///
  /// - Parameter folder: the working directory.
  package static func text(in folder: String) -> String {
    let experiments = experiments(in: folder)
    let data = data(in: folder)
    var commands = latest(in: folder)
    commands += experiments.prefix(5).map { ("runner \($0)", "trains it") }
    if let first = experiments.first {
      commands.append(("runner check \(first)", "its errors and shapes, without training"))
    }
    commands += data.prefix(3).map { ("runner init --data \($0)", "writes an experiment for it") }
    if experiments.isEmpty, data.isEmpty {
      commands.append(
        ("runner init --data FOLDER_OR_CSV", "writes an experiment for your own data"))
      commands.append(("runner init", "templates of experiments"))
    }
    commands.append(("runner --help", "all commands"))
    let width = commands.map(\.command.count).max() ?? 0
    return commands.map { command, purpose in
      let pad = String(repeating: " ", count: width - command.count)
      return "  \(command)\(pad)  \(purpose)\n"
    }.joined()
  }

  private typealias Step = (command: String, purpose: String)

  private static func latest(in folder: String) -> [Step] {
    let runs = folder + "/runs"
    guard RunCatalog.isFolder(runs), let name = try? RunCatalog.names(in: runs).first else {
      return []
    }
    let entry = RunCatalog.entry(name: name, path: "\(runs)/\(name)")
    switch RunInfo.Status(rawValue: entry.status) {
    case .finished: return [("runner show latest", name), ("runner list", "all runs")]
    case .running: return [("runner list", "\(name) is running")]
    default:
      return [("runner resume latest", "continues \(name)"), ("runner list", "all runs")]
    }
  }

  /// The YAML files of the folder and of `experiments/` that have a model.
  private static func experiments(in folder: String) -> [String] {
    ["", "experiments/"].flatMap { below in
      names(in: folder + "/" + below)
        .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        .map { below + $0 }
        .filter { hasModel("\(folder)/\($0)") }
    }
  }

  private static func hasModel(_ path: String) -> Bool {
    guard let bytes = try? FileReading.bytes(of: path, limit: 1 << 20) else { return false }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).contains {
      $0.hasPrefix("model:") || $0.hasPrefix("extends:")
    }
  }

  /// Tables, and folders that hold at least two folders, which may be classes.
  private static func data(in folder: String) -> [String] {
    names(in: folder).filter { name in
      let path = "\(folder)/\(name)"
      if RunCatalog.isFile(path) { return name.hasSuffix(".csv") || name.hasSuffix(".tsv") }
      if ["runs", "experiments"].contains(name) || !RunCatalog.isFolder(path) { return false }
      return names(in: path).prefix(20).filter { RunCatalog.isFolder("\(path)/\($0)") }.count >= 2
        && hasImage(below: path)
    }
  }

  /// Whether one of the first folders below has a file that looks like an image.
  private static func hasImage(below path: String) -> Bool {
    let endings = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"]
    func images(_ folder: String) -> Bool {
      names(in: folder).prefix(20).contains { name in
        endings.contains { name.lowercased().hasSuffix($0) }
      }
    }
    return names(in: path).prefix(3).contains { name in
      let inner = "\(path)/\(name)"
      return images(inner) || names(in: inner).prefix(3).contains { images("\(inner)/\($0)") }
    }
  }

  /// The names of a folder's visible entries in order; none if it cannot be read.
  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
  }
}
