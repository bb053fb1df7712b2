import ExperimentConfig
import Export
import Files
import RunRecord

/// What was checked of an exported model, written beside its file or into its folder.
struct ExportCertificate {
  /// The file or folder.
  let path: String
  let format: String
  let run: String
  /// What the certificate says besides, by its keys.
  let facts: [String: JSONValue]
  /// Lines about the model for people.
  let notes: [String]
  let comparison: ExportComparison.Outcome
  /// The files in the folder; `nil` if the model is one file.
  var files: [String]?

  /// What was quantised, and how.
  struct Quantized {
    /// The training examples that values were measured on.
    let examples: Int
    /// The bytes of the same model of floats.
    let floatBytes: Int
  }

  /// The certificate of an ONNX file, whose structure has been checked.
  ///
  /// - Parameter quantization: what quantisation did; `nil` for a model of floats.
  /// - Throws: `FileError` if the file cannot be opened any more.
  static func onnx(
    _ path: String, run: String, _ summary: ONNXCheck.Summary, _ quantization: Quantized?,
    _ comparison: ExportComparison.Outcome
  ) throws -> ExportCertificate {
    func lines(_ word: String, _ values: [String: String]) -> [String] {
      values.sorted { $0.key < $1.key }.map { "\(word) \($0.key): \($0.value)" }
    }
    var facts: [String: JSONValue] = [
      "opset": .integer(summary.opset),
      "structure": [
        "checked": true, "nodes": .integer(summary.nodes),
        "constants": .integer(summary.constants),
        "inputs": .object(summary.inputs.mapValues(JSONValue.string)),
        "outputs": .object(summary.outputs.mapValues(JSONValue.string)),
      ],
    ]
    var notes = ["operator set \(summary.opset), \(summary.nodes) nodes"]
    notes += lines("input", summary.inputs) + lines("output", summary.outputs)
    var found = comparison.notes
    if let quantization {
      facts["quantization"] = [
        "weights": "int8 per channel", "activations": "uint8",
        "calibration_examples": .integer(quantization.examples),
        "float_bytes": .integer(quantization.floatBytes),
      ]
      let size = try OpenedFile(path).size
      let factor = NumberText.fixed(Double(quantization.floatBytes) / Double(max(size, 1)), 1)
      notes.append(
        "\(factor) times smaller than with floats (\(ByteCount.text(quantization.floatBytes))); ranges measured "
          + "on \(NumberText.grouped(quantization.examples)) training examples")
      if case .skipped(let reason) = comparison {
        found = ["what it costs was not measured: \(reason)"]
      }
    }
    return ExportCertificate(
      path: path, format: quantization == nil ? "onnx" : "int8", run: run, facts: facts,
      notes: notes + ["structure checked; \(found[0])"] + found.dropFirst(),
      comparison: comparison)
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
    return object
  }

  private static func json(_ result: ExportAgreement) -> [String: JSONValue] {
    var object: [String: JSONValue] = [
      "engine": .string(result.engine), "against": .string(result.reference),
      "split": .string(result.split), "examples": .integer(result.examples),
      "batches": .array(result.batches.map(JSONValue.integer)),
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
    var disagreement: String?
    if case .compared(let result) = comparison, !result.passes { disagreement = result.description }
    return ExportedFile(
      path: path, notes: notes + ["certificate: \(certificatePath)"], details: details,
      disagreement: disagreement)
  }
}
