import Classification
import ComparisonFixtures
import ExperimentConfig
import Randomness
import Report
import RunRecord
import Statistics
import Tasks
import TestSupport
import Testing

@testable import Comparison

@Suite struct BootstrapTests {
  @Test(arguments: [(50, 0.02), (50, 0.4), (1000, 0.3), (1000, 0.9), (100_000, 0.01)])
  func binomialNumbersHaveTheirMeanAndSpread(_ count: Int, _ probability: Double) {
    let draws = (0..<20_000).map { step in
      var draw = BinomialDraw(RandomStream(seed: 1, purpose: .bootstrap, step: step))
      return Double(draw.draw(count, probability))
    }
    let mean = draws.reduce(0, +) / 20_000
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 19_999
    let expected = Double(count) * probability * (1 - probability)
    #expect(abs(mean - Double(count) * probability) < 4 * (expected / 20_000).squareRoot())
    #expect(abs(variance / expected - 1) < 0.05)
    #expect(draws.allSatisfy { (0...Double(count)).contains($0) })
  }

  @Test func binomialNumbersHaveTheirDistribution() {
    // χ² over the cells of a small one; 15.1 is the 99.5% point of 4 degrees, 5 cells.
    var counts = [Double](repeating: 0, count: 5)
    for step in 0..<20_000 {
      var draw = BinomialDraw(RandomStream(seed: 2, purpose: .bootstrap, step: step))
      counts[draw.draw(4, 0.5)] += 1
    }
    let expected = [1.0, 4, 6, 4, 1].map { $0 / 16 * 20_000 }
    let chiSquared = zip(counts, expected).reduce(0) {
      $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1
    }
    #expect(chiSquared < 15.1)
  }

  @Test func theDegenerateCasesAreExact() {
    var draw = BinomialDraw(RandomStream(seed: 1, purpose: .bootstrap))
    #expect(draw.draw(0, 0.5) == 0)
    #expect(draw.draw(10, 0) == 0)
    #expect(draw.draw(10, 1) == 10)
  }

  /// Drawing cells and drawing examples are the same bootstrap.
  @Test func cellsAgreeWithExamples() throws {
    var other = SyntheticRun()
    other.luck = 2
    other.skill = 0.85
    let diff = try Pair(SyntheticRun(), other).diff
    let pairs = try #require(
      PairedSplit.make("test", diff.a, diff.b).pairs.flatMap { PairedClasses($0.answers) })
    let differences = (0..<pairs.count).map { row in
      (pairs.isRight(pairs.b, row) ? 1.0 : 0) - (pairs.isRight(pairs.a, row) ? 1.0 : 0)
    }
    let direct = try #require(PairedBootstrap.meanDifference(differences).interval)
    let cells = try #require(diff.scores.last?["accuracy"]?.interval)
    #expect(abs(direct.lower - cells.lower) < 0.003)
    #expect(abs(direct.upper - cells.upper) < 0.003)
  }

  @Test func scoresOfCellsAreThoseOfTheMetrics() throws {
    let pair = try Pair()
    let table = try #require(
      ComparedRun(pair.a, label: "A").evidence.predictions["test"]?.classes)
    var counts = ClassCounts(table.classes)
    for (label, answer) in zip(table.labels, table.predictions) { counts.add(label, answer, 1) }
    let report = ClassificationReport(
      ConfusionMatrix(
        labels: table.labels, predictions: table.predictions, classes: table.classes))
    let scores = Dictionary(uniqueKeysWithValues: zip(ClassCounts.keys, counts.scores()))
    for (key, value) in [
      ("accuracy", report.micro.f1), ("f1_macro", report.macro.f1),
      ("precision_macro", report.macro.precision), ("recall_macro", report.macro.recall),
      ("f1_weighted", report.weighted.f1), ("precision_weighted", report.weighted.precision),
      ("recall_weighted", report.weighted.recall),
    ] {
      #expect(abs((scores[key] ?? -1) - value) < 1e-12, "\(key)")
    }
  }

  @Test func severalTestsAreCorrected() throws {
    let diff = try Pair.diff {
      $0.luck = 2
      $0.skill = 0.86
      $0.dropout = "0.3"
    }
    let rows = try #require(diff.scores.last?.rows)
    let tests = rows.compactMap(\.test)
    #expect(tests.count == 2)
    let smallest = try #require(tests.map(\.p).min())
    #expect(tests.contains { abs($0.adjusted - min(1, 2 * smallest)) < 1e-12 })
    #expect(tests.allSatisfy { $0.adjusted >= $0.p })
  }
}

