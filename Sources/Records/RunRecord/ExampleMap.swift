import ExperimentConfig

/// Examples in the plane, near to each other where a model sees them alike.
///
/// `explanations/map.json` is that of a run whose experiment says `report: {explain: true}`.
package struct ExampleMap: Codable, Sendable, Equatable {
  package struct Point: Codable, Sendable, Equatable {
    /// In the whole training or test set.
    package var index: Int
    /// Such as the path of its file; `nil` if it is known by its index only.
    package var name: String?
    /// The class, the labels or the number, as text.
    package var target: String
    package var prediction: String
    /// Whether the predicted class is another one or, of labels, the one that the map is about is predicted wrongly;
    /// `nil` if numbers are predicted.
    package var isWrong: Bool?
    /// Which of ``ExampleMap/groups`` it belongs to.
    package var group: Int
    /// Its place by t-SNE: two numbers.
    package var tsne: [Double]
    /// Its first two principal components.
    package var pca: [Double]

    package init(
      index: Int, name: String?, target: String, prediction: String, isWrong: Bool?, group: Int,
      tsne: [Double], pca: [Double]
    ) {
      (self.index, self.name, self.target, self.prediction) = (index, name, target, prediction)
      (self.isWrong, self.group, self.tsne, self.pca) = (isWrong, group, tsne, pca)
    }

    private enum CodingKeys: String, CodingKey {
      case index, name, target, prediction, group, tsne, pca
      case isWrong = "wrong"
    }
  }

  /// What ``groups`` are.
  package enum Grouping: Codable, Sendable, Equatable {
    case classes
    /// Ranges of a number, from low to high.
    case ranges(of: String)
    /// The examples with a label, then those without it. One that nobody chose is the most frequent one.
    case label(named: String, chosen: Bool)
  }

  /// What the points are computed from.
  package struct Features: Codable, Sendable, Equatable {
    /// The path of the layer that gives them; `nil` if they are the model's input.
    package var layer: String?
    /// The shape of its output for an example.
    package var shape: [Int]
    /// The numbers of an example's features.
    package var width: Int
    /// Whether they are means over the positions of an image.
    package var isPooled: Bool
    /// The variance along each principal component that was used, largest first.
    package var variances: [Double]
    package var totalVariance: Double

    package init(
      layer: String?, shape: [Int], width: Int, isPooled: Bool, variances: [Double],
      totalVariance: Double
    ) {
      (self.layer, self.shape, self.width, self.isPooled) = (layer, shape, width, isPooled)
      (self.variances, self.totalVariance) = (variances, totalVariance)
    }

    private enum CodingKeys: String, CodingKey {
      case layer, shape, width, variances
      case isPooled = "pooled"
      case totalVariance = "total_variance"
    }
  }

  /// How t-SNE ended.
  package struct Descent: Codable, Sendable, Equatable {
    package var perplexity: Double
    package var iterations: Int
    /// The Kullback–Leibler divergence.
    package var divergence: Double

    package init(perplexity: Double, iterations: Int, divergence: Double) {
      (self.perplexity, self.iterations, self.divergence) = (perplexity, iterations, divergence)
    }
  }

  /// The share of nearest neighbours in the same group.
  package struct Purity: Codable, Sendable, Equatable {
    /// The neighbours of each point.
    package var neighbours: Int
    package var overall: Double
    /// Of each of ``ExampleMap/groups``; `nil` without points.
    package var byGroup: [Double?]
    /// What neighbours drawn at random would have.
    package var chance: Double

    package init(neighbours: Int, overall: Double, byGroup: [Double?], chance: Double) {
      (self.neighbours, self.overall) = (neighbours, overall)
      (self.byGroup, self.chance) = (byGroup, chance)
    }

    private enum CodingKeys: String, CodingKey {
      case neighbours, overall, chance
      case byGroup = "by_group"
    }
  }

  /// How well groups are apart, and how faithful the map is.
  package struct Quality: Codable, Sendable, Equatable {
    /// Among the principal components; `nil` if numbers are predicted.
    package var purity: Purity?
    package var silhouette: Double?
    package var trustworthiness: Double?
    /// The neighbours that ``trustworthiness`` is about.
    package var trustedNeighbours: Int

    package init(
      purity: Purity?, silhouette: Double?, trustworthiness: Double?, trustedNeighbours: Int
    ) {
      (self.purity, self.silhouette) = (purity, silhouette)
      (self.trustworthiness, self.trustedNeighbours) = (trustworthiness, trustedNeighbours)
    }

    private enum CodingKeys: String, CodingKey {
      case purity, silhouette, trustworthiness
      case trustedNeighbours = "trusted_neighbours"
    }
  }

  /// `validation` or `test`.
  package var split: String
  /// The examples of the split, of which some may have been taken.
  package var available: Int
  package var points: [Point]
  package var groups: [String]
  package var grouping: Grouping
  package var features: Features
  package var tsne: Descent
  package var quality: Quality
  /// The points with a picture, in the order of ``pictures``: row by row, ``pictureColumns`` side by side.
  package var pictured: [Int] = []

  package init(
    split: String, available: Int, points: [Point], groups: [String], grouping: Grouping,
    features: Features, tsne: Descent, quality: Quality
  ) {
    (self.split, self.available, self.points) = (split, available, points)
    (self.groups, self.grouping, self.features) = (groups, grouping, features)
    (self.tsne, self.quality) = (tsne, quality)
  }

  package static let name = "\(RunExplanations.folder)/map.json"
  /// The pictures of ``pictured`` as one PNG.
  package static let pictures = "\(RunExplanations.folder)/map.png"
  /// The pictures side by side in ``pictures``.
  package static let pictureColumns = 40
}

extension ExampleMap: CheckedRecord {
  package func check() throws(RecordProblem) {
    try RecordProblem.require("points", points.count, in: 1...1_000_000)
    try RecordProblem.require("available", available, in: points.count...(1 << 48))
    try RecordProblem.require("groups", groups.count, in: 1...1_000_000)
    for (place, point) in points.enumerated() {
      try RecordProblem.require("points.\(place).group", point.group, in: 0...(groups.count - 1))
      for (key, values) in [("tsne", point.tsne), ("pca", point.pca)]
      where values.count != 2 || values.contains(where: { !(abs($0) < 1e150) }) {
        throw RecordProblem("points.\(place).\(key)", "expected two numbers")
      }
    }
    for (place, row) in pictured.enumerated() {
      try RecordProblem.require("pictured.\(place)", row, in: 0...(points.count - 1))
    }
    guard Set(pictured).count == pictured.count else {
      throw RecordProblem("pictured", "a point is listed twice")
    }
    if let purity = quality.purity, purity.byGroup.count != groups.count {
      throw RecordProblem("quality.purity.by_group", "expected \(groups.count) numbers")
    }
    try RecordProblem.require(
      "features.variances", features.variances.count, in: 1...1_000_000)
  }
}
