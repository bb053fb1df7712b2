import DataSchema
import ExperimentConfig
import Figures
import PNGImage

/// A prediction task: which targets it accepts, what a model must output for them, and how the
/// outputs are decided, measured and recorded. All other code works with any task without knowing
/// which it is.
package protocol Task: Sendable {
  /// The name used in experiments, such as `classification`.
  static var name: String { get }
  /// One sentence of user documentation.
  static var doc: String { get }
  /// Explains how the scores are computed; shown with every table of scores.
  static var policy: String { get }
  /// The metrics available in experiments.
  static var metrics: [any Metric.Type] { get }
  /// The default loss, in experiment syntax.
  static var defaultLoss: String { get }
  /// The default metrics, in experiment syntax.
  static var defaultMetrics: String { get }

  /// - Returns: `nil` if the task does not accept targets of this kind.
  init?(_ target: DataField)

  /// Creates the task for predictions with these columns when nothing else is known: classes and
  /// the like are named by their numbers.
  init(layout: PredictionLayout)

  var target: DataField { get }

  /// The `summary.json` key by which runs are ranked and compared.
  static var primaryKey: String { get }

  /// The metric whose headline value is the primary score; always computed.
  var primaryMetric: any Metric { get }

  /// The number of model outputs per example.
  var outputCount: Int { get }

  /// The shape that the model's output must have.
  ///
  /// - Parameters:
  ///   - count: the outputs that the loss needs for each example or pixel.
  ///   - input: the shape of the model's input.
  func outputShape(_ count: Int, input: [Int]) -> [Int]

  /// Whether the recorded predictions of several models give a joint prediction. If not, the models of folds
  /// are scored separately on the test set.
  static var combinesPredictions: Bool { get }

  /// The run directory file that shows a model's whole answer to an example, such as a predicted mask; `nil` if
  /// predictions say all.
  ///
  /// - Parameter name: of the example, without a path or an ending, unique in its split.
  static func answerPath(_ name: String) -> String?

  /// The task whose predictions record what these metrics need, in additional output columns.
  func recording(for metrics: [any Metric]) -> any Task

  /// The task whose predictions have the additional output columns of this layout, if it knows them.
  func recording(as layout: PredictionLayout) -> any Task

  /// The additional output columns of an answer that is a class for each pixel.
  ///
  /// - Parameter truth: of the same size.
  func record(_ answer: ClassMap, truth: ClassMap) -> [Double]

  /// The contents of such a file, a PNG with a palette; `nil` if there is none.
  ///
  /// - Parameter map: the class of each pixel.
  func answerPicture(_ map: ClassMap) throws -> [UInt8]?

  /// Files that list the predictions by example.
  ///
  /// - Parameters:
  ///   - split: `test` or `validation`.
  ///   - name: what an example is called, by its index.
  func exampleFiles(
    _ predictions: Predictions, split: String, name: (Int) -> ExampleName
  ) throws -> [ReportFile]

  /// The picture of an example, as the model sees it, with a class for each pixel and the truth drawn over it; `nil`
  /// to show the picture alone.
  func illustration(_ picture: PixelImage, answer: ClassMap, truth: ClassMap?) -> PixelImage?

  /// Draws what is predicted over the pictures of examples, in the size of their files, by the example's row in the
  /// predictions; `nil` if predictions do not say where in a picture anything is.
  ///
  /// - Parameter showsTruth: whether the targets are known and drawn as well.
  func overlay(
    _ predictions: Predictions, showsTruth: Bool
  ) -> ((_ picture: PixelImage, _ row: Int) -> PixelImage)?

  /// What the names of files of pictures with an answer drawn over them end with.
  static var illustrationSuffix: String { get }

  /// How boxes are decoded from the outputs of a detector; `nil` for a task without boxes.
  var boxDecoding: BoxDecoding? { get }

  /// Whether targets are class numbers, one per example.
  var targetsAreClasses: Bool { get }

  /// Whether an example can belong to two targets in part, as mixup and cutmix make it: the loss is then the
  /// weighted mean of the losses of both.
  var mixesTargets: Bool { get }

  /// The operation that yields the target of a numeric loss.
  var lossTarget: Objective.Operation { get }

  /// What a training step counts besides its loss; `nil` if nothing.
  var runningScore: RunningScore? { get }

  /// The prediction columns for outputs with this link.
  func layout(_ link: ScoreLink) -> PredictionLayout

  /// Recognises the header of `predictions.csv`; `nil` if it belongs to another task.
  static func layout(ofHeading columns: [String]) -> PredictionLayout?

  /// The decisions for row-major outputs; empty for a task that predicts numbers.
  func answers(_ outputs: [Double], _ layout: PredictionLayout) -> [Int]

  // Fitting on validation predictions; by default nothing is fitted, see TaskFitting.swift.

  /// The arguments of `task: {NAME: {…}}`.
  static var options: [Field] { get }

  /// The task with these options.
  func configured(_ options: Arguments) throws -> any Task

  /// The run directory file that stores what was fitted; `nil` if the task fits nothing.
  static var fittedFile: String? { get }

  /// The option that requests a fit in the experiment; `nil` if it does not.
  var fittedOption: String? { get }

  /// The task with decisions fitted to these predictions.
  func fitted(to validation: Predictions) -> any Task

  /// The contents of ``fittedFile``; `nil` if nothing was fitted.
  func fittedRecord() throws -> ReportFile?

  /// The task with decisions from an earlier fit.
  ///
  /// - Throws: ``FittedRecordProblem``.
  func fitted(asRecorded bytes: [UInt8]) throws -> any Task

  /// The task for the joint decisions of several models.
  ///
  /// - Parameter members: the task of each model.
  func combined(_ members: [any Task]) -> any Task

  /// Explains how the scores are computed; shown with every table of scores.
  var policy: String { get }

  /// The sample from which metrics are computed.
  func sample(_ predictions: Predictions) -> any ScoredSample

  /// Correct answers that define every metric.
  var rightAnswers: Predictions { get }

  /// The stratum of each example for stratified splits; `nil` if the task has none.
  func strata(_ targets: Targets) -> [Int32]?

  /// The distribution of each target column of the loss over some examples.
  func lossColumns(_ targets: Targets) -> [TargetDistribution]

  /// The best scores, by `summary.json` key, of a model that gives all these examples the same
  /// answer; the loss is not included.
  func baseline(_ targets: Targets) -> [String: Double]

  /// How the targets of some examples are distributed over the classes, labels or numbers.
  ///
  /// - Parameter rows: the places of the examples in `targets`.
  func balance(_ targets: Targets, _ rows: [Int]) -> TargetBalance

  /// The names of the classes, labels or numbers, in the order of ``balance(_:_:)`` and of the scores of
  /// ``partMetrics``.
  var partNames: [String] { get }

  /// The metrics that describe each class, label or number by itself.
  var partMetrics: [PartMetric] { get }

  /// How far predicted probabilities agree with how often predictions are right; empty if the predictions are no
  /// probabilities.
  ///
  /// - Parameter split: `test` or `validation`.
  func calibration(_ predictions: Predictions, split: String) -> [ReportBlock]

  /// The numbers of the classes or labels that no example has.
  func withoutExamples(_ predictions: Predictions) -> [Int]

  /// The figures that ``drawings(_:split:runName:)`` may return, in page order, with their
  /// captions.
  static var captions: [(name: String, caption: String)] { get }

  /// Figures of the predictions of a split.
  func drawings(_ predictions: Predictions, split: String, runName: String) -> [Drawing]

  /// The heading for ``notable(_:_:)``.
  static var notableTitle: String { get }

  /// How many pictures stand side by side under this heading, and the longer side of each in pixels.
  static var notableGrid: (columns: Int, pictureSize: Int) { get }

  /// Up to `count` examples that are most worth looking at.
  func notable(_ predictions: Predictions, _ count: Int) -> [NotableExample]

  // Reports; see TaskReport.swift.

  /// The files that ``report(_:)`` reads besides predictions.
  static var reportInputs: [ReportInput] { get }

  /// The keys and labels of the scores that a report shows first, besides the primary one and the
  /// loss.
  static var headlines: [(key: String, label: String)] { get }

  /// How a report describes over- and underfitting.
  static var fit: FitTerms { get }

  /// This task with details taken from the answers' files, such as class names; for runs without a
  /// record of their data.
  func adopting(_ answers: RunAnswers) -> any Task

  /// The task's contribution to the report of a run.
  func report(_ answers: RunAnswers) -> TaskReport

  /// Small pictures of predictions for TensorBoard, by name.
  func pictures(_ predictions: Predictions) -> [(name: String, picture: PixelImage)]

  /// Tests of two models' answers to the same examples, one for each score with a test or a
  /// confidence interval of the difference.
  func pairedTests(_ pairs: PairedPredictions) -> [PairedTest]

  /// The per-example values of every loss that can be computed from predictions. Their means show
  /// which loss the models were trained with.
  func exampleLosses(_ predictions: Predictions) -> [[Double]]

  // Comparisons of runs; see Comparing.swift.

  /// The scores that a comparison shows and tests, and its terms for the task's parts.
  static var comparison: ComparisonTerms { get }

  /// The scores of two runs on each class, label or number of one split; `nil` if the task has no
  /// such scores.
  ///
  /// - Parameter pairs: the same answers paired by example; `nil` if they are not paired.
  func partChanges(_ a: Predictions, _ b: Predictions, pairs: PairedPredictions?) -> PartChanges?

  /// The examples for which two models give different answers; `nil` if the task does not compare
  /// examples.
  func answerChanges(_ pairs: PairedPredictions) -> AnswerChanges?

  /// One score per class, label or number, of several runs.
  ///
  /// - Parameter runs: `nil` for a run without predictions.
  func partScores(_ runs: [Predictions?]) -> PartScores?

  /// Counts of examples by target and prediction, of each run.
  ///
  /// - Parameter runs: `nil` for a run without predictions.
  func countMatrices(_ runs: [Predictions?]) -> CountMatrices?

  /// Figures of several runs, in addition to those of their scores.
  func comparisonDrawings(_ runs: [ComparedAnswers], split: String) -> [Drawing]

  /// The column headings for answers.
  func answerHeadings(_ layout: PredictionLayout) -> AnswerHeadings

  /// The answer to one input, formatted for output.
  ///
  /// - Parameter next: the maximum number of further candidates, if the task has any.
  func answer(_ predictions: Predictions, _ row: Int, next: Int) -> AnswerText

  /// Details of the predictions beyond scores, as JSON by key.
  func details(_ predictions: Predictions) -> [String: JSONValue]

  /// Files that describe the predictions in more detail than scores do.
  ///
  /// - Parameter split: `test` or `validation`.
  func reportFiles(_ predictions: Predictions, split: String) throws -> [ReportFile]
}

