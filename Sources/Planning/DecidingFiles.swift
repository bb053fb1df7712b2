import Diagnostics
import ExperimentConfig
import Files
import RunRecord
import Weights

extension LoadedExperiment {
  /// The files besides data, weights and TorchScript on which the result depends, with their hashes.
  ///
  /// - Throws: ``InputError`` at the line that names a file that cannot be read.
  func decidingFiles() throws -> [RunInfo.File] {
    try resolved.decidingPaths.map { try Self.file($0.key, $0.path, at: $0.range) }
      + teacherFiles()
  }

  /// What the teacher is made of: its weights, also the frozen ones, and the experiment with its model.
  private func teacherFiles() throws -> [RunInfo.File] {
    guard let teacher = experiment.teacher else { return [] }
    let frozen = ["weights/\(FrozenTensors.fileName)"].filter(
      RunDirectory(path: teacher.run).isFile)
    return try ([TeacherSettings.weights] + frozen + ["resolved.yaml"]).map { name in
      try Self.file("teacher.run/\(name)", "\(teacher.run)/\(name)", at: teacher.runRange)
    }
  }

  private static func file(
    _ key: String, _ path: String, at range: SourceRange?
  ) throws -> RunInfo.File {
    do throws(FileError) {
      return RunInfo.File(key: key, path: path, sha256: try Digest.hex(ofFile: path))
    } catch {
      throw InputError("\(error)", at: range)
    }
  }
}

extension [RunInfo.File] {
  /// The hashes by key, in the form that an identity expects.
  package var hashes: [String: String] {
    Dictionary(map { ($0.key, $0.sha256) }) { first, _ in first }
  }
}
