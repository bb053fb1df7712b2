import DataSchema
import ExperimentConfig
import Figures
import PNGImage

/// What is asked of the examples of a data set: which targets it takes, what a model has to give for them,
/// how that is decided, measured and recorded. Everything else works for every task without knowing which
/// it is.
package protocol Task: Sendable {
  /// As experiments name it, such as `classification`.
  static var name: String { get }
  /// One sentence for people.
  static var doc: String { get }
  /// What every page that shows its scores says of them.
  static var policy: String { get }
  /// The metrics that an experiment may name.
  static var metrics: [any Metric.Type] { get }
  /// The loss of an experiment that names none, as an experiment writes it.
  static var defaultLoss: String { get }
  /// The metrics of an experiment that names none, as an experiment writes them.
  static var defaultMetrics: String { get }

  /// - Returns: `nil` if targets of this kind are not the task's.
  init?(_ target: DataField)

  /// The task of predictions with these columns, of which nothing else is known: classes and the like are
  /// called by their numbers.
  init(layout: PredictionLayout)

  var target: DataField { get }

  /// The key of `summary.json` that runs are ranked and compared by.
  static var primaryKey: String { get }

  /// The metric whose headline value that is, which is always measured.
  var primaryMetric: any Metric { get }

  /// Numbers that a model has to give for each example.
  var outputCount: Int { get }

  /// Whether targets are class numbers, one an example.
  var targetsAreClasses: Bool { get }

  /// What a loss on numbers is held against.
  var lossTarget: Objective.Operation { get }

  /// What a step of the training counts besides its loss; `nil` if nothing.
  var runningScore: RunningScore? { get }

  /// The columns of predictions whose outputs have this link.
  func layout(_ link: ScoreLink) -> PredictionLayout

  /// The columns that a heading of `predictions.csv` is of; `nil` if it is another task's.
  static func layout(ofHeading columns: [String]) -> PredictionLayout?

  /// What is decided by outputs, row-major; empty for a task that predicts numbers.
  func answers(_ outputs: [Double], _ layout: PredictionLayout) -> [Int]

  // What is fitted to validation predictions; by default nothing, see TaskFitting.swift.

  /// The arguments of `task: {NAME: {…}}`.
  static var options: [Field] { get }

  /// The task with these options.
  func configured(_ options: Arguments) throws -> any Task

  /// The file of a run directory that holds what was fitted; `nil` if the task fits nothing.
  static var fittedFile: String? { get }

  /// The option by which the experiment asks for a fit; `nil` if it does not.
  var fittedOption: String? { get }

  /// The task that decides by what fits these predictions best.
  func fitted(to validation: Predictions) -> any Task

  /// What was fitted, as ``fittedFile``; `nil` if nothing is.
  func fittedRecord() throws -> ReportFile?

  /// The task that decides by what an earlier fit recorded.
  ///
  /// - Throws: ``FittedRecordProblem``.
  func fitted(asRecorded bytes: [UInt8]) throws -> any Task

  /// The task by which several models decide together.
  ///
  /// - Parameter members: the task of each model.
  func combined(_ members: [any Task]) -> any Task

  /// What every page that shows its scores says of them.
  var policy: String { get }

  /// What metrics are computed from.
  func sample(_ predictions: Predictions) -> any ScoredSample

  /// Answers without a mistake that define every metric.
  var rightAnswers: Predictions { get }

  /// By which examples are divided evenly, one number an example; `nil` if there is nothing to go by.
  func strata(_ targets: Targets) -> [Int32]?

  /// The distribution of each column that a loss is held against, over some examples.
  func lossColumns(_ targets: Targets) -> [TargetDistribution]

  /// By key of `summary.json`: what a model that answers every one of these examples alike has at best,
  /// besides its loss.
  func baseline(_ targets: Targets) -> [String: Double]

  /// The classes or labels, by number, that none of the examples has.
  func withoutExamples(_ predictions: Predictions) -> [Int]

  /// The figures that ``drawings(_:split:runName:)`` may give, in the order of a page, with what stands
  /// below each.
  static var captions: [(name: String, caption: String)] { get }

  /// Figures of the predictions of a split.
  func drawings(_ predictions: Predictions, split: String, runName: String) -> [Drawing]

  /// What ``notable(_:_:)`` shows.
  static var notableTitle: String { get }

  /// The examples that a person should look at first, at most so many.
  func notable(_ predictions: Predictions, _ count: Int) -> [NotableExample]

  // What a report shows; see TaskReport.swift.

  /// The files that ``report(_:)`` looks into besides predictions.
  static var reportInputs: [ReportInput] { get }

  /// The scores that a report shows first besides the primary one and the loss, by key, and what they are
  /// called there.
  static var headlines: [(key: String, label: String)] { get }

  /// How a report speaks of over- and underfitting.
  static var fit: FitTerms { get }

  /// The same task with what the answers say besides their columns, such as the names of classes; for runs
  /// without a record of their data.
  func adopting(_ answers: RunAnswers) -> any Task

  /// What the task adds to the report of a run.
  func report(_ answers: RunAnswers) -> TaskReport

  /// Small pictures of predictions for TensorBoard, by name.
  func pictures(_ predictions: Predictions) -> [(name: String, picture: PixelImage)]

  /// Tests of two models' answers to the same examples, one for each score that can be tested so or has an
  /// interval of its difference.
  func pairedTests(_ pairs: PairedPredictions) -> [PairedTest]

  /// The loss of each example, for every loss whose values follow from predictions: which one the models were
  /// trained with shows in its mean.
  func exampleLosses(_ predictions: Predictions) -> [[Double]]

  // What comparisons of runs show; see Comparing.swift.

  /// Which scores a comparison shows and tests, and what it calls the task's parts.
  static var comparison: ComparisonTerms { get }

  /// The scores of each class, label or number of two runs on one split; `nil` if the task has no such scores.
  ///
  /// - Parameter pairs: the same answers to the same examples, row beside row; `nil` if they are not paired.
  func partChanges(_ a: Predictions, _ b: Predictions, pairs: PairedPredictions?) -> PartChanges?

  /// The examples that two models answer differently; `nil` if the task does not look at examples.
  func answerChanges(_ pairs: PairedPredictions) -> AnswerChanges?

  /// One score of each class, label or number of several runs.
  ///
  /// - Parameter runs: `nil` for a run without predictions.
  func partScores(_ runs: [Predictions?]) -> PartScores?

  /// Counts of examples of each run by what is true and what was predicted.
  ///
  /// - Parameter runs: `nil` for a run without predictions.
  func countMatrices(_ runs: [Predictions?]) -> CountMatrices?

  /// Figures of several runs besides their scores.
  func comparisonDrawings(_ runs: [ComparedAnswers], split: String) -> [Drawing]

  /// What stands above the answers to images.
  func answerHeadings(_ layout: PredictionLayout) -> AnswerHeadings

  /// The answer to one image.
  ///
  /// - Parameter next: how many further possibilities are wanted, if there are such.
  func answer(_ predictions: Predictions, _ row: Int, next: Int) -> AnswerText

  /// What a person should see of predictions besides scores, as JSON by key.
  func details(_ predictions: Predictions) -> [String: JSONValue]

  /// The files that say more about predictions than numbers do.
  ///
  /// - Parameter split: `test` or `validation`.
  func reportFiles(_ predictions: Predictions, split: String) throws -> [ReportFile]
}

