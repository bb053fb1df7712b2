import DataSchema
import ExperimentConfig
import Report
import RunRecord
import Tasks

extension ModelCard {
  /// The examples that were used, their balance and their faults.
  var data: String {
    [countsText, balance, faults].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var countsText: String {
    var texts: [String] = []
    if let sets = evidence.data?.sets {
      let used = sets.map { "\(NumberText.grouped($0.examples)) \(Self.phrase($0.name))" }
      texts.append("The run used \(Insight.joined(used)) examples.")
    } else if let examples = evidence.summary["examples"] {
      let used = ["train", "validation", "test"].compactMap { set in
        examples[set]?.integer.map { "\(NumberText.grouped($0)) \(Self.phrase(set))" }
      }
      if !used.isEmpty {
        let each = evidence.parts.isEmpty ? "" : ", in the first \(evidence.partWord)"
        texts.append("The run used \(Insight.joined(used)) examples\(each).")
      }
    }
    if let counts = evidence.data?.counts {
      let all = ["train", "test"].compactMap { set in
        counts[set].map { "\(NumberText.grouped($0)) \(Self.phrase(set))" }
      }
      if !all.isEmpty {
        texts.append("The data set holds \(Insight.joined(all)) examples.")
        if let reserved = counts["validation"] {
          texts.append(
            "Of its training examples it reserves \(NumberText.grouped(reserved)) for validation.")
        }
      }
    }
    return texts.isEmpty ? "" : texts.joined(separator: " ") + "\n"
  }

  /// `train` as a word before `examples`.
  private static func phrase(_ set: String) -> String { set == "train" ? "training" : set }

  /// Counts by class or label, or ranges of numbers, for each set.
  private var balance: String {
    guard let sets = evidence.data?.sets, let first = sets.first else { return "" }
    let names = task.partNames.map(MarkdownText.escaped)
    let part = type(of: task).comparison.part
    let heading = part.prefix(1).uppercased() + part.dropFirst()
    guard sets.allSatisfy({ $0.balance.counts.map(\.unit) == first.balance.counts.map(\.unit) })
    else { return "" }
    let columns = sets.flatMap { set in
      set.balance.counts.map { (title: "\(Self.phrase(set.name)) \($0.unit)", counts: $0.values) }
    }
    if !columns.isEmpty {
      guard columns.allSatisfy({ $0.counts.count == names.count }) else { return "" }
      return MarkdownText.table(
        [heading] + columns.map { $0.title.prefix(1).uppercased() + $0.title.dropFirst() },
        names.indices.map { row in
          [names[row]] + columns.map { NumberText.grouped($0.counts[row]) }
        })
    }
    guard sets.allSatisfy({ $0.balance.numbers.count == names.count }) else { return "" }
    func text(_ value: Double) -> String { NumberText.significant(value, 6) }
    return MarkdownText.table(
      [heading, "Examples", "Values", "Minimum", "Mean", "Standard deviation", "Maximum"],
      names.indices.flatMap { row in
        sets.map { set -> [String] in
          let title = [names[row], Self.phrase(set.name)]
          guard let numbers = set.balance.numbers[row] else {
            return title + ["0", "–", "–", "–", "–"]
          }
          return title + [
            NumberText.grouped(numbers.count), text(numbers.minimum), text(numbers.mean),
            numbers.standardDeviation.map(text) ?? "–", text(numbers.maximum),
          ]
        }
      })
  }

  /// What is wrong with the data, as far as the run knows.
  private var faults: String {
    var items = warnings + (evidence.data?.notes ?? []).map(MarkdownText.sentence)
    if let left = evidence.data?.leftOut, left.count > 0 {
      let files = left.files.prefix(5).map { "\($0.path) (\($0.reason))" }.joined(separator: "; ")
      let rest = left.count - min(left.files.count, 5)
      items.append(
        MarkdownText.sentence(
          "\(Insight.count(left.count, "file was", "files were")) left out, because they cannot be read: "
            + files + (rest > 0 ? "; and \(NumberText.grouped(rest)) more" : "")))
    }
    if evidence.data?.hasCopies == false {
      items.append(
        "No validation or test image has exactly the pixels of a training image. Images that only resemble each "
          + "other were not looked for.")
    }
    return MarkdownText.list(items)
  }

  /// Examples that the initial weights, or a teacher, were trained on. Runs are not named: their names differ from
  /// machine to machine.
  var leaks: [String] {
    guard let leakage = evidence.info["leakage"], leakage != .null else { return [] }
    var items = (leakage["sets"] ?? .null).list.compactMap { set -> String? in
      guard let name = set["set"]?.text, let seen = set["seen"]?.integer, seen > 0,
        let all = set["of"]?.integer
      else { return nil }
      // A part of its own has no others to be told from.
      let place =
        evidence.parts.isEmpty
        ? nil : set["fold"]?.text.map { "fold \($0): " } ?? set["seed"]?.text.map { "seed \($0): " }
      return MarkdownText.sentence(
        (place ?? "")
          + "\(NumberText.grouped(seen)) of \(NumberText.grouped(all)) \(name) examples were in the training set "
          + "of the run that the initial weights or the teacher come from: the scores on them are too optimistic"
      )
    }
    if leakage["unknown"]?.text != nil {
      items.append(
        "The records of the runs that the initial weights or the teacher come from are incomplete: they may have been "
          + "trained on more of these examples.")
    }
    return items
  }
}
