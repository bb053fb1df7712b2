import ExperimentConfig
import Files
import Glibc

/// Runs that depend on other runs and cannot be resumed or reproduced without them.
package struct RunDependents: Sendable {
  /// Why a run needs another one.
  package enum Need: Sendable {
    /// Its initial weights come from the other run.
    case weights
    /// It continues the other run, and its result depends on how that one was trained.
    case parent
    /// It was trained to imitate the other run's model.
    case teacher
    /// It reads a file of the other run.
    case file
  }

  private struct Link {
    /// The path of a run or trial.
    let run: String
    let need: Need
    /// The real path of the file or run it needs.
    let target: String
  }

  private var links: [Link] = []

  /// Scans a folder of runs and sweeps.
  ///
  /// - Throws: ``FileError`` if it cannot be listed.
  package init(in folder: String) throws(FileError) {
    for name in try RunCatalog.names(in: folder) { add("\(folder)/\(name)") }
    for name in try SweepCatalog.names(in: folder) {
      let trials = "\(folder)/\(name)/trials"
      guard RunCatalog.isFolder(trials) else { continue }
      for trial in try RunCatalog.folders(in: trials) { add("\(trials)/\(trial)") }
    }
  }

  /// Adds a run with its folds or seeds.
  private mutating func add(_ path: String) {
    addRecord(path)
    for part in RunParts.all(of: RunDirectory(path: path)) { addRecord(part.path) }
  }

  private mutating func addRecord(_ path: String) {
    // An unreadable record refers to nothing.
    guard let bytes = try? RunDirectory(path: path).bytes(of: "run.json", limit: 1 << 26),
      let head = try? JSONText.decode(Head.self, from: bytes)
    else { return }
    if let file = head.weights?.path {
      links.append(Link(run: path, need: .weights, target: Self.realPath(file)))
    }
    // A continuation that equals uninterrupted training can be reproduced without its parent.
    if head.identifiedBy?.parent != nil, let parent = head.parent?.run {
      links.append(Link(run: path, need: .parent, target: Self.realPath(parent)))
    }
    for file in head.files ?? [] {
      guard let place = file.path else { continue }
      let isTeacher = file.key?.hasPrefix("teacher.") ?? false
      links.append(
        Link(run: path, need: isTeacher ? .teacher : .file, target: Self.realPath(place)))
    }
    for file in head.dataset?.files ?? [] {
      if let place = file.path {
        links.append(Link(run: path, need: .file, target: Self.realPath(place)))
      }
    }
  }

  /// The first run outside `removed` that needs one of them; `nil` if there is none.
  package func first(on removed: [String]) -> (run: String, needs: String, as: Need)? {
    let places = removed.map { (path: $0, real: Self.realPath($0)) }
    for link in links {
      let own = Self.realPath(link.run)
      if places.contains(where: { Self.lies(own, in: $0.real) }) { continue }
      if let place = places.first(where: { Self.lies(link.target, in: $0.real) }) {
        return (link.run, place.path, link.need)
      }
    }
    return nil
  }

  private static func lies(_ path: String, in folder: String) -> Bool {
    path == folder || path.hasPrefix(folder + "/")
  }

  /// The path with links resolved; unchanged if the file no longer exists.
  private static func realPath(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return PathResolution.absolute(path) }
    defer { free(found) }
    return String(cString: found)
  }

  private struct Head: Decodable {
    struct Weights: Decodable { var path: String? }
    struct Parent: Decodable { var run: String? }
    struct Identified: Decodable {
      struct Parent: Decodable {}

      var parent: Parent?
    }

    struct File: Decodable {
      var key: String?
      var path: String?
    }
    struct Dataset: Decodable { var files: [File]? }

    enum CodingKeys: String, CodingKey {
      case weights, parent, files, dataset
      case identifiedBy = "identified_by"
    }

    var weights: Weights?
    var parent: Parent?
    var files: [File]?
    var dataset: Dataset?
    var identifiedBy: Identified?
  }
}
