import HeatMaps
import WorkerProtocol

/// How similar a method's maps are to those of randomised weights, over all pictures.
package struct SanityCheck: Sendable {
  /// The mean over pictures.
  package struct Similarity: Sendable {
    package let extent: ExplainedItem.Sanity.Extent
    /// Spearman's correlation of absolute values; `nil` if it is defined for no picture.
    package let rankCorrelation: Double?
    package let structuralSimilarity: Double?
  }

  /// Above it, maps of randomised weights count as much the same.
  private static let limit = 0.5

  package let method: ExplanationRequest.Method
  package let pictures: Int
  package let similarities: [Similarity]

  /// Those of all methods that were checked.
  package static func all(_ items: [ExplainedItem]) -> [SanityCheck] {
    var order: [ExplanationRequest.Method] = []
    for map in items.flatMap(\.maps) where !map.sanity.isEmpty && !order.contains(map.method) {
      order.append(map.method)
    }
    return order.map { method in
      let maps = items.flatMap(\.maps).filter { $0.method == method && !$0.sanity.isEmpty }
      return SanityCheck(
        method: method, pictures: maps.count,
        similarities: ExplainedItem.Sanity.Extent.allCases.map { extent in
          let all = maps.flatMap(\.sanity).filter { $0.extent == extent }
          return Similarity(
            extent: extent, rankCorrelation: mean(all.compactMap(\.rankCorrelation)),
            structuralSimilarity: mean(all.compactMap(\.structuralSimilarity)))
        })
    }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// A sentence that claims no more than the numbers say.
  package var verdict: String {
    let name = ExplanationWords.title(method)
    let subject = pictures == 1 ? "for this picture" : "over these \(pictures) pictures"
    guard let all = similarities.last?.rankCorrelation else {
      return
        "\(name): no rank correlation with randomised weights is defined \(subject), because their maps are constant."
    }
    let number = "mean rank correlation \(ExplanationWords.decimal(all)) \(subject)"
    if abs(all) > Self.limit {
      return
        "\(name): with all weights randomised, the maps rank the pixels much the same (\(number)), so "
        + "most of this ranking does not come from what the model has learned."
    }
    return
      "\(name): with all weights randomised, the maps rank the pixels differently (\(number)), so "
      + "they depend on the weights. That does not show that they are right."
  }

  /// `last layer`, `upper half of the layers`, `all layers`.
  package static func name(_ extent: ExplainedItem.Sanity.Extent) -> String {
    switch extent {
    case .head: "last layer"
    case .half: "upper half of the layers"
    case .all: "all layers"
    }
  }
}
