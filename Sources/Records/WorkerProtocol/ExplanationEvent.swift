import FoundationEssentials

/// A part of a worker's answer to an ``ExplanationRequest``.
package enum ExplanationEvent: Codable, Sendable {
  /// The next bytes of what ``item(_:)`` describes.
  case part(Data)
  /// An item whose bytes have all been sent.
  case item(ExplainedItem)
  /// All items have been sent.
  case finished

  /// The most bytes of a part, to keep the message short.
  package static let mostBytes = 36_864
}

/// What the bytes of an item are, in this order: the picture as the model sees it, [3, height, width] as bytes; for
/// each map [height, width], and at last the feature maps [count, height, width], as little-endian float32.
package struct ExplainedItem: Codable, Sendable, Equatable {
  /// A method's map.
  package struct Map: Codable, Sendable, Equatable {
    package var method: ExplanationRequest.Method
    /// `nil` for other methods than integrated gradients.
    package var completeness: Completeness?
    /// Empty unless it was asked for.
    package var sanity: [Sanity] = []

    package init(_ method: ExplanationRequest.Method) { self.method = method }
  }

  /// Whether a map of integrated gradients adds up to the difference of the scores.
  package struct Completeness: Codable, Sendable, Equatable {
    package var sum: Double
    package var score: Double
    package var baselineScore: Double
    package var steps: Int

    package init(sum: Double, score: Double, baselineScore: Double, steps: Int) {
      (self.sum, self.score) = (sum, score)
      (self.baselineScore, self.steps) = (baselineScore, steps)
    }

    /// |sum − difference| / |difference|; `nil` if the scores are equal.
    package var error: Double? {
      let difference = score - baselineScore
      return difference == 0 ? nil : abs(sum - difference) / abs(difference)
    }
  }

  /// How similar a map is to that of a model with randomised weights.
  package struct Sanity: Codable, Sendable, Equatable {
    /// Which weights are randomised, from the output on.
    package enum Extent: String, Codable, Sendable, CaseIterable {
      /// Those of the last layer.
      case head
      /// Those of the upper half of the layers.
      case half
      case all
    }

    package var extent: Extent
    /// Spearman's rank correlation of the absolute values; `nil` if one of the maps is constant.
    package var rankCorrelation: Double?
    /// The structural similarity of the absolute values, each divided by the largest; `nil` for maps of less than
    /// 7 × 7 pixels.
    package var structuralSimilarity: Double?

    package init(_ extent: Extent, rankCorrelation: Double?, structuralSimilarity: Double?) {
      self.extent = extent
      self.rankCorrelation = rankCorrelation
      self.structuralSimilarity = structuralSimilarity
    }
  }

  /// The most active channels of a layer.
  package struct FeatureMaps: Codable, Sendable, Equatable {
    package var layer: String
    /// The numbers of the channels, those with the largest mean first.
    package var channels: [Int]
    package var channelCount: Int
    package var height: Int
    package var width: Int

    package init(layer: String, channels: [Int], channelCount: Int, height: Int, width: Int) {
      (self.layer, self.channels, self.channelCount) = (layer, channels, channelCount)
      (self.height, self.width) = (height, width)
    }
  }

  /// Its place in the request.
  package var place: Int
  /// Of the model's input.
  package var height: Int
  package var width: Int
  /// The class, label or number that is explained.
  package var label: Int
  /// The score that is explained.
  package var score: Double
  /// The layer of the class activation maps; `nil` if there are none.
  package var layer: String?
  package var maps: [Map] = []
  package var features: FeatureMaps?

  package init(place: Int, height: Int, width: Int, label: Int, score: Double) {
    (self.place, self.height, self.width) = (place, height, width)
    (self.label, self.score) = (label, score)
  }
}
