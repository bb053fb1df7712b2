import DataSchema
import ExperimentConfig
import Report
import RunRecord
import Tasks

extension ModelCard {
  /// What the model is, what it takes and what it answers.
  var details: String {
    var items = ["**Task:** \(taskText)"]
    if let inputs = evidence.data?.schema?.inputs, !inputs.isEmpty {
      items.append(
        "**Input:** "
          + inputs.map { "`\($0.name)`: \(MarkdownText.escaped($0.kind.description))" }
          .joined(separator: "; "))
    }
    items.append("**Output:** \(output)")
    if let architecture { items.append("**Architecture:** \(architecture)") }
    if let total = evidence.summary["parameters"]?["total"]?.integer {
      let trainable = evidence.summary["parameters"]?["trainable"]?.integer ?? total
      items.append(
        "**Parameters:** \(NumberText.grouped(total))"
          + (trainable == total
            ? ", all trainable" : ", of which \(NumberText.grouped(trainable)) are trainable"))
    }
    if let weights = initialWeights { items.append("**Initial weights:** \(weights)") }
    if let models { items.append("**Models:** \(models)") }
    items.append(
      "**Licence:** the run records no licence of the data, of initial weights or of the model.")
    return MarkdownText.list(items)
  }

  /// The name of the task and what it is.
  private var taskText: String {
    let kind = type(of: task)
    return "\(MarkdownText.escaped(kind.name.replacing("_", with: " "))). "
      + MarkdownText.escaped(kind.doc)
  }

  /// Names that are listed; there may be thousands.
  private static let listedNames = 100

  private var output: String {
    let names = task.partNames
    let kind = "`\(task.target.name)`: \(MarkdownText.escaped(task.target.kind.description))"
    if names.isEmpty { return kind }
    let listed = names.prefix(Self.listedNames).map(MarkdownText.escaped).joined(separator: "; ")
    let rest = names.count - Self.listedNames
    return "\(kind) (\(listed)\(rest > 0 ? "; and \(NumberText.grouped(rest)) more" : ""))"
  }

  /// The layers of the model, or the name of a model that ships with the program; `nil` if the run does not record its
  /// configuration.
  private var architecture: String? {
    let nodes = (configuration["model"] ?? .null).list
    let names = nodes.compactMap { node -> String? in
      guard let name = (node["component"] ?? node).object.keys.first else { return node.text }
      return node.object.count == 1 || node["component"] != nil ? name : nil
    }
    if names.isEmpty { return nil }
    let listed = names.prefix(Self.listedNames).map { "`\($0)`" }.joined(separator: ", ")
    let rest = names.count - Self.listedNames
    return listed + (rest > 0 ? " and \(NumberText.grouped(rest)) more" : "")
  }

  /// The configuration that the run's identity covers; empty if the run does not record it.
  var configuration: JSONValue { evidence.info["identified_by"]?["configuration"] ?? [:] }

  private var initialWeights: String? {
    guard let weights = evidence.info["weights"], weights != .null else { return "random" }
    guard let used = weights["used"]?.text else { return nil }
    guard let hash = weights["sha256"]?.text else { return MarkdownText.escaped(used) }
    return "from a file with the SHA-256 `\(hash)`"
  }

  /// How the models of folds or seeds answer; `nil` for a single model.
  private var models: String? {
    let count = evidence.parts.count
    guard count > 0 else { return nil }
    let word = evidence.partWord
    let isEnsemble = evidence.basis(of: "test")?.by == .ensemble
    return "\(count), one for each \(word). "
      + (isEnsemble
        ? "Test scores are those of their joint answers; validation scores are means over the models."
        : "Scores are means over the models.")
  }

  /// What the model was trained for, as far as the run says.
  var uses: String {
    let data = dataset.map { "`\($0)`" } ?? "its data set"
    return
      "The model was trained and scored for this task on examples of \(data). The run records no other "
      + "intended use, and nothing else was measured.\n"
  }

  /// How to get answers.
  var commands: String {
    """
    `DIRECTORY` is the run directory that holds this card.

    ```sh
    runner predict DIRECTORY INPUT   # answers for new inputs
    runner show DIRECTORY            # scores, warnings and settings
    runner export DIRECTORY safetensors -o model.safetensors
    ```

    """
  }
}