@Suite struct WeightTests {
  @Test func scaledWeightsAreFarButParallel() throws {
    let diff = try Pair.diff { $0.weightScale = 3 }
    let change = try #require(diff.weights.changes.first)
    #expect(diff.weights.changes.map(\.name) == ["1.weight", "1.bias"])
    #expect(abs(change.relative - 2) < 1e-6)
    #expect(abs((change.cosine ?? 0) - 1) < 1e-9)
    #expect(abs(change.largest - 2 * (11.0 / 97 + 0.01)) < 1e-6)
    #expect(change.notFinite == 0)
  }

  @Test func weightsThatAreNoNumbersAreCounted() throws {
    let diff = try Pair.diff { $0.weightScale = .infinity }
    #expect(diff.weights.changes.first?.notFinite == 12)
  }

  @Test func anotherShapeIsANote() throws {
    let diff = try Pair.diff { $0.weightCount = 30 }
    #expect(
      diff.weights.notes == ["1.weight: shape [12] → [15]", "1.bias: shape [12] → [15]"])
    #expect(diff.weights.changes.isEmpty)
  }
}

@Suite struct CurveTests {
  private func curve(_ losses: [Double]) -> [EpochRecord] {
    losses.enumerated().map {
      EpochRecord(fold: 0, epoch: $0.offset + 1, values: ["train_loss": $0.element, "lr": 1])
    }
  }

  @Test func curvesPartWhereTheyDifferByMoreThanRounding() {
    let diff = CurveDiff(curve([1, 0.5, 0.25]), curve([1, 0.5 * (1 + 1e-7), 0.26]))
    #expect(
      diff.parting == .init(fold: 0, epoch: 3, key: "train_loss", a: 0.25, b: 0.26))
    #expect(!diff.isIdentical)
    #expect(diff.common == 3)
  }

  @Test func roundingIsNoParting() {
    let diff = CurveDiff(curve([1]), curve([1 + 1e-9]))
    #expect(diff.parting == nil)
    #expect(!diff.isIdentical)
    #expect(CurveDiff(curve([1, .nan]), curve([1, .nan])).isIdentical)
  }

  @Test func aLossThatIsNoNumberParts() {
    #expect(CurveDiff(curve([1, .nan]), curve([1, 0.5])).parting?.epoch == 2)
    #expect(CurveDiff(curve([.infinity]), curve([1])).parting?.epoch == 1)
  }

  @Test func aShorterCurveIsNotIdentical() {
    let diff = CurveDiff(curve([1, 0.5]), curve([1]))
    #expect(diff.parting == nil)
    #expect(!diff.isIdentical)
    #expect(diff.epochs == (2, 1))
  }
}

