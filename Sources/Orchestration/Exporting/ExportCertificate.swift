import ExperimentConfig
import Export
import Files
import RunRecord

/// What was checked of an exported file, written beside it.
struct ExportCertificate {
  let path: String
  let run: String
  let summary: ONNXCheck.Summary
  let comparison: ExportComparison.Outcome
  /// What quantisation did; `nil` for a model of floats.
  var quantization: Quantized?

  /// What was quantised, and how.
  struct Quantized {
    /// The training examples that values were measured on.
    let examples: Int
    /// The bytes of the same model of floats.
    let floatBytes: Int
  }

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
      "format": .string(quantization == nil ? "onnx" : "int8"), "opset": .integer(summary.opset),
      "run": .string(run),
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
      var comparison = Self.json(result)
      comparison["tolerance"] = .number(result.tolerance)
      comparison["passed"] = .boolean(result.passes)
      object["compared"] = true
      object["comparison"] = .object(comparison)
    case .scored(let result, let loss):
      object["compared"] = true
      object["comparison"] = .object(Self.json(result))
      object["loss"] = loss?.json ?? .null
    }
    if let quantization {
      object["quantization"] = [
        "weights": "int8 per channel", "activations": "uint8",
        "calibration_examples": .integer(quantization.examples),
        "float_bytes": .integer(quantization.floatBytes),
      ]
    }
    return object
  }

  private static func json(_ result: ExportAgreement) -> [String: JSONValue] {
    var object: [String: JSONValue] = [
      "engine": .string(result.engine), "against": .string(result.reference),
      "split": .string(result.split), "examples": .integer(result.examples),
      "batches": .array(ExportComparison.batches.map(JSONValue.integer)),
      "output": .string(result.output), "decisions": .integer(result.decisions),
      "same_decisions": .integer(result.same),
      "largest_difference": result.difference.map(JSONValue.number) ?? .null,
      "largest_relative_difference": result.relative.map(JSONValue.number) ?? .null,
    ]
    if let pixels = result.pixels { object["largest_difference_pixels"] = .number(pixels) }
    return object
  }

  /// The file for the command.
  var exportedFile: ExportedFile {
    func lines(_ word: String, _ values: [String: String]) -> [String] {
      values.sorted { $0.key < $1.key }.map { "\(word) \($0.key): \($0.value)" }
    }
    var notes = ["operator set \(summary.opset), \(summary.nodes) nodes"]
    notes += lines("input", summary.inputs) + lines("output", summary.outputs)
    if let quantization, let size = try? OpenedFile(path).size {
      let factor = NumberText.fixed(Double(quantization.floatBytes) / Double(max(size, 1)), 1)
      notes.append(
        "\(factor) times smaller than with floats (\(ByteCount.text(quantization.floatBytes))); ranges measured on "
          + "\(NumberText.grouped(quantization.examples)) training examples")
    }
    var disagreement: String?
    switch comparison {
    case .skipped(let reason):
      let what = quantization == nil ? "answers not compared" : "what it costs was not measured"
      notes.append("structure checked; \(what): \(reason)")
    case .compared(let result):
      notes.append("structure checked; \(result)")
      if !result.passes { disagreement = result.description }
    case .scored(let result, let loss):
      notes.append("structure checked; \(result)")
      if let loss { notes.append("\(loss)") }
    }
    notes.append("certificate: \(certificatePath)")
    return ExportedFile(path: path, notes: notes, details: details, disagreement: disagreement)
  }
}
