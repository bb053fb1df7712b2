import ExperimentConfig
import RunRecord

extension ExampleMap {
  /// The share of the features' variance along the first components.
  func explained(_ count: Int) -> Double {
    features.totalVariance > 0
      ? min(1, features.variances.prefix(count).reduce(0, +) / features.totalVariance) : 1
  }

  /// Where the features come from.
  package var source: String {
    guard let layer = features.layer else { return "the model's input, \(features.width) numbers" }
    let pooled = features.isPooled ? ", as means over the positions of an image" : ""
    return "the output of layer '\(layer)', \(features.width) numbers\(pooled)"
  }

  /// `nil` if nothing can be wrong.
  var wrong: Int? {
    points.contains { $0.isWrong != nil } ? points.count { $0.isWrong == true } : nil
  }

  /// `2,000 of 12,000 examples`.
  package var countText: String {
    let count = NumberText.grouped(points.count)
    return points.count < available
      ? "\(count) of \(NumberText.grouped(available)) examples" : "\(count) examples"
  }

  /// What colours and rings mean.
  var colours: String {
    let marked = wrong.map { NumberText.grouped($0) } ?? ""
    switch grouping {
    case .classes: return "Colours are true classes. Rings mark the \(marked) wrong predictions."
    case .ranges(let quantity): return "Colours are ranges of \(quantity)."
    case .label(let name, let isChosen):
      return "Colours say whether an example has the label '\(name)'"
        + (isChosen ? "" : ", the most frequent one that not every example has")
        + ". Rings mark the \(marked) examples for which this label is predicted wrongly."
    }
  }

  /// What the groups are called together.
  var groupHeading: String {
    switch grouping {
    case .classes: "class"
    case .ranges(let quantity): quantity
    case .label: "label"
    }
  }

  /// What the numbers say, and what they rest on.
  package var qualityLines: [String] {
    var lines: [String] = []
    let basis = "in the \(features.variances.count) principal components"
    let same =
      switch grouping {
      case .label(let name, _): "agree about '\(name)'"
      default: "have the same class"
      }
    if let purity = quality.purity {
      lines.append(
        "neighbour purity: \(Self.percent(purity.overall)) of the \(purity.neighbours) nearest neighbours \(basis) \(same); by chance \(Self.percent(purity.chance))"
      )
    }
    if let silhouette = quality.silhouette {
      lines.append(
        "silhouette of the \(groupHeading == "label" ? "two groups" : "classes") \(basis): \(NumberText.fixed(silhouette, 3)), from −1 to 1"
      )
    }
    if let trust = quality.trustworthiness {
      lines.append(
        "trustworthiness of the t-SNE map: \(NumberText.fixed(trust, 3)) for \(quality.trustedNeighbours) neighbours; 1 if all neighbours in the map are neighbours \(basis)"
      )
    }
    return lines
  }

  /// How the map was computed, in sentences.
  var remarks: [String] {
    let count = features.variances.count
    return [
      "t-SNE (van der Maaten and Hinton, 2008) starts from the first two of \(count) principal components, which hold \(Self.percent(explained(count))) of the variance (the first two alone \(Self.percent(explained(2)))); perplexity \(NumberText.significant(tsne.perplexity, 3)), \(tsne.iterations) iterations, Kullback–Leibler divergence \(NumberText.fixed(tsne.divergence, 3)).",
      "t-SNE keeps neighbours together. Distances between groups, their sizes and their densities mean little.",
    ]
  }

  /// The map in a few lines, for a terminal.
  package func lines(run: String, dataset: String) -> [String] {
    var lines = [
      "\(run) · \(dataset) · \(split) · \(countText)", "",
      "  features: \(source)",
      "  principal components: \(features.variances.count), which hold \(Self.percent(explained(features.variances.count))) of the variance (the first two \(Self.percent(explained(2))))",
      "  t-SNE: perplexity \(NumberText.significant(tsne.perplexity, 3)), \(tsne.iterations) iterations, KL divergence \(NumberText.fixed(tsne.divergence, 3))",
    ]
    if case .label(let name, let isChosen) = grouping {
      lines.append(
        "  colours: the label '\(name)'"
          + (isChosen
            ? "" : ", the most frequent one that not every example has; --label chooses another"))
    }
    return lines + qualityLines.map { "  \($0)" }
  }

  static func percent(_ share: Double) -> String { NumberText.percent(share) }
}
