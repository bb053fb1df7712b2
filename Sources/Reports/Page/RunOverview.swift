import ExperimentConfig
import Files
import RunRecord
import Tasks

/// An overview of a run, as printed by `runner show`.
package struct RunOverview: Sendable {
  package struct Score: Sendable, Equatable {
    package var label: String
    package var validation: String
    package var test: String
  }

  package struct Fact: Sendable, Equatable {
    package var label: String
    package var value: String
  }

  package let name: String
  package let status: String
  package let path: String
  /// Failures, a fallback data set, warnings and missing files.
  package let notices: [String]
  package let scores: [Score]
  /// Which models and examples the scores of each split come from; empty for a single model.
  package let basis: [String]
  package let facts: [Fact]
  package let insights: [Insight]
  /// The run's notes.
  package let notes: [RunAnnotations.Note]
  /// The same content for programs.
  package let json: JSONValue

  package init(_ evidence: RunEvidence) {
    let content = PageContent.alerts(evidence)
    name = Clipped.text(evidence.name, 200)
    status = evidence.status
    path = evidence.run.path
    var problems = evidence.problems
    var annotations = RunAnnotations()
    do throws(FileError) {
      annotations = try RunAnnotations.read(in: evidence.run.folder)
    } catch {
      problems.append("\(error)")
    }
    notices = content.map { "\($0.heading): \($0.detail)" } + problems
    notes = annotations.notes
    scores = PageContent.scores(evidence).flatMap(\.rows).map {
      Score(label: $0.label, validation: $0.validation, test: $0.test)
    }
    let overrides = evidence.configuration?.overrides ?? []
    basis = ["validation", "test"].compactMap { split in
      evidence.basis(of: split).flatMap {
        $0.models > 1
          ? "\(split): \($0.modelsText), \(NumberText.grouped($0.examples)) examples" : nil
      }
    }
    let tags = annotations.tags.joined(separator: " ")
    facts =
      (tags.isEmpty ? [] : [Fact(label: "tags", value: tags)]) + Self.facts(evidence, overrides)
    insights = Insights(evidence, evidence.task.report(evidence.answers)).all
    json = [
      "run": .string(evidence.run.path), "status": .string(evidence.status),
      "status_note": evidence.statusNote.map(JSONValue.string) ?? .null,
      "info": evidence.info, "summary": evidence.summary,
      "validation": evidence.summary["validation"] ?? [:],
      "test": evidence.summary["test"] ?? [:],
      "overrides": .array(overrides.map(JSONValue.string)),
      "epochs": .integer(LearningCurve(evidence.epochs).epochs.count),
      "problems": .array(problems.map(JSONValue.string)),
      "tags": .array(annotations.tags.map(JSONValue.string)),
      "notes": .array(
        annotations.notes.map { ["time": .string($0.time), "text": .string($0.text)] }),
      "insights": .array(
        insights.map {
          [
            "topic": .string($0.topic.rawValue), "tone": .string($0.tone.rawValue),
            "text": .string($0.text),
          ]
        }),
    ]
  }

  private static func facts(_ evidence: RunEvidence, _ overrides: [String]) -> [Fact] {
    var facts: [Fact] = []
    func add(_ label: String, _ value: String?) {
      if let value, !value.isEmpty { facts.append(Fact(label: label, value: value)) }
    }
    add("overrides", evidence.configuration == nil ? nil : overrides.joined(separator: " "))
    if let best = evidence.bestEpochText {
      add(evidence.parts.isEmpty ? "best epoch" : "weights of epoch", best)
    } else if let last = evidence.epochs.last {
      add("last epoch", "\(last.epoch)")
    }
    if evidence.ends.count == 1 { add("ended", evidence.ends.first?.text) }
    add("continues", PageContent.continued(evidence.info))
    add("data set", evidence.info["dataset"]?["used"]?.text)
    add("seed", evidence.info["seed"]?.text)
    add("parameters", evidence.summary["parameters"]?["total"]?.integer.map(NumberText.grouped))
    if evidence.run.isFile(RunDirectory.card) {
      add("model card", evidence.run.file(RunDirectory.card))
    }
    add("device", evidence.info["device"]?.text)
    add(
      "started",
      evidence.info["started"]?.text.map { start in
        start + (evidence.duration.map { ", took \(RunTime.text($0))" } ?? "")
      })
    if let commit = evidence.info["git"]?["commit"]?.text {
      let isDirty = evidence.info["git"]?["dirty"]?.boolean ?? false
      add("git", commit.prefix(12) + (isDirty ? ", with changes" : ""))
    }
    return facts
  }
}
