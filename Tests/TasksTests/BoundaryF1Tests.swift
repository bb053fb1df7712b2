import DataSchema
import ExperimentConfig
import Foundation
import OrderedCollections
import Tasks
import Testing

@testable import Segmentation

/// The boundary F1 against NumPy and SciPy; Tests/Fixtures/tasks/make_boundary_f1.py made the values.
struct BoundaryF1Tests {
  struct Case: Decodable {
    let classes: Int
    let tolerance: Double?
    /// The rows of each image, a digit for each pixel; `.` has no class.
    let truth: [[String]]
    let predicted: [[String]]
    let mean: Double?
    let parts: [Double?]

    static let all: [Case] = {
      let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let path = tests.appending(path: "Fixtures/tasks/boundary_f1.json")
      return (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: path))) ?? []
    }()

    var metric: BoundaryF1 {
      get throws {
        try BoundaryF1(
          tolerance.map { Arguments(["tolerance": Resolved(.number($0), .default)]) } ?? .none)
      }
    }

    func predictions(_ task: any Task) -> Predictions {
      var outputs: [Double] = []
      for (truth, predicted) in zip(truth, predicted) {
        outputs += Array(repeating: 0, count: classes * classes)
        outputs += task.record(Self.map(predicted), truth: Self.map(truth))
      }
      return Predictions(
        task.layout(.softmax), folds: truth.map { _ in 0 }, indices: Array(truth.indices),
        targets: Array(repeating: 0, count: truth.count * (classes + 1)), answers: [],
        outputs: outputs)
    }

    private static func map(_ rows: [String]) -> ClassMap {
      ClassMap(
        height: rows.count, width: rows[0].utf8.count,
        numbers: rows.flatMap { $0.map { UInt8($0.wholeNumberValue ?? 255) } })
    }
  }

  private func task(_ classes: Int) throws -> SegmentationTask {
    let names = (0..<classes).map { "class \($0)" }
    return try #require(SegmentationTask(DataField("mask", .mask(names, ignore: 255))))
  }

  private func isClose(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) < 1e-12
  }

  @Test func everyScoreIsThatOfDistanceTransforms() throws {
    #expect(Case.all.count > 200)
    for (number, item) in Case.all.enumerated() {
      let metric = try item.metric
      let set = MetricSet([metric], task: try task(item.classes)).recorded()
      let sample = set.task.sample(item.predictions(set.task))
      #expect(isClose(metric.values(of: sample)[0].value, item.mean), "\(number)")
      let parts = try #require(metric.parts(of: sample))
      #expect(parts.count == item.classes)
      #expect(zip(parts, item.parts).allSatisfy(isClose), "\(number)")
    }
  }

  /// Drawing the second image twice and the first not at all is the same as having only that one.
  @Test func resamplesCountImages() throws {
    let item = try #require(Case.all.first { $0.truth.count == 2 && ($0.mean ?? 0) > 0.2 })
    let metric = try item.metric
    let set = MetricSet([metric], task: try task(item.classes)).recorded()
    let predictions = item.predictions(set.task)
    let (drawn, alone) = (set.task.sample(predictions), set.task.sample(predictions.selecting([1])))
    drawn.repeated([0, 2])
    #expect(metric.values(of: drawn) == metric.values(of: alone))
  }

  @Test func columnsAreThereOnlyIfTheMetricIs() throws {
    let plain = try task(3)
    let bare = MetricSet([try PixelAccuracy(.none)], task: plain).recorded()
    #expect(bare.task.layout(.softmax) == plain.layout(.softmax))
    let set = MetricSet([try BoundaryF1(.none)], task: plain).recorded()
    let layout = set.task.layout(.softmax)
    #expect(layout.outputs.count == 9 + 12)
    #expect(
      layout.outputs.suffix(4) == [
        "border2", "border2_found", "border2_predicted", "border2_right",
      ])
    #expect(SegmentationTask.layout(ofHeading: layout.columns) == layout)
    #expect(plain.recording(as: layout).layout(.softmax) == layout)
    #expect(SegmentationTask(layout: layout).layout(.softmax) == layout)
    #expect(set.keys.map(\.key) == ["loss", "mean_iou", "boundary_f1"])
    #expect(set.values(set.task.rightAnswers).map(\.value) == [1])
  }

  @Test func withoutRecordedBordersItIsUndefined() throws {
    let task = try task(2)
    let values = MetricSet([try BoundaryF1(.none)], task: task).values(task.rightAnswers)
    #expect(values.map(\.reason) == ["the borders were not recorded"])
  }
}