/// An example that is worth a look.
package struct NotableExample: Sendable, Equatable {
  package var row: Int
  /// What stands below its picture.
  package var lines: [String]

  package init(row: Int, lines: [String]) {
    self.row = row
    self.lines = lines
  }
}

/// A file that a task leaves in the run directory.
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

/// What a step counts: how many of its examples are right, where that can be said of outputs and targets
/// alone.
package struct RunningScore: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// The largest output is the one whose number is the target.
    case largestOutputIsTarget
  }

  /// The key of the share.
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

  package var targetsAreClasses: Bool { false }

  package func details(_ predictions: Predictions) -> [String: JSONValue] { [:] }

  package func pictures(_ predictions: Predictions) -> [(name: String, picture: PixelImage)] { [] }

  /// The metric of that name.
  package func metric(_ name: String) -> (any Metric.Type)? {
    Self.metrics.first { $0.schema.name == name }
  }

  /// The key of `summary.json` that runs are ranked and compared by.
  package var primary: String { Self.primaryKey }

  /// What several models say together of the same examples: the mean of their probabilities, or of their
  /// outputs, and what that decides.
  ///
  /// - Precondition: all have the same examples in the same order, and there is at least one.
  package func average(_ models: [Predictions]) -> Predictions {
    let first = models[0]
    let outputs = first.layout.link.averaged(
      models.map(\.outputs), classes: first.layout.outputs.count)
    return first.replacing(outputs: outputs, answers: answers(outputs, first.layout))
  }

  /// Facts with the unit of this task's targets.
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
