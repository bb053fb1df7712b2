import DataSchema
import Diagnostics
import Embedding
import ExperimentConfig
import RunRecord
import Tasks
import WorkerProtocol

extension ExampleMap {
  /// The principal components that neighbours are found in.
  package static let components = 50
  /// The neighbours that purity is about, and those that trustworthiness is about.
  private static let nearest = 10
  /// The fewest examples of a map.
  package static let fewest = 4

  /// Whether there are maps of what a model predicts.
  package static func isPossible(_ target: FieldKind) -> Bool {
    switch target {
    case .category, .numbers, .labelSet: true
    default: false
    }
  }

  /// Places examples in the plane. Threads change nothing but the time.
  ///
  /// - Parameters:
  ///   - components: row-major, as many of each example as `features` has variances.
  ///   - label: of label sets, the one that the map is about; `nil` for the most frequent one.
  ///   - name: what an example is called, by its index.
  /// - Returns: `nil` if interrupted.
  /// - Throws: ``InputError`` if there is no such label.
  package init?(
    _ predictions: Predictions, _ task: any Task, _ features: EmbeddingFeatures,
    components: [Float], split: String, label: String?, threads: Int,
    name: (Int) -> String?, isInterrupted: () -> Bool = { false }
  ) throws {
    guard !features.variances.isEmpty,
      components.count == predictions.count * features.variances.count
    else { throw ProgramFault("the components of some examples are missing") }
    let groups = try ExampleGroups(predictions, task, label: label)
    let points = PointSet(components.map(Double.init), width: features.variances.count)
    var options = TSNE.Options()
    options.threads = threads
    guard let tsne = TSNE(points, options, isInterrupted: isInterrupted) else { return nil }
    guard tsne.divergence.isFinite, tsne.map.values.allSatisfy(\.isFinite) else {
      throw InputError("the features of the examples are too large for a map")
    }
    let names = task.target.kind.names
    self.init(
      split: split, available: features.available,
      points: (0..<predictions.count).map { row in
        let index = predictions.indices[row]
        let words = Self.words(predictions, row, groups, names)
        let place = Array(points[row])
        return Point(
          index: index, name: name(index), target: words.target, prediction: words.prediction,
          isWrong: words.isWrong, group: groups.members[row],
          tsne: [tsne.map.values[2 * row], tsne.map.values[2 * row + 1]],
          pca: [place[0], place.count > 1 ? place[1] : 0])
      },
      groups: groups.names, grouping: groups.kind,
      features: Features(
        layer: features.layer, shape: features.shape, width: features.width,
        isPooled: features.isPooled, variances: features.variances,
        totalVariance: features.totalVariance),
      tsne: Descent(
        perplexity: tsne.perplexity, iterations: tsne.iterations, divergence: tsne.divergence),
      quality: Self.quality(points, tsne, groups, threads: threads))
  }

  private static func words(
    _ predictions: Predictions, _ row: Int, _ groups: ExampleGroups, _ names: [String]
  ) -> (target: String, prediction: String, isWrong: Bool?) {
    let targets = Array(predictions.targets(at: row))
    let answers = Array(predictions.answers(at: row))
    switch groups.kind {
    case .classes:
      let (target, answer) = (Int(targets[0]), answers[0])
      return (names[target], names[answer], target != answer)
    case .label:
      func text(_ has: (Int) -> Bool) -> String {
        let found = names.indices.filter(has).map { names[$0] }
        return found.isEmpty ? "none" : found.joined(separator: ", ")
      }
      return (
        text { targets[$0] > 0 }, text { answers[$0] != 0 },
        (targets[groups.column] > 0) != (answers[groups.column] != 0)
      )
    case .ranges:
      return (
        NumberText.significant(Double(targets[0]), 4),
        NumberText.significant(predictions.outputs(at: row).first ?? 0, 4), nil
      )
    }
  }

  private static func quality(
    _ points: PointSet, _ tsne: TSNE, _ groups: ExampleGroups, threads: Int
  ) -> Quality {
    var purity: Purity?
    var silhouette: Double?
    if !groups.areRanges {
      let found = MapQuality.purity(
        NearestNeighbors(of: points, count: min(nearest, points.count - 1), threads: threads),
        classes: groups.members, count: groups.names.count)
      purity = Purity(
        neighbours: found.neighbours, overall: found.overall, byGroup: found.byClass,
        chance: found.chance)
      silhouette = MapQuality.silhouette(
        points, classes: groups.members, count: groups.names.count, threads: threads)
    }
    let trusted = min(nearest, (points.count - 1) / 2)
    return Quality(
      purity: purity, silhouette: silhouette,
      trustworthiness: MapQuality.trustworthiness(
        of: tsne.map, for: points, neighbours: trusted, threads: threads),
      trustedNeighbours: trusted)
  }
}
