import ExperimentConfig
import Export
import Files
import RunRecord

/// What was checked of an exported model, written beside its file or into its folder.
struct ExportCertificate {
  /// The largest difference between scores, relative to the largest score of the example, that passes.
  static let tolerance = 1e-4

  /// The file or folder.
  let path: String
  let format: String
  let run: String
  /// What the certificate says besides, by its keys.
  let facts: [String: JSONValue]
  /// Lines about the file for people.
  let notes: [String]
  let comparison: ExportComparison.Outcome
  /// The files in the folder; `nil` if the model is one file.
  var files: [String]?

  /// The certificate of an ONNX file, whose structure has been checked.
  static func onnx(
    _ path: String, run: String, _ summary: ONNXCheck.Summary,
    _ comparison: ExportComparison.Outcome
  ) -> ExportCertificate {
    func lines(_ word: String, _ values: [String: String]) -> [String] {
      values.sorted { $0.key < $1.key }.map { "\(word) \($0.key): \($0.value)" }
    }
    return ExportCertificate(
      path: path, format: "onnx", run: run,
      facts: [
        "opset": .integer(summary.opset),
        "structure": [
          "checked": true, "nodes": .integer(summary.nodes),
          "constants": .integer(summary.constants),
          "inputs": .object(summary.inputs.mapValues(JSONValue.string)),
          "outputs": .object(summary.outputs.mapValues(JSONValue.string)),
        ],
      ],
      notes: ["operator set \(summary.opset), \(summary.nodes) nodes"]
        + lines("input", summary.inputs) + lines("output", summary.outputs)
        + ["structure checked; \(comparison.description)"], comparison: comparison)
  }

  func write() throws {
    let bytes = try JSONText.encode(JSONValue.object(try object()), pretty: true)
    try AtomicFile.write(bytes + [UInt8(ascii: "\n")], to: certificatePath)
  }

  private var certificatePath: String {
    files == nil ? "\(path).certificate.json" : "\(path)/certificate.json"
  }

  private func object() throws -> [String: JSONValue] {
    func facts(_ path: String) throws -> [String: JSONValue] {
      let file = try OpenedFile(path)
      return ["sha256": .string(try Digest.hex(of: file)), "bytes": .integer(file.size)]
    }
    guard let files else { return try details.merging(facts(path)) { first, _ in first } }
    var object = details
    object["files"] = .object(
      Dictionary(
        uniqueKeysWithValues: try files.map { ($0, .object(try facts("\(path)/\($0)"))) }))
    return object
  }

  private var details: [String: JSONValue] {
    var object = facts
    object["file"] = .string(path.split(separator: "/").last.map(String.init) ?? path)
    object["format"] = .string(format)
    object["run"] = .string(run)
    object["runner"] = .string(Version.runner)
    switch comparison {
    case .skipped(let reason):
      object["compared"] = false
      object["reason"] = .string(reason)
    case .compared(let result):
      object["compared"] = true
      object["comparison"] = .object([
        "engine": .string(result.engine), "against": .string(result.reference),
        "split": .string(result.split), "examples": .integer(result.examples),
        "batches": .array(result.batches.map(JSONValue.integer)),
        "output": .string(result.output), "decisions": .integer(result.decisions),
        "same_decisions": .integer(result.same),
        "largest_difference": result.difference.map(JSONValue.number) ?? .null,
        "largest_relative_difference": result.relative.map(JSONValue.number) ?? .null,
        "tolerance": .number(result.tolerance), "passed": .boolean(result.passes),
      ])
    }
    return object
  }

  /// The file for the command.
  var exportedFile: ExportedFile {
    var notes = notes
    notes.append("certificate: \(certificatePath)")
    var disagreement: String?
    if case .compared(let result) = comparison, !result.passes { disagreement = result.description }
    return ExportedFile(path: path, notes: notes, details: details, disagreement: disagreement)
  }
}
