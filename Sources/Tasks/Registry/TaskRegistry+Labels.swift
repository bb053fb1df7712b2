import ExperimentConfig
import Tasks

extension TaskRegistry {
  /// The text for a score: the words of its key, with every metric in it as the metric itself is called in text.
  /// `validation_mean_iou` is `validation mean IoU`, `f1_macro` is `f1 macro`.
  package static func label(_ key: String) -> String {
    let words = key.split(separator: "_").map(String.init)
    var texts: [String] = []
    var place = 0
    while place < words.count {
      let own = ownLabels.first { words[place...].starts(with: $0.words) }
      texts.append(own?.label ?? words[place])
      place += own?.words.count ?? 1
    }
    return texts.joined(separator: " ")
  }

  /// A label as the beginning of a heading: with a capital letter, unless its first word has some of its own, as in
  /// `mAP`.
  package static func heading(_ label: String) -> String {
    let word = label.prefix { $0 != " " }
    return word.contains(where: \.isUppercase)
      ? label : label.prefix(1).uppercased() + label.dropFirst()
  }

  /// Metrics that are called otherwise than the words of their names, those with the longest names first.
  private static let ownLabels: [(words: [String], label: String)] = {
    var found: [(words: [String], label: String)] = []
    for metric in all.flatMap({ $0.metrics }) {
      let words = metric.schema.name.split(separator: "_").map(String.init)
      if metric.label != words.joined(separator: " ") { found.append((words, metric.label)) }
    }
    return found.sorted { $0.words.count > $1.words.count }
  }()
}
