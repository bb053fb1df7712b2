import Diagnostics
import ExperimentConfig
import Files
import RunRecord
import Weights

/// The state dict by PyTorch's names, with metadata.
struct SafeTensorsExport: ExportFormat {
  static let name = "safetensors"
  static let doc =
    "The weights by PyTorch's names, with task, classes and transforms in the metadata."
  static let ending = "safetensors"

  func export(_ request: ExportRequest) async throws -> ExportedFile {
    let exported = ExportedModels(models: request.models)
    guard request.models.members.count == 1 else {
      throw InputError(
        "the run has \(request.models.members.count) models, and a file of weights holds one",
        hint: "export one of them: --fold 1, or --seed")
    }
    let entries = try exported.weights(request.models.members[0])
    let metadata = try exported.metadata()
    let pieces = try SafeTensors.encode(
      entries,
      metadata: Dictionary([("format", "pt")] + metadata.map { ($0.key, $0.value) }) { $1 })
    try AtomicFile.write(pieces, to: request.path)
    let values = entries.reduce(0) { $0 + $1.shape.reduce(1, *) }
    return ExportedFile(
      path: request.path,
      notes: ["\(entries.count) tensors, \(NumberText.grouped(values)) values"],
      details: ["tensors": .integer(entries.count), "values": .integer(values)],
      disagreement: nil)
  }
}