/// An example that is worth looking at.
package struct NotableExample: Sendable, Equatable {
  package var row: Int
  /// The caption lines below its picture.
  package var lines: [String]

  package init(row: Int, lines: [String]) {
    self.row = row
    self.lines = lines
  }
}

/// What an example is called.
package struct ExampleName: Sendable, Equatable {
  /// By users, such as the path of its file; `nil` if it is known by its index only.
  package var file: String?
  /// By the annotations that the data set was read from; `nil` if they do not name it.
  package var annotationID: String?

  package init(file: String? = nil, annotationID: String? = nil) {
    self.file = file
    self.annotationID = annotationID
  }
}

/// A file that a task writes to the run directory.
package struct ReportFile: Sendable, Equatable {
  package var name: String
  package var bytes: [UInt8]

  package init(_ name: String, _ text: String) {
    self.init(name, bytes: Array(text.utf8))
  }

  package init(_ name: String, json value: some Encodable) throws {
    self.init(name, bytes: try JSONText.encode(value, pretty: true) + [UInt8(ascii: "\n")])
  }

  package init(_ name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// The number of correct examples in a training step, if it follows from outputs and targets alone.
package struct RunningScore: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// Correct if the index of the largest output equals the target.
    case largestOutputIsTarget
  }

  /// The key of the resulting share.
  package var key: String
  package var kind: Kind

  package init(key: String, kind: Kind) {
    self.key = key
    self.kind = kind
  }
}

