import ExperimentConfig
import Files
import Graph
import RunRecord
import Tasks

extension PageContent {
  /// The content of a run's page.
  init(_ evidence: RunEvidence) {
    self.init()
    let curve = LearningCurve(evidence.epochs)
    let task = evidence.task
    let report = task.report(evidence.answers)
    let plots = EmbeddedPlots(
      evidence.run, task, leavingOut: Self.omitted(curve, report, of: task))
    let recorded = RunFiles(evidence.run)
    name = Clipped.text(evidence.name, 200)
    directory = Clipped.text(evidence.directoryName, 300)
    title = "\(Clipped.text(evidence.name, 60)) · run report"
    status = evidence.status
    statusStyle =
      switch evidence.status {
      case "finished": "good"
      case "failed": "bad"
      default: "warn"
      }
    facts = Self.facts(evidence)
    problems = evidence.problems + plots.problems + recorded.problems
    do throws(FileError) {
      let annotations = try RunAnnotations.read(in: evidence.run.folder)
      tags = annotations.tags
      notes = annotations.notes.map { Note(time: $0.time, text: Clipped.text($0.text, 2_000)) }
    } catch {
      problems.append("\(RunAnnotations.name): \(error.reason)")
    }
    alerts = Self.alerts(evidence)
    cards = Self.cards(evidence)
    insights = Insights(evidence, report).all.map(Self.remark)
    scores = Self.scores(evidence)
    parts = Self.parts(evidence) + Self.trainSample(evidence)
    charts = Self.charts(curve, evidence, drawn: plots)
    figures = plots.plots.map {
      Figure(
        caption: $0.caption, address: $0.address,
        style: ["mistakes", "first_layer"].contains($0.name) ? "wide" : "")
    }
    missingPlots = Self.missing(plots)
    sections =
      Self.sections(report, policy: task.policy) + Self.explanations(evidence)
      + Self.map(evidence)
    overrides = evidence.configuration?.overrides ?? []
    configuration = (evidence.configuration?.lines ?? []).map(Self.line)
    model = [Self.model(LayerTable(evidence.run))].filter { !$0.rows.isEmpty || !$0.note.isEmpty }
    environment = Self.environment(evidence)
    files = recorded.files.map {
      FileRow(path: $0.path, size: $0.size.map(ByteCount.text) ?? "missing", hash: $0.hash ?? "")
    }
    filesNote =
      recorded.omitted > 0 ? ["\(NumberText.grouped(recorded.omitted)) more files"] : []
    footer = "Written by runner \(Version.runner) from the contents of this directory."
  }

  /// The plots that would add nothing: a constant learning rate, which is in the configuration, and what the task shows
  /// as a table.
  private static func omitted(
    _ curve: LearningCurve, _ report: TaskReport, of task: any Task
  ) -> Set<String> {
    let isTabulated = report.sections.contains { section in
      section.blocks.contains { if case .heat = $0 { true } else { false } }
    }
    var omitted = Set(
      isTabulated ? (type(of: task) as? any TabulatedFigures.Type)?.tabulated ?? [] : [])
    if Set(curve.points("lr").map(\.value)).count == 1 { omitted.insert("learning_rate") }
    return omitted
  }

  private static func missing(_ plots: EmbeddedPlots) -> [String] {
    if plots.missing.isEmpty { return [] }
    let remedy = " 'runner report RUN --plots' draws them."
    if plots.plots.isEmpty {
      return ["This run has no plots; any curves were drawn from metrics.jsonl." + remedy]
    }
    return ["Plots missing from this run: " + plots.missing.joined(separator: ", ") + "." + remedy]
  }

  private static func facts(_ evidence: RunEvidence) -> [String] {
    var facts: [String] = []
    if let dataset = evidence.info["dataset"]?["used"]?.text { facts.append(dataset) }
    if let seed = evidence.info["seed"]?.text { facts.append("seed \(seed)") }
    if let started = evidence.info["started"]?.text { facts.append("started \(started)") }
    if let seconds = evidence.duration { facts.append("took \(RunTime.text(seconds))") }
    return facts
  }

