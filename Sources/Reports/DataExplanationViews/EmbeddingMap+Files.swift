import Diagnostics
import Embedding
import ExperimentConfig
import Tasks
import WorkerProtocol

extension EmbeddingMap {
  /// Everything as one JSON object.
  package var json: [String: JSONValue] {
    func pair(_ points: [Double], _ row: Int) -> JSONValue {
      [.number(points[2 * row]), .number(points[2 * row + 1])]
    }
    let (tsneValues, components) = (tsne.map.values, self.components.values)
    var list: [JSONValue] = []
    for (row, point) in points.enumerated() {
      list.append([
        "index": .integer(point.index), "name": point.name.map(JSONValue.string) ?? .null,
        "target": .string(point.target), "prediction": .string(point.prediction),
        "correct": point.isWrong.map { .boolean(!$0) } ?? .null,
        "tsne": pair(tsneValues, row), "pca": pair(components, row),
      ])
    }
    return [
      "run": .string(run), "dataset": .string(dataset), "split": .string(split),
      "examples": .integer(points.count), "available": .integer(features.available),
      "features": [
        "layer": features.layer.map(JSONValue.string) ?? .null,
        "shape": .array(features.shape.map(JSONValue.integer)),
        "width": .integer(features.width), "pooled": .boolean(features.isPooled),
      ],
      "pca": [
        "components": .integer(features.variances.count),
        "variances": .array(features.variances.map(JSONValue.number)),
        "total_variance": .number(features.totalVariance),
      ],
      "tsne": [
        "perplexity": .number(tsne.perplexity), "iterations": .integer(tsne.iterations),
        "kl_divergence": .number(tsne.divergence),
      ],
      "quality": .object(qualityJSON), "warnings": .array(warnings.map(JSONValue.string)),
      "points": .array(list),
    ]
  }

  private var qualityJSON: [String: JSONValue] {
    var object: [String: JSONValue] = [
      "silhouette": quality.silhouette.map(JSONValue.number) ?? .null,
      "trustworthiness": quality.trustworthiness.map(JSONValue.number) ?? .null,
      "trustworthiness_neighbours": .integer(quality.trustedNeighbours),
    ]
    if let purity = quality.purity {
      object["neighbour_purity"] = [
        "neighbours": .integer(purity.neighbours), "overall": .number(purity.overall),
        "chance": .number(purity.chance),
        "by_class": .object(
          Dictionary(
            zip(groups, purity.byClass.map { $0.map(JSONValue.number) ?? .null })
          ) { first, _ in first }),
      ]
    }
    return object
  }

  /// The coordinates of every example.
  package var csv: String {
    var text = "index,name,target,prediction,correct,tsne_x,tsne_y,pca_x,pca_y\n"
    let (map, components) = (tsne.map.values, self.components.values)
    for (row, point) in points.enumerated() {
      let numbers = [
        map[2 * row], map[2 * row + 1], components[2 * row], components[2 * row + 1],
      ].map { "\($0)" }
      let cells =
        [
          "\(point.index)", point.name ?? "", point.target, point.prediction,
          point.isWrong.map { $0 ? "0" : "1" } ?? "",
        ].map(CSVCell.quoted) + numbers
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  /// The map in a few lines, for a terminal.
  package var lines: [String] {
    [
      "\(run) · \(dataset) · \(split) · \(countText)", "",
      "  features: \(source)",
      "  principal components: \(features.variances.count), which hold \(Self.percent(explained(features.variances.count))) of the variance (the first two \(Self.percent(explained(2))))",
      "  t-SNE: perplexity \(NumberText.significant(tsne.perplexity, 3)), \(tsne.iterations) iterations, KL divergence \(NumberText.fixed(tsne.divergence, 3))",
    ] + qualityLines.map { "  \($0)" }
  }

  /// `2,000 of 12,000 examples`.
  var countText: String {
    let count = NumberText.grouped(points.count)
    return points.count < features.available
      ? "\(count) of \(NumberText.grouped(features.available)) examples" : "\(count) examples"
  }

  /// What the numbers say, and what they rest on.
  var qualityLines: [String] {
    var lines: [String] = []
    let basis = "in the \(features.variances.count) principal components"
    if let purity = quality.purity {
      lines.append(
        "neighbour purity: \(Self.percent(purity.overall)) of the \(purity.neighbours) nearest neighbours \(basis) have the same class; by chance \(Self.percent(purity.chance))"
      )
    }
    if let silhouette = quality.silhouette {
      lines.append(
        "silhouette of the classes \(basis): \(NumberText.fixed(silhouette, 3)), from −1 to 1")
    }
    if let trust = quality.trustworthiness {
      lines.append(
        "trustworthiness of the t-SNE map: \(NumberText.fixed(trust, 3)) for \(quality.trustedNeighbours) neighbours; 1 if all neighbours in the map are neighbours \(basis)"
      )
    }
    return lines
  }

  static func percent(_ share: Double) -> String { NumberText.fixed(100 * share, 1) + " %" }
}
