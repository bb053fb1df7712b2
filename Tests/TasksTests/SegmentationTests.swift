import DataSchema
import ExperimentConfig
import Foundation
import Tasks
import Testing

@testable import Segmentation

/// Measures of masks against scikit-learn; Tests/Fixtures/tasks/make_segmentation.py made the values.
struct SegmentationTests {
  struct Case: Decodable {
    let classes: Int
    /// A digit for each pixel of an image; `.` has no class.
    let truth: [String]
    let predicted: [String]
    let scores: [String: Double]
    let ious: [Double?]

    static let all: [Case] = {
      let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let path = tests.appending(path: "Fixtures/tasks/segmentation.json")
      return (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: path))) ?? []
    }()

    func predictions(_ task: SegmentationTask) -> Predictions {
      var targets: [Float] = []
      var outputs: [Double] = []
      for (truth, predicted) in zip(truth, predicted) {
        var pixels = [Float](repeating: 0, count: classes + 1)
        var counts = [Double](repeating: 0, count: classes * classes)
        for (t, p) in zip(truth, predicted) {
          guard let row = t.wholeNumberValue, let column = p.wholeNumberValue else {
            pixels[classes] += 1
            continue
          }
          pixels[row] += 1
          counts[row * classes + column] += 1
        }
        targets += pixels
        outputs += counts
      }
      return Predictions(
        task.layout(.softmax), folds: truth.map { _ in 0 }, indices: Array(truth.indices),
        targets: targets, answers: [], outputs: outputs)
    }
  }

  private func task(_ classes: Int) throws -> SegmentationTask {
    let names = (0..<classes).map { "class \($0)" }
    return try #require(SegmentationTask(DataField("mask", .mask(names, ignore: 255))))
  }

  private func metrics(_ task: SegmentationTask) throws -> MetricSet {
    MetricSet(
      try SegmentationTask.metrics.filter { $0 != BoundaryF1.self }.map { try $0.init(.none) },
      task: task)
  }

  @Test func everyScoreIsScikitLearns() throws {
    #expect(Case.all.count == 1000)
    for item in Case.all {
      let task = try task(item.classes)
      let predictions = item.predictions(task)
      let values = try metrics(task).values(predictions)
      #expect(values.count == 5)
      for value in values {
        if let expected = item.scores[value.key] {
          #expect(abs((value.value ?? .nan) - expected) < 1e-12, "\(value.key)")
        } else {
          #expect(value.reason == "there are no pixels that have a class")
        }
      }
      let ious = PixelSample(predictions).counts.ious
      #expect(ious.count == item.ious.count)
      for (own, other) in zip(ious, item.ious) {
        #expect((own == nil) == (other == nil))
        if let own, let other { #expect(abs(own - other) < 1e-12) }
      }
    }
  }

  /// Drawing the first image twice and the second not at all is the same as having those images.
  @Test func aResampleIsThoseImages() throws {
    for item in Case.all where item.truth.count > 1 {
      let task = try task(item.classes)
      let predictions = item.predictions(task)
      let sample = PixelSample(predictions)
      var times = [Int32](repeating: 1, count: predictions.count)
      (times[0], times[1]) = (2, 0)
      sample.repeated(times)
      let rows = [0, 0] + Array(2..<predictions.count)
      #expect(sample.counts == PixelSample(predictions.selecting(rows)).counts)
    }
  }

  @Test func theHeadingIsRecognised() throws {
    let layout = try task(3).layout(.softmax)
    #expect(SegmentationTask.layout(ofHeading: layout.columns) == layout)
    #expect(SegmentationTask.layout(ofHeading: layout.columns.dropLast()) == nil)
    #expect(SegmentationTask(layout: layout).classNames.count == 3)
  }

  /// The best constant answer: IoU of its class is its share of all pixels, of the others 0.
  @Test func theBaselineIsTheBestConstant() throws {
    let task = try task(3)
    let targets = Targets([6, 2, 0, 9, 4, 8, 0, 1], width: 4)
    #expect(task.baseline(targets) == ["mean_iou": 0.25, "pixel_accuracy": 0.5])
    let columns = task.lossTargets(targets).columns
    #expect(columns.map(\.mean) == [0.5, 0.5, 0])
    #expect(columns.map(\.count) == [20, 20, 20])
  }

  @Test func imagesAreListedWithTheirScores() throws {
    let task = try #require(
      SegmentationTask(DataField("mask", .mask(["sky", "a, b"], ignore: nil))))
    let predictions = Predictions(
      task.layout(.identity), folds: [0, 0], indices: [4, 1], targets: [3, 1, 2, 0, 0, 6],
      answers: [], outputs: [2, 1, 0, 1, 0, 0, 0, 0])
    let file = try #require(
      try task.exampleFiles(predictions, split: "validation") {
        ExampleName(file: $0 == 4 ? "x/a.jpg" : nil)
      }
      .first)
    #expect(file.name == "per_image_validation.csv")
    #expect(
      String(decoding: file.bytes, as: UTF8.self) == """
        index,name,mean_iou,dice,pixel_accuracy,pixels,ignored,iou_sky,"iou_a, b"
        4,x/a.jpg,0.5833333333333333,0.7333333333333334,0.75,4,2,0.6666666666666666,0.5
        1,,,,,0,6,,

        """)
  }

  @Test func theBestTheMedianAndTheWorstAreNotable() throws {
    let task = try task(2)
    // Image i has i of 10 pixels wrong.
    let predictions = Predictions(
      task.layout(.identity), folds: Array(repeating: 0, count: 9), indices: Array(0..<9),
      targets: (0..<9).flatMap { _ in [10, 0, 0] as [Float] }, answers: [],
      outputs: (0..<9).flatMap { [Double(10 - $0), Double($0), 0, 0] })
    #expect(task.notable(predictions, 3).map(\.row) == [0, 4, 8])
    #expect(task.notable(predictions, 20).map(\.row) == Array(0..<9))
    #expect(task.notable(predictions, 3)[0].lines[0] == "IoU 100.0%")
  }
}
