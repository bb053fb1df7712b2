import ExperimentConfig
import Files
import Glibc

/// Runs whose records name files of other runs: without those they cannot be resumed or reproduced.
package struct RunDependents: Sendable {
  /// By path of a run or trial: the real path of the weights that it began with.
  private var weights: [(run: String, file: String)] = []

  /// Looks through a folder of runs and sweeps.
  ///
  /// - Throws: ``FileError`` where it cannot be listed.
  package init(in folder: String) throws(FileError) {
    for name in try RunCatalog.names(in: folder) { add("\(folder)/\(name)") }
    for name in try SweepCatalog.names(in: folder) {
      let trials = "\(folder)/\(name)/trials"
      guard RunCatalog.isFolder(trials) else { continue }
      for trial in try RunCatalog.folders(in: trials) { add("\(trials)/\(trial)") }
    }
  }

  private mutating func add(_ path: String) {
    // A record that cannot be read names nothing.
    guard let bytes = try? RunDirectory(path: path).bytes(of: "run.json", limit: 1 << 26),
      let file = (try? JSONText.decode(Head.self, from: bytes))?.weights?.path
    else { return }
    weights.append((path, Self.realPath(file)))
  }

  /// The first run outside `removed` that began with weights inside one of them; `nil` if there is none.
  package func first(on removed: [String]) -> (run: String, needs: String)? {
    let places = removed.map { (path: $0, real: Self.realPath($0)) }
    for (run, file) in weights {
      let own = Self.realPath(run)
      if places.contains(where: { Self.lies(own, in: $0.real) }) { continue }
      if let place = places.first(where: { Self.lies(file, in: $0.real) }) {
        return (run, place.path)
      }
    }
    return nil
  }

  private static func lies(_ path: String, in folder: String) -> Bool {
    path == folder || path.hasPrefix(folder + "/")
  }

  /// Without links; as it is written where there is no such file any more.
  private static func realPath(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return PathResolution.absolute(path) }
    defer { free(found) }
    return String(cString: found)
  }

  private struct Head: Decodable {
    struct Weights: Decodable { var path: String? }

    var weights: Weights?
  }
}