extension Task {
  package var name: String { Self.name }
  package var policy: String { Self.policy }

  package func outputShape(_ count: Int, input: [Int]) -> [Int] { [count] }
  package static var combinesPredictions: Bool { true }
  package static func answerPath(_ name: String) -> String? { nil }
  package func answerPicture(_ map: ClassMap) throws -> [UInt8]? { nil }
  package func recording(for metrics: [any Metric]) -> any Task { self }
  package func recording(as layout: PredictionLayout) -> any Task { self }
  package func record(_ answer: ClassMap, truth: ClassMap) -> [Double] { [] }

  package func exampleFiles(
    _ predictions: Predictions, split: String, name: (Int) -> ExampleName
  ) throws -> [ReportFile] { [] }

  package func illustration(
    _ picture: PixelImage, answer: ClassMap, truth: ClassMap?
  ) -> PixelImage? { nil }

  package func overlay(
    _ predictions: Predictions, showsTruth: Bool
  ) -> ((_ picture: PixelImage, _ row: Int) -> PixelImage)? { nil }

  package static var illustrationSuffix: String { "overlay" }
  package static var notableGrid: (columns: Int, pictureSize: Int) { (6, 96) }

  package var boxDecoding: BoxDecoding? { nil }
  package var targetsAreClasses: Bool { false }
  package var mixesTargets: Bool { false }

  package func details(_ predictions: Predictions) -> [String: JSONValue] { [:] }

  package func pictures(_ predictions: Predictions) -> [(name: String, picture: PixelImage)] { [] }

  /// The metric with this name.
  package func metric(_ name: String) -> (any Metric.Type)? {
    Self.metrics.first { $0.schema.name == name }
  }

  /// The `summary.json` key by which runs are ranked and compared.
  package var primary: String { Self.primaryKey }

  /// The ensemble prediction of several models: the mean of their probabilities or outputs, and the
  /// resulting decisions.
  ///
  /// - Precondition: `models` is not empty, all have the same examples in the same order, and
  ///   ``combinesPredictions`` unless there is only one.
  package func average(_ models: [Predictions]) -> Predictions {
    let first = models[0]
    let outputs = first.layout.link.averaged(
      models.map(\.outputs), classes: first.layout.outputs.count)
    return first.replacing(outputs: outputs, answers: answers(outputs, first.layout))
  }

  /// `facts` with the unit of this task's targets, if they share one.
  package func named(_ facts: MetricFacts) -> MetricFacts {
    guard facts.unit == .target(nil), case .numbers(let quantities) = target.kind else {
      return facts
    }
    let units = Set(quantities.map(\.unit))
    var facts = facts
    if units.count == 1, let unit = units.first { facts.unit = .target(unit) }
    return facts
  }
}
