import Diagnostics
import ExperimentConfig
import Files
import RunRecord

extension LoadedExperiment {
  /// The files besides data and weights that the result depends on, with their hashes.
  ///
  /// - Throws: ``InputError`` at the line that names a file that cannot be read.
  package func decidingFiles() throws -> [RunInfo.File] {
    try resolved.decidingPaths.map { named in
      do throws(FileError) {
        return RunInfo.File(
          key: named.key, path: named.path, sha256: try Digest.hex(ofFile: named.path))
      } catch {
        throw InputError("\(error)", at: named.range)
      }
    }
  }
}

extension [RunInfo.File] {
  /// The hashes by key, as an identity takes them.
  package var hashes: [String: String] {
    Dictionary(map { ($0.key, $0.sha256) }) { first, _ in first }
  }
}
