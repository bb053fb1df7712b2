import ExperimentConfig
import Tasks

extension ClassInsights {
  /// Errors made with at least this probability count as confident.
  private static let confident = 0.9
  /// Classes are imbalanced if the largest has this many times the examples of the smallest.
  private static let imbalance = 1.5
  private static let strongImbalance = 3.0
  /// The maximum number of classes listed by name.
  private static let listed = 12

  var confidence: Insight? {
    guard let table = classes.predictions, table.count > 0 else { return nil }
    var errors = 0
    var confident = 0
    var sum = 0.0
    for row in 0..<table.count {
      let stated = table.confidence(at: row)
      sum += stated
      if table.predictions[row] == table.labels[row] { continue }
      errors += 1
      if stated >= Self.confident { confident += 1 }
    }
    guard errors > 0, sum.isFinite else { return nil }
    let accuracy = Double(table.count - errors) / Double(table.count)
    let mean = sum / Double(table.count)
    let limit = Insight.percent(Self.confident, 0)
    let opening =
      confident == 0
      ? "None of the errors was made with a probability of \(limit) or more."
      : "\(NumberText.grouped(confident)) of \(Insight.count(errors, "error", "errors")) "
        + "\(confident == 1 ? "was" : "were") made with a probability of \(limit) or more; look "
        + "for wrong labels there."
    let difference = mean - accuracy
    let verdict =
      abs(difference) <= 0.02
      ? "which matches its accuracy"
      : difference > 0 ? "more than its accuracy justifies" : "less than its accuracy justifies"
    return Insight(
      .confidence, difference > 0.05 ? .warning : .neutral,
      "\(opening) On average the model was \(Insight.percent(mean)) sure, \(verdict).")
  }

  var balance: Insight? {
    // With several seeds, each example has one answer per model.
    let examples = classes.source.map { max(1, $0.examples) }
    let copies = classes.isRepeated ? examples.map { matrix.total / $0 } ?? 1 : 1
    let supports = (0..<matrix.classes).map { matrix.support($0) / max(1, copies) }
    if let missing = missingClasses { return missing }
    guard supports.count > 1, let most = supports.indices.max(by: { supports[$0] < supports[$1] }),
      let least = supports.indices.min(by: { supports[$0] < supports[$1] })
    else { return nil }
    let ratio = Double(supports[most]) / Double(supports[least])
    if ratio < Self.imbalance { return nil }
    let words =
      "The classes are imbalanced: \(classes.name(most)) has \(NumberText.grouped(supports[most])) "
      + "\(classes.split) examples, \(classes.name(least)) \(NumberText.grouped(supports[least])). "
      + "Macro F1 is more informative than accuracy here."
    return Insight(.balance, ratio >= Self.strongImbalance ? .warning : .neutral, words)
  }

  /// Reports the classes without examples, and how the averages treat them.
  private var missingClasses: Insight? {
    let (predicted, absent) = matrix.withoutExamples
    if predicted.isEmpty, absent.isEmpty { return nil }
    func names(_ labels: [Int]) -> String {
      let more = labels.count > Self.listed ? ["\(labels.count - Self.listed) more"] : []
      return Insight.joined(labels.prefix(Self.listed).map(classes.name) + more)
    }
    var text =
      "The \(classes.split) set has no examples of \(names((predicted + absent).sorted())), so it "
      + "does not show how well the model recognises them."
    if !absent.isEmpty {
      text +=
        " Macro averages leave out \(predicted.isEmpty ? "them" : names(absent)), as scikit-learn does."
    }
    if !predicted.isEmpty {
      text +=
        " The model still predicted \(names(predicted)), which counts as 0 in macro averages."
    }
    return Insight(.balance, .warning, text)
  }
}
