import ExperimentConfig
import Files
import Glibc
import RunRecord

/// The records of a run about a weights file in its directory.
package enum RecordedWeights {
  /// The run directory that contains the file, with links resolved; `nil` if there is none.
  static func run(of path: String) -> RunDirectory? {
    let words = real(path).split(separator: "/").map(String.init)
    guard words.count > 2, words[words.count - 2] == "weights" else { return nil }
    let run = RunDirectory(path: "/" + words.dropLast(2).joined(separator: "/"))
    return RunCatalog.isFile(run.file("run.json")) ? run : nil
  }

  /// The hash in the manifest of the run, or of the parent run of a fold or seed; `nil` if there is
  /// none.
  static func hash(of path: String, in run: RunDirectory) throws(FileError) -> String? {
    let name = real(path).split(separator: "/").last.map(String.init) ?? ""
    let entry = "weights/\(name)"
    if let hash = try Manifest.hash(of: entry, in: run) { return hash }
    return try Manifest.hash(of: "\(run.name)/\(entry)", in: RunDirectory(path: run.file("..")))
  }

  /// Checks that the file is the one that its run wrote, and that the run's directory still
  /// describes it.
  ///
  /// - Parameter sha256: the hash of the file.
  /// - Throws: ``InputError`` that describes the edit; ``FileError`` that names the file.
  package static func check(_ path: String, sha256: String) throws {
    guard let run = run(of: path) else { return }
    try RunVerification.check(run)
    if let recorded = try hash(of: path, in: run), recorded != sha256 {
      throw FileError(path: path, reason: Manifest.edited)
    }
  }

  /// The path with links resolved; the absolute path if it cannot be resolved.
  private static func real(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return PathResolution.absolute(path) }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
