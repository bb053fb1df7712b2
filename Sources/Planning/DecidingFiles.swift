import Diagnostics
import ExperimentConfig
import Files
import RunRecord

extension LoadedExperiment {
  /// The files besides data and weights on which the result depends, with their hashes.
  ///
  /// - Throws: ``InputError`` at the line that names a file that cannot be read.
  package func decidingFiles() throws -> [RunInfo.File] {
    try (resolved.decidingPaths.map { ($0.key, $0.path, $0.range) } + teacherFiles).map {
      key, path, range in
      do throws(FileError) {
        return RunInfo.File(key: key, path: path, sha256: try Digest.hex(ofFile: path))
      } catch {
        throw InputError("\(error)", at: range)
      }
    }
  }

  /// What the teacher is made of: its weights, and the experiment with its model.
  private var teacherFiles: [(key: String, path: String, range: SourceRange?)] {
    guard let teacher = experiment.teacher else { return [] }
    return [TeacherSettings.weights, "resolved.yaml"].map { name in
      ("teacher.run/\(name)", "\(teacher.run)/\(name)", teacher.runRange)
    }
  }
}

extension [RunInfo.File] {
  /// The hashes by key, in the form that an identity expects.
  package var hashes: [String: String] {
    Dictionary(map { ($0.key, $0.sha256) }) { first, _ in first }
  }
}