  static func alerts(_ evidence: RunEvidence) -> [Alert] {
    var alerts: [Alert] = []
    switch evidence.status {
    case "finished": break
    case "running":
      alerts.append(
        Alert(
          style: "warn", heading: "This run has not finished",
          detail: (evidence.statusNote.map { "Its status is \($0). " }
            ?? "It was running when this page was written. ")
            + "The numbers cover the epochs so far."))
    case "unknown":
      alerts.append(
        Alert(
          style: "bad", heading: "The status of this run is unknown",
          detail: "run.json is missing or damaged."))
    default:
      alerts.append(
        Alert(
          style: evidence.status == "failed" ? "bad" : "warn",
          heading: "This run \(evidence.status == "failed" ? "failed" : "was \(evidence.status)")",
          detail: evidence.info["failure"]?.text ?? "run.json gives no reason."))
    }
    if let (requested, used) = evidence.fallback {
      alerts.append(
        Alert(
          style: "bad", heading: "Not the requested data set",
          detail: "‘\(requested)’ was not available; everything here was computed on ‘\(used)’. "
            + "The numbers say nothing about ‘\(requested)’."))
    }
    alerts += evidence.warnings.map { Alert(style: "warn", heading: "Warning", detail: $0) }
    return alerts
  }

  private static func remark(_ insight: Insight) -> Remark {
    let mark =
      switch insight.tone {
      case .good: "✓"
      case .neutral: "•"
      case .warning: "!"
      }
    return Remark(style: insight.tone.rawValue, mark: mark, text: insight.text)
  }

  private static func charts(
    _ curve: LearningCurve, _ evidence: RunEvidence, drawn: EmbeddedPlots
  ) -> [Chart] {
    let best = evidence.bestEpoch
    let primary = evidence.primary
    let name = label(primary)
    let wanted = [
      ("loss", "Loss", "train_loss", "val_loss"),
      (
        primary, name.prefix(1).uppercased() + name.dropFirst(), "train_\(primary)",
        "val_\(primary)"
      ),
      ("learning_rate", "Learning rate", "lr", ""),
    ]
    return wanted.compactMap { name, caption, train, validation in
      if drawn.contains(name) { return nil }
      let series = [
        CurveDrawing.Series(style: "train", points: curve.points(train)),
        CurveDrawing.Series(style: "val", points: curve.points(validation)),
      ]
      // A constant learning rate is in the configuration.
      if name == "learning_rate", Set(series[0].points.map(\.value)).count < 2 { return nil }
      return CurveDrawing.svg(caption, series, best: name == "learning_rate" ? nil : best)
        .map { Chart(caption: caption, svg: $0) }
    }
  }

  private static func line(_ line: ResolvedText.Line) -> ConfigurationLine {
    let (style, origin) =
      switch line.kind {
      case .file: ("", line.origin)
      case .default: ("dim", line.origin)
      case .decided: ("decided", line.origin)
      case .overridden: ("changed", line.origin)
      }
    return ConfigurationLine(text: line.text, origin: origin, style: style)
  }

  private static func model(_ table: LayerTable) -> Model {
    let isGraph = !table.inputs.isEmpty
    return Model(
      heading: isGraph ? ["Node", "Layer", "Output"] : ["Tensor", "Type", "Shape"],
      note: table.problem.map { [$0 + "."] } ?? [], isGraph: isGraph,
      inputs: table.inputs.map { InputRow(name: $0.name, shape: $0.shape.description) },
      rows: table.rows.map { row in
        LayerRow(
          path: row.path, layer: row.layer, from: row.from.isEmpty ? [] : [row.from],
          output: row.output,
          parameters: row.parameters == 0 ? "" : NumberText.grouped(row.parameters),
          share: row.parameters == 0
            ? [] : [Int((Double(row.parameters) / Double(max(table.total, 1)) * 100).rounded())])
      },
      total: NumberText.grouped(table.total) + " parameters"
        + (table.flops.map {
          ", \(NumberText.grouped($0)) FLOPs for the forward pass of one example"
        } ?? ""))
  }
}

/// Formats durations.
package enum RunTime {
  /// Whole seconds as recorded: `7 s`, `12 min 5 s`, `3 h 20 min`.
  package static func text(_ seconds: Int) -> String {
    if seconds < 0 { return "–" }
    return seconds < 60 ? "\(seconds) s" : NumberText.duration(Double(seconds))
  }
}
