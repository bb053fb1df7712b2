import Cards
import ExperimentConfig
import RunRecord

/// The model card of a run.
struct CardFormat: RecordFormat {
  static let name = "card"
  static let doc =
    "The model card as Markdown, also of a run that was made before there were cards."

  func export(_ request: RecordRequest) async throws -> ExportedRecord {
    let run = try request.run(for: "a model card")
    let text = try ModelCard.text(of: run)
    let path = try request.write(text, as: "\(run.name)-card.md")
    return ExportedRecord(
      place: path, details: ["path": .string(path), "bytes": .integer(text.utf8.count)])
  }
}
