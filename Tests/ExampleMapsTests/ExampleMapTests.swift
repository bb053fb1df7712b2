import DataSchema
import Diagnostics
import ExampleMaps
import ExperimentConfig
import MultiLabel
import RunRecord
import Tasks
import Testing
import WorkerProtocol

/// Maps of examples from what a worker computes.
@Suite struct ExampleMapTests {
  private static let labels = ["edge", "round", "all", "rare"]

  /// Forty examples: all have the third label, every second the second one, every fourth the first one.
  private static func predictions(_ task: MultiLabelTask) -> Predictions {
    var predictions = Predictions(task.layout(.identity))
    for row in 0..<40 {
      let has: [Int] = [row % 4 == 0 ? 1 : 0, row % 2 == 0 ? 1 : 0, 1, row == 7 ? 1 : 0]
      predictions.folds.append(0)
      predictions.indices.append(100 + row)
      predictions.targets += has.map { Float($0) }
      // The second label is predicted wrongly for the first five.
      var answers = has
      if row < 5 { answers[1] = 1 - answers[1] }
      predictions.answers += answers
      predictions.outputs += has.map { Double($0) }
    }
    return predictions
  }

  private static let features = EmbeddingFeatures(
    layer: "fc", shape: [3], width: 3, isPooled: false, available: 90, variances: [4, 2, 1],
    totalVariance: 8)

  /// Two groups far from each other, by the second label.
  private static let components: [Float] = {
    var values: [Float] = []
    for row in 0..<40 {
      values.append(row % 2 == 0 ? 5 : -5)
      values.append(Float(row % 7) / 7)
      values.append(Float(row % 3) / 3)
    }
    return values
  }()

  private static func task() throws -> MultiLabelTask {
    try #require(MultiLabelTask(DataField("labels", .labelSet(labels))))
  }

  private static func map(label: String? = nil, threads: Int = 1) throws -> ExampleMap {
    let task = try task()
    return try #require(
      try ExampleMap(
        predictions(task), task, features, components: components, split: "validation",
        label: label, threads: threads, name: { $0 == 100 ? "first.png" : nil }))
  }

  @Test func theMostFrequentLabelThatDividesColoursTheMap() throws {
    let map = try Self.map()
    #expect(map.grouping == .label(named: "round", chosen: false))
    #expect(map.groups == ["with round", "without round"])
    #expect(map.points.map(\.group) == (0..<40).map { $0 % 2 })
    #expect(map.points.filter { $0.isWrong == true }.map(\.index) == [100, 101, 102, 103, 104])
    #expect(map.points[0].name == "first.png" && map.points[0].target == "edge, round, all")
    #expect(map.points[0].prediction == "edge, all" && map.points[7].target == "all, rare")
    // The two groups are far apart.
    #expect(try #require(map.quality.purity).overall == 1)
    #expect(try #require(map.quality.silhouette) > 0.8)
    #expect(map.available == 90)
    try map.check()
    let lines = map.lines(run: "r", dataset: "d")
    #expect(lines.contains { $0.contains("'round', the most frequent one") })
  }

  @Test func aChosenLabelChangesColoursOnly() throws {
    let (one, other) = (try Self.map(), try Self.map(label: "edge"))
    #expect(other.grouping == .label(named: "edge", chosen: true))
    #expect(other.points.map(\.group) == (0..<40).map { $0 % 4 == 0 ? 0 : 1 })
    #expect(other.points.allSatisfy { $0.isWrong == false })
    #expect(one.points.map(\.tsne) == other.points.map(\.tsne))
    #expect(other.json(run: "r", dataset: "d", warnings: [])["label"] == "edge")
    do {
      _ = try Self.map(label: "rond")
      Issue.record("an unknown label was accepted")
    } catch let error as InputError {
      #expect(error.diagnostics.first?.message.contains("'rond'") == true)
    }
    let kind = FieldKind.category(["a", "b"])
    #expect(throws: InputError.self) { try ExampleMap.check("a", kind) }
  }

  @Test func threadsChangeNothing() throws {
    #expect(try Self.map() == Self.map(threads: 3))
  }

  @Test func itIsReadAsItWasWritten() throws {
    let map = try Self.map()
    let bytes = try JSONText.encode(map)
    #expect(try JSONText.decode(ExampleMap.self, from: bytes) == map)
  }

  @Test func anInterruptionGivesNoMap() throws {
    let task = try Self.task()
    let map = try ExampleMap(
      Self.predictions(task), task, Self.features, components: Self.components, split: "test",
      label: nil, threads: 1, name: { _ in nil }, isInterrupted: { true })
    #expect(map == nil)
  }

  @Test func damagedMapsAreNamed() throws {
    let good = try Self.map()
    func problem(_ change: (inout ExampleMap) -> Void) -> String {
      var map = good
      change(&map)
      do {
        try map.check()
        return "none"
      } catch {
        return error.key
      }
    }
    #expect(problem { _ in } == "none")
    #expect(problem { $0.points[3].group = 2 } == "points.3.group")
    #expect(problem { $0.points[2].tsne = [1] } == "points.2.tsne")
    #expect(problem { $0.points[2].pca = [1, .nan] } == "points.2.pca")
    #expect(problem { $0.pictured = [1, 40] } == "pictured.1")
    #expect(problem { $0.pictured = [1, 1] } == "pictured")
    #expect(problem { $0.available = 39 } == "available")
    #expect(problem { $0.quality.purity?.byGroup = [1] } == "quality.purity.by_group")
  }
}
