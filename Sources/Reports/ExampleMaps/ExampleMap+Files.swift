import Diagnostics
import ExperimentConfig
import RunRecord
import Tasks

extension ExampleMap {
  /// Everything as one JSON object.
  package func json(run: String, dataset: String, warnings: [String]) -> [String: JSONValue] {
    let list: [JSONValue] = points.map { point in
      [
        "index": .integer(point.index), "name": point.name.map(JSONValue.string) ?? .null,
        "target": .string(point.target), "prediction": .string(point.prediction),
        "correct": point.isWrong.map { .boolean(!$0) } ?? .null,
        "tsne": .array(point.tsne.map(JSONValue.number)),
        "pca": .array(point.pca.map(JSONValue.number)),
      ]
    }
    var label = JSONValue.null
    if case .label(let name, _) = grouping { label = .string(name) }
    return [
      "run": .string(run), "dataset": .string(dataset), "split": .string(split),
      "examples": .integer(points.count), "available": .integer(available), "label": label,
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
            zip(groups, purity.byGroup.map { $0.map(JSONValue.number) ?? .null })
          ) { first, _ in first }),
      ]
    }
    return object
  }

  /// The coordinates of every example.
  package var csv: String {
    var text = "index,name,target,prediction,correct,tsne_x,tsne_y,pca_x,pca_y\n"
    for point in points {
      let cells =
        [
          "\(point.index)", point.name ?? "", point.target, point.prediction,
          point.isWrong.map { $0 ? "0" : "1" } ?? "",
        ].map(CSVCell.quoted) + (point.tsne + point.pca).map { "\($0)" }
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }
}
