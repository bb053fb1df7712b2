import ExperimentConfig
import Export
import Files
import RunRecord

/// What was checked of an exported file, written beside it.
struct ExportCertificate {
  /// The largest difference between scores, relative to the largest score of the example, that passes.
  static let tolerance = 1e-4

  let path: String
  let run: String
  let summary: ONNXCheck.Summary
  let comparison: ExportComparison.Outcome

  func write() throws {
    let bytes = try JSONText.encode(JSONValue.object(try object()), pretty: true)
    try AtomicFile.write(bytes + [UInt8(ascii: "\n")], to: certificatePath)
  }

  private var certificatePath: String { "\(path).certificate.json" }

  private func object() throws -> [String: JSONValue] {
    let file = try OpenedFile(path)
    var object = details
    object["sha256"] = .string(try Digest.hex(of: file))
    object["bytes"] = .integer(file.size)
    return object
  }

  private var details: [String: JSONValue] {
    var object: [String: JSONValue] = [
      "file": .string(path.split(separator: "/").last.map(String.init) ?? path),
      "format": "onnx", "opset": .integer(summary.opset), "run": .string(run),
      "runner": .string(Version.runner),
      "structure": [
        "checked": true, "nodes": .integer(summary.nodes),
        "constants": .integer(summary.constants),
        "inputs": .object(summary.inputs.mapValues(JSONValue.string)),
        "outputs": .object(summary.outputs.mapValues(JSONValue.string)),
      ],
    ]
    switch comparison {
    case .skipped(let reason):
      object["compared"] = false
      object["reason"] = .string(reason)
    case .compared(let result):
      object["compared"] = true
      object["comparison"] = .object([
        "engine": .string(result.engine), "against": .string(result.reference),
        "split": .string(result.split), "examples": .integer(result.examples),
        "batches": .array(ExportComparison.batches.map(JSONValue.integer)),
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
    func lines(_ word: String, _ values: [String: String]) -> [String] {
      values.sorted { $0.key < $1.key }.map { "\(word) \($0.key): \($0.value)" }
    }
    var notes = ["operator set \(summary.opset), \(summary.nodes) nodes"]
    notes += lines("input", summary.inputs) + lines("output", summary.outputs)
    notes.append("structure checked; \(comparison.description)")
    notes.append("certificate: \(certificatePath)")
    var disagreement: String?
    if case .compared(let result) = comparison, !result.passes { disagreement = result.description }
    return ExportedFile(path: path, notes: notes, details: details, disagreement: disagreement)
  }
}
