import Diagnostics
import ExperimentConfig
import Files
import RunRecord

extension LoadedExperiment {
  /// The files besides data and weights on which the result depends, with their hashes.
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
  /// The hashes by key, in the form that an identity expects.
  package var hashes: [String: String] {
    Dictionary(map { ($0.key, $0.sha256) }) { first, _ in first }
  }
}
