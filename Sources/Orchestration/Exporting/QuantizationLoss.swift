import ExperimentConfig
import Statistics
import Tasks

/// How much worse a quantised model is than the run's, on the same examples.
struct QuantizationLoss: CustomStringConvertible {
  /// The key of the score, the task's primary one.
  let key: String
  /// The run's score.
  let before: Double
  /// The quantised model's.
  let after: Double
  let higherIsBetter: Bool
  /// The paired test and the confidence interval of the difference.
  let test: PairedTest?

  /// The p-value from which on a difference can be noise.
  static let level = 0.05

  /// - Parameter outputs: the quantised model's, in the order of the examples.
  /// - Returns: `nil` if the examples do not define the score.
  init?(_ models: PredictionModels, _ answer: PredictionAnswer, _ outputs: [Double]) {
    let task = models.task
    let own = answer.predictions(models.layout)
    let other = Predictions(
      models.layout, folds: own.folds, indices: own.indices, targets: own.targets,
      answers: task.answers(outputs, models.layout), outputs: outputs)
    func score(_ predictions: Predictions) -> MetricValue? {
      task.primaryMetric.values(of: task.sample(predictions)).first
    }
    guard let first = score(own), case .defined(let before) = first.outcome,
      let second = score(other), case .defined(let after) = second.outcome,
      let facts = task.primaryMetric.facts
    else { return nil }
    key = first.key
    (self.before, self.after) = (before, after)
    higherIsBetter = facts.higherIsBetter
    let tests = task.pairedTests(PairedPredictions(a: own, b: other))
    test = tests.first { $0.key == first.key }
  }

  var difference: Double { after - before }

  /// Whether the quantised model is worse by more than noise; `nil` if there is no test.
  var isWorse: Bool? {
    guard let p = test?.result?.p else { return nil }
    return p < Self.level && (higherIsBetter ? difference < 0 : difference > 0)
  }

  var description: String {
    func number(_ value: Double) -> String { NumberText.fixed(value, 4) }
    func signed(_ value: Double) -> String { (value < 0 ? "−" : "+") + number(abs(value)) }
    var text = "\(key) \(number(before)) → \(number(after)) (\(signed(difference))"
    if let interval = test?.interval {
      text += ", 95% interval \(signed(interval.lower)) to \(signed(interval.upper))"
    }
    if let result = test?.result {
      text += "; \(result.name): p = \(NumberText.significant(result.p, 2))"
    }
    text += ")"
    switch isWorse {
    case true?: text += ", worse by more than chance explains"
    case false?: text += difference == 0 ? "" : ", which chance alone may explain"
    case nil: break
    }
    return text
  }

  var json: JSONValue {
    var object: [String: JSONValue] = [
      "score": .string(key), "before": .number(before), "after": .number(after),
      "difference": .number(difference),
    ]
    if let interval = test?.interval {
      object["interval"] = .array([.number(interval.lower), .number(interval.upper)])
      object["confidence"] = .number(interval.method.confidence)
    }
    if let result = test?.result {
      object["test"] = .string(result.name)
      object["test_detail"] = .string(result.detail)
      object["p"] = .number(result.p)
    }
    if let isWorse { object["worse_by_more_than_noise"] = .boolean(isWorse) }
    return .object(object)
  }
}
