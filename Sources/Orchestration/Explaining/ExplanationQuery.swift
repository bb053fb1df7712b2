import DataSchema
import Datasets
import Diagnostics
import ImageColor
import Planning
import Reporting
import RunRecord
import WorkerProtocol

/// One call of `runner explain`: what to explain, of which model, and how.
package struct ExplanationQuery {
  /// What to explain.
  package enum Subject {
    /// Files of pictures, or of tables.
    case files([String])
    /// The most confidently wrong examples of the run's own data.
    case worst(Int, of: PredictionRequest.Examples.Split)
  }

  let subject: Subject
  let models: PredictionModels
  let environment: [String: String]
  /// The methods, in the order of the output; `nil` for what suits the model.
  package var methods: [ExplanationRequest.Method]?
  /// The class, label or number to explain; `nil` for the predicted one.
  package var label: String?
  /// How maps of pictures are made; its methods are those of ``methods``.
  package var settings = ExplanationRequest.Settings([])
  /// Shows through transparent pictures.
  package var background = Background.white
  /// Inverts pictures of files first.
  package var isInverted = false
  /// The folder to write to.
  package var folder = "explanations"
  package var printsJSON = false

  /// - Throws: ``InputError`` if the run has no such model.
  package init(
    _ subject: Subject, of run: RunDirectory, weights: String, _ choice: PredictionModels.Choice,
    environment: [String: String]
  ) throws {
    self.subject = subject
    self.environment = environment
    if case .any = choice, let first = RunParts.all(of: run).first,
      let kind = RunParts.kind(first.name)
    {
      throw InputError(
        "the run '\(run.path)' has a model for each \(kind), and an explanation is about one",
        hint: "--\(kind) N selects it")
    }
    let split: PredictionRequest.Examples.Split? =
      if case .worst(_, let split) = subject { split } else { nil }
    models = try PredictionModels(run, weights: weights, part: choice, split: split)
  }

  /// Explains by what the model takes: pictures by maps of their pixels.
  ///
  /// - Throws: ``InputError`` if the model takes neither, or an option does not suit it.
  package func answer() async throws {
    guard models.plan.transforms != nil else {
      throw InputError(
        "the run's model takes \(models.plan.dataset.dataSchema.input.kind), and only answers for pictures "
          + "can be explained")
    }
    try await PictureExplanation(self).answer()
  }
}
