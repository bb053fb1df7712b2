import ExperimentConfig
import Report
import RunRecord
import Tasks

extension ModelCard {
  /// What the model was not tested on, and what its scores do not say.
  var limitations: String {
    let data = dataset.map { "`\($0)`" } ?? "one data set"
    var items = [
      "All scores are measured on examples of \(data). How the model answers inputs from other sources was not "
        + "measured, nor how it answers damaged or manipulated inputs."
    ]
    items += missingClasses + untested + selection + variation
    items.append("The scores do not account for a choice of this run among others by these scores.")
    return MarkdownText.list(items)
  }

  /// Classes or labels that no example of a split has.
  private var missingClasses: [String] {
    let found = evidence.summary["classes_without_examples"]?.object ?? [:]
    return found.sorted { $0.key < $1.key }.compactMap { split, numbers -> String? in
      let names = numbers.list.compactMap(\.integer).map { number in
        task.partNames.indices.contains(number) ? task.partNames[number] : "\(number)"
      }
      if names.isEmpty { return nil }
      let listed = names.prefix(20).joined(separator: ", ")
      let rest = names.count - 20
      return MarkdownText.sentence(
        "The \(split) set has no example of \(listed)\(rest > 0 ? " and \(rest) more" : ""): nothing is known of how well "
          + "the model recognises \(names.count == 1 ? "it" : "them") there")
    }
  }

  private var untested: [String] {
    guard evidence.summary["test"]?.object.isEmpty != false else { return [] }
    return ["No test set was scored."]
  }

  /// Decisions that were fitted to examples that are scored.
  private var selection: [String] {
    var items: [String] = []
    let isSingle = evidence.parts.isEmpty || evidence.partWord == "seed"
    let epochs = evidence.summary["epochs"]?.integer ?? 0
    let validated = evidence.summary["validation"]?.object.isEmpty == false
    let averages = configuration.configurationValues.contains { $0.key.hasPrefix("train.swa") }
    if isSingle, validated, epochs > 1, !averages, evidence.bestEpochText != nil {
      items.append(
        "The epoch of the weights was chosen by the validation examples, so that validation scores are optimistic."
      )
    }
    for split in ["validation", "test"] {
      guard let fitted = evidence.summary["scored"]?[split]?["fitted"]?.text else { continue }
      items.append(
        MarkdownText.sentence(
          "The \(fitted) were fitted to the \(split) examples, so that \(split) scores that depend on them are optimistic"
        ))
    }
    return items
  }

  /// What the intervals cover.
  private var variation: [String] {
    let parts = evidence.parts.count
    if parts == 0 {
      guard !evidence.intervalNotes().isEmpty else { return ["The scores have no intervals."] }
      return [
        "The model was trained once. Intervals cover the choice of examples; they do not cover how much scores would "
          + "differ with another seed."
      ]
    }
    return [
      "The run has \(parts) \(evidence.partWord)s; intervals cover what the notes below the scores name, and nothing else."
    ]
  }
}