@Suite struct FlipTests {
  @Test func everyFlipIsCountedOnceAndRight() throws {
    let diff = try Pair.diff {
      $0.luck = 2
      $0.dropout = "0.3"
    }
    let flips = try #require(diff.changedExamples.last)
    let pairs = try #require(PairedSplit.make("test", diff.a, diff.b).pairs)
    let classes = try #require(PairedClasses(pairs.answers))
    let counts = classes.discordant
    #expect(flips.answers.counts == ["only_a_right": counts.onlyA, "only_b_right": counts.onlyB])
    #expect(flips.answers.total == 400)
    let changed = (0..<classes.count).filter {
      classes.a.predictions[$0] != classes.b.predictions[$0]
    }
    #expect(
      flips.examples.map(\.index).sorted() == changed.map { pairs.answers.a.indices[$0] }.sorted())
    let json = flips.answers.examples.map(\.json)
    #expect(json.allSatisfy { $0["a"] != $0["b"] })
    #expect(
      zip(json, flips.examples).allSatisfy { $0["label"] == .integer($1.index % 4) })
    let lost = json.filter { $0["kind"] == "lost" }
    #expect(lost.count == counts.onlyA && lost.allSatisfy { $0["a"] == $0["label"] })
    let sure = json.filter { $0["kind"] != "other" }.map {
      ($0["a_probability"]?.number ?? 0) + ($0["b_probability"]?.number ?? 0)
    }
    #expect(sure == sure.sorted(by: >))
    // Those that both get wrong come last.
    #expect(json.drop { $0["kind"] != "other" }.allSatisfy { $0["kind"] == "other" })
    let parts = try #require(diff.parts)
    #expect(parts.changes.rows.reduce(0) { $0 + ($1.onlyA ?? 0) } == counts.onlyA)
    #expect(parts.changes.rows.reduce(0) { $0 + ($1.json["support"]?.integer ?? 0) } == 400)
  }
}

@Suite struct ComparisonTests {
  @Test func settingsOfAllRunsStandInOneTable() throws {
    let folder = try Pair()
    var sgd = SyntheticRun()
    sgd.optimizer = "sgd:\n    lr: 0.1  # default"
    sgd.skill = 0.995
    sgd.luck = 3
    let third = try sgd.write(folder.folder.path, "c")
    var dropped = SyntheticRun()
    dropped.dropout = "0.5"
    dropped.skill = 0.5
    let fourth = try dropped.write(folder.folder.path, "d")
    let comparison = RunComparison([folder.a, third, fourth])
    #expect(comparison.settings.map(\.path) == ["optimizer", "model.3.dropout.p"])
    #expect(comparison.settings[1].values == ["0.2", "0.2", "0.5"])
    #expect(comparison.settings[0].values == ["adam(lr=0.001)", "sgd(lr=0.1)", "adam(lr=0.001)"])
    let accuracy = try #require(comparison.scores.first)
    #expect(accuracy.split == "test" && accuracy.key == "accuracy")
    #expect(accuracy.best == [1])
    #expect(accuracy.cells[0].interval?.method.name == .bootstrap)
    let loss = try #require(comparison.scores.first { $0.key == "loss" })
    #expect(loss.best.isEmpty, "a lead is marked only where it is tested")
    let facts = Dictionary(uniqueKeysWithValues: comparison.facts.map { ($0.label, $0.values) })
    #expect(facts["parameters, total"] == ["100", "100", "100"])
    #expect(facts["parameters, trainable"] == ["90", "90", "90"])
    #expect(facts["time"] == ["1 min 0 s", "1 min 0 s", "1 min 0 s"])
    #expect(comparison.cautions.isEmpty)
  }

  @Test func runsOnOtherDataAreCautioned() throws {
    var other = SyntheticRun()
    other.fingerprint = "beef"
    let pair = try Pair(SyntheticRun(), other)
    #expect(RunComparison([pair.a, pair.b]).cautions.first?.contains("same data") == true)
    var fewer = SyntheticRun()
    fewer.test = 300
    let second = try Pair(SyntheticRun(), fewer)
    #expect(
      RunComparison([second.a, second.b]).cautions.first?.contains("test examples") == true)
  }

  @Test func equalRunsHaveNoBest() throws {
    let pair = try Pair()
    let scores = RunComparison([pair.a, pair.b]).scores
    #expect(scores.allSatisfy { $0.best.isEmpty })
  }
}
