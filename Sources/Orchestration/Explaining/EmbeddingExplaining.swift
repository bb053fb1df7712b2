import DataExplanationViews
import DataSchema
import Diagnostics
import Embedding
import ExperimentConfig
import FoundationEssentials
import PNGImage
import Planning
import Reporting
import RunRecord
import Tasks
import WorkerProtocol

/// Maps examples by what a run's model makes of them before its head decides.
package struct EmbeddingExplaining {
  package var examples: ExplainedExamples

  /// The principal components that neighbours are found in.
  private static let components = 50
  /// The most pictures on the page.
  private static let mostPictures = 1000
  /// The neighbours that purity is about.
  private static let purityNeighbours = 10
  /// The neighbours that trustworthiness is about.
  private static let trustedNeighbours = 10
  /// The most examples of a map.
  package static let mostExamples = 20_000

  /// - Parameter split: the validation examples, or the test examples of a run without any, if left out.
  /// - Throws: ``InputError`` if the run has no such model, or several.
  package init(
    _ run: RunDirectory, weights: String, _ choice: PredictionModels.Choice,
    split: PredictionRequest.Examples.Split?, environment: [String: String]
  ) throws {
    if case .any = choice, let first = RunParts.all(of: run).first,
      let kind = RunParts.kind(first.name)
    {
      throw InputError(
        "the run '\(run.path)' has a model for each \(kind), whose features cannot be compared, and a map is of one",
        hint: "--\(kind) N selects it")
    }
    let models = try PredictionModels(run, weights: weights, part: choice, split: nil)
    examples = ExplainedExamples(
      models, try split ?? ExplainedExamples.standardSplit(of: run), environment: environment)
    let kind = models.plan.task.target.kind
    switch kind {
    case .category, .numbers: break
    default:
      throw InputError(
        "the run's model predicts \(kind); a map needs a class or a number for each example")
    }
  }

  private var models: PredictionModels { examples.models }

  /// What a worker answers.
  private struct Answer {
    var predictions: Predictions
    var features: EmbeddingFeatures?
    var components: [Float] = []
    var isWhole = false
  }

  /// Runs a worker, computes the map, prints what it says and writes the page.
  package func answer() async throws {
    let output = try DataExplanationFiles(examples.folder, name: "map")
    let terminal = Terminal(environment: examples.environment)
    let (record, answer, warnings) = try await ask(terminal)
    guard answer.isWhole, let features = answer.features, !features.variances.isEmpty,
      answer.components.count == answer.predictions.count * features.variances.count
    else { throw ProgramFault("the worker ended without a result") }
    let points = PointSet(answer.components.map(Double.init), width: features.variances.count)
    let source = try source(record)
    let groups = ExampleGroups(answer.predictions, models.task)
    let (tsne, quality) = try placed(points, groups)
    let map = EmbeddingMap(
      run: models.run.name, dataset: record.used, split: examples.split.rawValue,
      features: features,
      points: described(answer.predictions, groups, source), groups: groups.names,
      quantity: groups.quantity, components: Self.plane(points), tsne: tsne, quality: quality,
      warnings: warnings)
    let tables = try output.write(
      page: EmbeddingPage.render(map, pictures: pictures(map, source)),
      tables: [("", map.csv)])
    try examples.print(
      map.json,
      map.lines.joined(separator: "\n") + "\n\n  \(output.page)\n  \(tables[0])\n",
      page: output.page, tables: tables)
  }

  private func ask(
    _ terminal: Terminal
  ) async throws -> (RunInfo.Dataset, Answer, warnings: [String]) {
    var answer = Answer(predictions: Predictions(models.layout))
    let bar = ExplainingBar(terminal)
    let (record, warnings) = try await examples.ask(terminal) {
      .embed(EmbeddingRequest($0, components: Self.components))
    } receive: { event in
      guard let event else { return bar.clear() }
      guard case .embedding(let part) = event else { return }
      switch part {
      case .progress(let done, let count): bar.show(done, of: count, "steps")
      case .rows(let rows): answer.predictions.append(try predictions(rows))
      case .features(let features): answer.features = features
      case .components(let values): answer.components += values.values
      case .finished: answer.isWhole = true
      }
    }
    return (record, answer, warnings)
  }

  private func predictions(_ rows: PredictionRows) throws -> Predictions {
    guard let indices = rows.indices, let targets = rows.targets else {
      throw ProgramFault("the worker sent predictions without targets")
    }
    return Predictions(
      models.layout, folds: Array(repeating: models.part, count: indices.count), indices: indices,
      targets: targets, answers: rows.answers, outputs: rows.outputs)
  }

  /// Places the points in the plane.
  private func placed(
    _ points: PointSet, _ groups: ExampleGroups
  ) throws -> (TSNE, EmbeddingMap.Quality) {
    // Results do not depend on it.
    let threads = ProcessInfo.processInfo.activeProcessorCount
    var options = TSNE.Options()
    options.threads = threads
    guard let tsne = TSNE(points, options) else { throw ProgramFault("t-SNE was interrupted") }
    let near = min(Self.purityNeighbours, points.count - 1)
    let purity =
      groups.areClasses
      ? MapQuality.purity(
        NearestNeighbors(of: points, count: near, threads: threads), classes: groups.members,
        count: groups.names.count) : nil
    let silhouette =
      groups.areClasses
      ? MapQuality.silhouette(
        points, classes: groups.members, count: groups.names.count, threads: threads) : nil
    let trusted = min(Self.trustedNeighbours, (points.count - 1) / 2)
    return (
      tsne,
      EmbeddingMap.Quality(
        purity: purity, silhouette: silhouette,
        trustworthiness: MapQuality.trustworthiness(
          of: tsne.map, for: points, neighbours: trusted, threads: threads),
        trustedNeighbours: trusted)
    )
  }

  /// The first two coordinates.
  private static func plane(_ points: PointSet) -> PointSet {
    PointSet(
      (0..<points.count).flatMap { row in
        let point = Array(points[row])
        return [point[0], point.count > 1 ? point[1] : 0]
      }, width: 2)
  }

  private func source(_ record: RunInfo.Dataset) throws -> any ExampleSource {
    try models.plan.open(examples.split == .test ? .test : .train, of: record, in: models.directory)
  }

  private func described(
    _ predictions: Predictions, _ groups: ExampleGroups, _ source: any ExampleSource
  ) -> [EmbeddingMap.Point] {
    let names = models.task.target.kind.names
    return (0..<predictions.count).map { row in
      let index = predictions.indices[row]
      let target = predictions.targets(at: row).first ?? 0
      guard groups.areClasses, let answer = predictions.answers(at: row).first else {
        return EmbeddingMap.Point(
          index: index, name: source.name(of: index),
          target: NumberText.significant(Double(target), 4),
          prediction: NumberText.significant(predictions.outputs(at: row).first ?? 0, 4),
          isWrong: nil, group: groups.members[row])
      }
      return EmbeddingMap.Point(
        index: index, name: source.name(of: index), target: names[Int(target)],
        prediction: names[answer], isWrong: answer != Int(target), group: groups.members[row])
    }
  }

  /// Pictures of examples, wrong predictions first, then in equal steps.
  private func pictures(
    _ map: EmbeddingMap, _ source: any ExampleSource
  ) throws -> [Int: PixelImage] {
    guard source.schema.largestImage != nil else { return [:] }
    let wrong = map.points.indices.filter { map.points[$0].isWrong == true }
    let others = map.points.indices.filter { map.points[$0].isWrong != true }
    let room = max(0, Self.mostPictures - wrong.count)
    let count = min(room, others.count)
    let rows =
      Array(wrong.prefix(Self.mostPictures)) + (0..<count).map { others[$0 * others.count / count] }
    var pictures: [Int: PixelImage] = [:]
    for row in rows {
      let found = try source.pictures([map.points[row].index])
      let size = found.sizes[0]
      pictures[row] = PixelImage(
        planar: found.bytes, width: size.width, height: size.height, channels: size.channels)?
        .shrunk(to: EmbeddingPage.pictureSide)
    }
    return pictures
  }
}
