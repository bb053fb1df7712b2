import ExperimentConfig
import Files
import Planning

/// The JSON Schema beside an experiment, which editors complete and explain keys with.
package enum EditorSchema {
  /// In the folder of the experiment.
  package static let fileName = "runner.schema.json"

  /// The comment, without its `#`, by which editors that use yaml-language-server find the schema. The path is
  /// relative, so that the experiment and the schema can be moved and shared together.
  static let headerLine = "yaml-language-server: $schema=\(fileName)"

  /// Writes the schema unless it is there already.
  ///
  /// - Parameters:
  ///   - path: from the root.
  ///   - shown: what the user calls the file.
  /// - Throws: `InputError` if there is another file of this name; `FileError` if it cannot be written.
  static func write(to path: String, shown: String) throws {
    let text =
      String(decoding: try JSONText.encode(JSONSchema.make(.standard)), as: UTF8.self) + "\n"
    if (try? FileReading.bytes(of: path, limit: 1 << 26)) == Array(text.utf8) { return }
    try NewFile.write(text, to: path, shown: shown)
  }
}
