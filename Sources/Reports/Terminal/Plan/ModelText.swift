import ExperimentConfig
import Graph
import Planning
import Pretrained

/// What is known of a model that ships with the program: size, cost, origin and published weights.
enum ModelText {
  /// - Throws: ``InputError`` if the model cannot be built, which tests exclude.
  static func facts(_ source: ModelSource) throws -> String {
    let model = try BuiltInModel(source)
    let facts = source.facts
    var lines: [(name: String, value: String)] = [
      ("parameters", NumberText.grouped(model.graph.parameterCount)),
      (
        "operations",
        "\(scaled(model.graph.multiplyAdds)) multiply-adds, \(scaled(model.graph.flops)) FLOPs in all"
      ),
      (
        "for",
        "images of \(facts.image.map(String.init).joined(separator: "×")), "
          + "\(NumberText.grouped(facts.classes)) classes"
      ),
    ]
    if let reference = facts.reference { lines.append(("reference", reference)) }
    if let publication = facts.publication { lines.append(("published", publication)) }
    var text = table(lines)
    let published = PretrainedWeights.of(source.schema.name)
    guard !published.isEmpty else { return text }
    let isSegmentation = published.contains { $0.segmentation != nil }
    text +=
      "\n  Published weights, with their "
      + (isSegmentation
        ? "mean IoU and pixel accuracy on COCO's val2017 with Pascal VOC's classes:\n"
        : published.contains { $0.boxMAP != nil }
          ? "mean average precision of boxes on COCO's val2017:\n"
          : "top-1 score on ImageNet-1K:\n")
    return text
      + table(
        published.map { weights in
          let score =
            weights.segmentation.map {
              "\(NumberText.fixed($0.meanIoU, 1))%, \(NumberText.fixed($0.pixelAccuracy, 1))%"
            } ?? weights.top1.map { NumberText.fixed($0, 3) + "%" }
            ?? weights.boxMAP.map { NumberText.fixed($0, 1) + "%" } ?? "–"
          let size = weights.size == facts.image.last ? "" : " at \(weights.size)×\(weights.size)"
          return ("weights: \(weights.name)", "\(score)\(size)  \(weights.file)")
        })
  }

  private static func table(_ lines: [(name: String, value: String)]) -> String {
    let width = lines.map(\.name.count).max() ?? 0
    return lines.map { line in
      "  \(line.name)\(String(repeating: " ", count: width - line.name.count + 2))\(line.value)\n"
    }.joined()
  }

  /// Such as `4.09 G` or `312 k`.
  private static func scaled(_ count: Int) -> String {
    let value = Double(count)
    for (unit, size) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] where value >= size {
      let scaled = value / size
      return NumberText.fixed(scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0) + " " + unit
    }
    return String(count)
  }
}
