import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
import RunRecord
import Tasks
import Transforms
import Weights

/// The model of a finished run, as the teacher of a training.
package struct TeacherPlan: Sendable {
  /// The run, by its absolute path.
  package let run: RunDirectory
  package let graph: Graph

  /// The file with the weights.
  package var weights: String { run.file(TeacherSettings.weights) }

  /// The model of a run.
  ///
  /// - Throws: ``InputError`` if the run has no model, or has been edited.
  package init(of run: RunDirectory) throws {
    guard run.isFile(TeacherSettings.weights) else {
      let part = RunParts.all(of: run).first
      throw InputError(
        "the run '\(run.path)' has no \(TeacherSettings.weights)",
        hint: part.map { "name one of its trainings: \($0.path)" } ?? "it has not finished")
    }
    self.run = RunDirectory(path: PathResolution.absolute(run.path))
    graph = try Self.plan(of: run).graph
  }

  /// Finds the teacher of an experiment and compares it with the experiment's own model.
  ///
  /// - Returns: `nil` if there is none, or if errors were reported: the run does not exist, or its classes,
  ///   inputs or transforms differ.
  static func make(
    _ experiment: Experiment, _ schema: DataSchema, _ loss: TrainingLoss, _ graph: Graph,
    _ pipeline: TransformPipeline?, runsDirectory: String, diagnostics: DiagnosticCollector
  ) -> TeacherPlan? {
    guard let settings = experiment.teacher else { return nil }
    do {
      try checkLoss(loss, settings)
      if let folds = experiment.data.split.folds {
        throw InputError(
          "a teacher has seen the examples that each of \(folds.count) folds holds out",
          at: settings.range, hint: "leave teacher or the folds out")
      }
      let run = try RunReference.resolve(settings.run, in: runsDirectory)
      let teacher = try TeacherPlan(of: run)
      let file = try teacher.file()
      try RecordedWeights.check(teacher.weights, sha256: file.sha256())
      _ = try file.match(teacher.graph, nil)
      try teacher.compare(schema, graph, pipeline, settings)
      return teacher
    } catch let error as InputError {
      for var diagnostic in error.diagnostics {
        diagnostic.range = diagnostic.range ?? settings.runRange
        diagnostics.report(diagnostic)
      }
    } catch {
      diagnostics.error("\(error)", at: settings.runRange)
    }
    return nil
  }

  /// The weights of the teacher.
  ///
  /// - Throws: ``InputError`` if they do not fit its model; ``FileError``.
  package func entries() throws -> [SafeTensors.Entry] {
    try file().entries(for: graph, nil).entries
  }

  private func file() throws -> StateDictFile { try StateDictFile(reading: weights) }

  private static func plan(of run: RunDirectory) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    guard
      let plan = Plan.make(of: run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    else {
      throw InputError("the experiment of '\(run.path)' is damaged: \(run.file("resolved.yaml"))")
    }
    return plan
  }

  private static func checkLoss(
    _ loss: TrainingLoss, _ settings: TeacherSettings
  ) throws(InputError) {
    guard loss.link == .softmax else {
      throw InputError(
        "a teacher is imitated by the probabilities of classes, which '\(loss.name)' does not have",
        at: settings.range, hint: "loss: cross_entropy has them")
    }
  }

  private func compare(
    _ schema: DataSchema, _ graph: Graph, _ pipeline: TransformPipeline?,
    _ settings: TeacherSettings
  ) throws {
    let plan = try Self.plan(of: run)
    func fail(_ message: String, _ hint: String? = nil) -> InputError {
      InputError(message, at: settings.runRange, hint: hint)
    }
    guard plan.loss.link == .softmax else {
      throw fail(
        "the teacher's outputs are not the scores of classes: its loss is '\(plan.loss.name)'")
    }
    let (ours, theirs) = (schema.target.kind.classes, plan.dataset.dataSchema.target.kind.classes)
    guard ours.count == theirs.count else {
      throw fail("the teacher has \(theirs.count) classes, the data \(ours.count)")
    }
    if let place = ours.indices.first(where: { ours[$0] != theirs[$0] }) {
      throw fail(
        "class \(place) is '\(theirs[place])' for the teacher and '\(ours[place])' in the data")
    }
    let (input, wanted) = (graph.inputs.map(\.shape), self.graph.inputs.map(\.shape))
    guard input == wanted else {
      throw fail(
        "the teacher takes inputs of \(Self.text(wanted)), the model gets \(Self.text(input))")
    }
    guard let pipeline, let other = plan.transforms else {
      throw fail(
        "the inputs are vectors, which each run standardises by its own training examples: the teacher "
          + "would be given others than it was trained on")
    }
    try compareNumbers(pipeline, other, fail)
  }

  /// Compares what is done to the numbers of an image; random transforms and crops may differ.
  private func compareNumbers(
    _ ours: TransformPipeline, _ theirs: TransformPipeline,
    _ fail: (String, String?) -> InputError
  ) throws {
    func numbers(_ pipeline: TransformPipeline) -> [TransformStep] {
      pipeline.steps.filter { step in
        switch step {
        case .scale, .normalize, .normalizeByTraining: true
        default: false
        }
      }
    }
    let (own, other) = (numbers(ours), numbers(theirs))
    if (own + other).contains(.normalizeByTraining) {
      throw fail(
        "'normalize: {fit: train}' depends on the training examples of each run, so the teacher and the "
          + "model might be given different numbers",
        "write the mean and std in both, such as those in the teacher's normalization.json")
    }
    guard own == other else {
      throw fail(
        "the teacher was trained on images that are normalised differently",
        "use the normalize of \(run.file("resolved.yaml"))")
    }
  }

  private static func text(_ shapes: [Shape]) -> String {
    shapes.map { "\($0)" }.joined(separator: ", ")
  }
}

extension FieldKind {
  /// The class names of a category; empty for other kinds.
  fileprivate var classes: [String] { if case .category(let names) = self { names } else { [] } }
}
