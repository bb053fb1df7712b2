import Diagnostics
import ExperimentConfig
import Files
import Report
import RunRecord
import Tasks

/// `card.md`: what a model is, what it was trained on, how well it answers, and what its scores do not say. The
/// structure is that of Mitchell et al., Model Cards for Model Reporting (2019), with the headings of Hugging Face's
/// model cards.
///
/// A card depends on nothing but the records of its run, and only on those that the run's identity determines: it names
/// neither times nor paths nor machines. Runs with equal identities have equal cards, which are part of
/// `MANIFEST.sha256`.
package struct ModelCard {
  package static let name = RunDirectory.card

  let evidence: RunEvidence
  let task: any Task
  /// The task's contribution to the report.
  let report: TaskReport

  init(_ evidence: RunEvidence) {
    self.evidence = evidence
    task = evidence.task
    report = task.report(evidence.answers)
  }

  /// Writes the card of a run whose results are complete.
  ///
  /// - Throws: ``FileError`` if a file cannot be read or written.
  package static func write(for run: RunDirectory) throws { try write(RunEvidence(reading: run)) }

  /// Writes the card from evidence that was already read.
  package static func write(_ evidence: RunEvidence) throws {
    try evidence.run.write(ModelCard(evidence).text(), to: name)
  }

  /// The card of a finished run, without a front matter.
  ///
  /// - Throws: ``InputError`` if the run has not finished, or its files were edited or cannot be read.
  package static func text(of run: RunDirectory) throws -> String {
    let evidence = RunEvidence(reading: run)
    guard evidence.isFinished else {
      throw InputError(
        "'\(run.path)' has no model card: its status is \(evidence.status)",
        hint: "a card is written when the run finishes: runner resume \(run.path)")
    }
    if let edit = evidence.edits.first {
      throw InputError(
        "'\(run.path)' gets no model card: \(edit)", hint: "restore the file, or train again")
    }
    guard evidence.summary != .null else {
      throw InputError(
        "'\(run.path)' gets no model card: "
          + (evidence.problems.first { $0.hasPrefix("summary.json") } ?? "it has no summary.json"))
    }
    return try recorded(run) ?? ModelCard(evidence).text()
  }

  /// The card that was written when the run finished, perhaps by an earlier version; `nil` if there is none.
  ///
  /// - Throws: ``InputError`` if it was edited since.
  private static func recorded(_ run: RunDirectory) throws -> String? {
    guard run.isFile(name) else { return nil }
    let bytes = try run.bytes(of: name, limit: RecordFile.limit)
    if let hash = try Manifest.hashes(of: run)[name], Digest.hex(of: bytes) != hash {
      throw InputError(
        "'\(run.path)' gets no model card: \(name): \(Manifest.edited)",
        hint: "restore the file, or remove it to have it written again")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The whole card.
  func text() throws -> String {
    let sections: [(title: String, body: String)] = [
      ("Model details", details), ("Uses", uses), ("How to use the model", commands),
      ("Training data", data), ("Training procedure", procedure), ("Evaluation", evaluation),
      ("Limitations", limitations), ("Reproduction", try reproduction()),
    ]
    return "# Model card: \(MarkdownText.escaped(headline))\n\n" + alerts
      + sections.filter { !$0.body.isEmpty }.map { "## \($0.title)\n\n\($0.body)" }
      .joined(separator: "\n")
  }

  private var headline: String {
    let words = type(of: task).name.replacing("_", with: " ")
    return dataset.map { "\(words), \($0)" } ?? words
  }

  /// The data set that was used.
  var dataset: String? {
    evidence.summary["dataset"]?.text ?? evidence.info["dataset"]?["used"]?.text
  }

  /// Faults of the data that make scores misleading. Earlier versions recorded them among all warnings of a run only.
  var warnings: [String] {
    guard let found = evidence.data?.warnings else {
      return evidence.warnings.map(MarkdownText.sentence)
    }
    return found.map(MarkdownText.sentence) + leaks
  }

  /// What a reader must know before any score.
  private var alerts: String {
    var alerts: [String] = []
    if let (requested, used) = evidence.fallback {
      alerts.append(
        "This is not a model of `\(requested)`, which was not available: it was trained and scored on "
          + "`\(used)`.")
    }
    alerts += warnings
    alerts += Insights(evidence, report).all.filter { $0.topic == .divergence }
      .map { MarkdownText.sentence($0.text) }
    return alerts.map { "> **Warning:** \($0)\n\n" }.joined()
  }
}
