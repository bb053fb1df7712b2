import Embedding
import WorkerProtocol

/// Examples in the plane, near to each other where a model sees them alike.
package struct EmbeddingMap: Sendable {
  package struct Point: Sendable {
    /// In the whole training or test set.
    package var index: Int
    /// Such as the path of its file; `nil` if it is known by its index only.
    package var name: String?
    /// The class or the number, as text.
    package var target: String
    package var prediction: String
    /// Whether the predicted class is another one; `nil` if numbers are predicted.
    package var isWrong: Bool?
    /// Which of ``EmbeddingMap/groups`` it belongs to.
    package var group: Int

    package init(
      index: Int, name: String?, target: String, prediction: String, isWrong: Bool?, group: Int
    ) {
      self.index = index
      self.name = name
      self.target = target
      self.prediction = prediction
      self.isWrong = isWrong
      self.group = group
    }
  }

  /// How well classes are apart, and how faithful the map is.
  package struct Quality: Sendable {
    /// Among the principal components; `nil` if numbers are predicted.
    package var purity: MapQuality.Purity?
    package var silhouette: Double?
    package var trustworthiness: Double?
    /// The neighbours that ``trustworthiness`` is about.
    package var trustedNeighbours: Int

    package init(
      purity: MapQuality.Purity?, silhouette: Double?, trustworthiness: Double?,
      trustedNeighbours: Int
    ) {
      self.purity = purity
      self.silhouette = silhouette
      self.trustworthiness = trustworthiness
      self.trustedNeighbours = trustedNeighbours
    }
  }

  package var run: String
  package var dataset: String
  /// `validation` or `test`.
  package var split: String
  package var features: EmbeddingFeatures
  package var points: [Point]
  /// Classes, or ranges of a number from low to high.
  package var groups: [String]
  /// What ``groups`` are ranges of; `nil` for classes.
  package var quantity: String?
  /// The coordinates along the first two principal components, [points, 2].
  package var components: PointSet
  package var tsne: TSNE
  package var quality: Quality
  package var warnings: [String]

  package init(
    run: String, dataset: String, split: String, features: EmbeddingFeatures, points: [Point],
    groups: [String], quantity: String?, components: PointSet, tsne: TSNE, quality: Quality,
    warnings: [String]
  ) {
    self.run = run
    self.dataset = dataset
    self.split = split
    self.features = features
    self.points = points
    self.groups = groups
    self.quantity = quantity
    self.components = components
    self.tsne = tsne
    self.quality = quality
    self.warnings = warnings
  }

  /// The share of the features' variance along some components.
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

  var wrong: Int { points.count { $0.isWrong == true } }
}
