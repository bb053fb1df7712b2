import BoxAnnotations
import DataSchema
import DetectionScores
import ExperimentConfig
import Foundation
import Statistics
import Tasks
import TestSupport
import Testing

@testable import Detection

/// Boxes found in images, as predictions made by hand.
enum MadeBoxes {
  static let names = ["cat", "dog"]

  static func task(_ names: [String] = names, most: Int = 12) throws -> DetectionTask {
    let ids = names.indices.map { 10 * $0 + 7 }
    return try #require(
      DetectionTask(DataField("boxes", .boxes(BoxClasses(names, ids: ids, most: most)))))
  }

  static func item(
    _ label: Int, _ x: Float, _ y: Float, _ width: Float, _ height: Float,
    _ traits: ImageBoxes.Traits = []
  ) -> ImageBoxes.Item {
    ImageBoxes.Item(label: label, x: x, y: y, width: width, height: height, traits: traits)
  }

  static func found(
    _ score: Double, _ label: Int, _ x: Double, _ y: Double, _ width: Double, _ height: Double
  ) -> FoundBox {
    FoundBox(score: score, label: label, x: x, y: y, width: width, height: height)
  }

  static func predictions(
    _ task: DetectionTask, _ images: [(truth: [ImageBoxes.Item], found: [FoundBox])],
    indices: [Int]? = nil
  ) -> Predictions {
    let layout = task.layout(.identity)
    return Predictions(
      layout, folds: images.map { _ in 0 }, indices: indices ?? Array(images.indices),
      targets: images.flatMap { ImageBoxes(width: 200, height: 150, $0.truth).row(12) },
      answers: [],
      outputs: images.flatMap { image in
        FoundBoxes.row(image.found.sorted { $0.score > $1.score }, most: 100)
      })
  }

  /// Images with boxes of all sizes, of which most are found more or less, and crowds among them.
  static func random(
    _ task: DetectionTask, images: Int, seed: UInt64, shift: Double = 8, indices: [Int]? = nil
  ) -> Predictions {
    var draws = SplitMix(state: seed)
    func unit() -> Double { Double(draws.next() >> 11) / Double(1 << 53) }
    let made = (0..<images).map { _ -> (truth: [ImageBoxes.Item], found: [FoundBox]) in
      let truth = (0..<Int(unit() * 7)).map { _ in
        item(
          Int(unit() * Double(task.classNames.count)), Float(unit() * 100).rounded(),
          Float(unit() * 60) / 3, Float(8 + unit() * 90), Float(8 + unit() * 110),
          unit() < 0.1 ? .crowd : [])
      }
      var found: [FoundBox] = []
      for item in truth {
        for _ in 0..<Int(unit() * 3) {
          found.append(
            Self.found(
              // Few distinct scores, so that many are equal.
              (unit() * 20).rounded() / 20, unit() < 0.8 ? item.label : 0,
              Double(item.x) + (unit() - 0.5) * shift, Double(item.y) + (unit() - 0.5) * shift,
              Double(item.width) + unit() * shift, Double(item.height) + unit() * shift))
        }
      }
      return (truth, found)
    }
    return predictions(task, made, indices: indices)
  }

  private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static func metrics(_ task: DetectionTask) throws -> MetricSet {
    MetricSet(try DetectionTask.metrics.map { try $0.init(.none) }, task: task)
  }
}

@Suite struct DetectionTests {
  private static let keys = [
    "ap": "map", "ap50": "map_50", "ap75": "map_75", "ap_small": "map_small",
    "ap_medium": "map_medium", "ap_large": "map_large", "ar_1": "mar_1", "ar_10": "mar_10",
    "ar_100": "mar_100", "ar_small": "mar_small", "ar_medium": "mar_medium",
    "ar_large": "mar_large", "voc_map": "voc_map",
  ]

  /// The annotations of predictions as a file of COCO; image i has the id 100 + its index.
  private static func annotations(_ task: DetectionTask, _ predictions: Predictions) -> String {
    var boxes: [String] = []
    for row in 0..<predictions.count {
      for item in ImageBoxes(predictions.targets(at: row)).items {
        boxes.append(
          "{\"id\": \(boxes.count + 1), \"image_id\": \(100 + predictions.indices[row]), "
            + "\"category_id\": \(task.categoryIDs[item.label]), \"area\": \(item.area), "
            + "\"iscrowd\": \(item.traits.contains(.crowd) ? 1 : 0), "
            + "\"bbox\": [\(item.x), \(item.y), \(item.width), \(item.height)]}")
      }
    }
    let images = predictions.indices.map {
      "{\"id\": \(100 + $0), \"file_name\": \"\($0).jpg\", \"width\": 200, \"height\": 150}"
    }
    let categories = zip(task.categoryIDs, task.classNames).map {
      "{\"id\": \($0), \"name\": \"\($1)\"}"
    }
    return "{\"images\": [\(images.joined(separator: ",\n"))], "
      + "\"annotations\": [\(boxes.joined(separator: ",\n"))], "
      + "\"categories\": [\(categories.joined(separator: ",\n"))]}"
  }

  /// `runner evaluate --predictions` on the run's own `detections.json` gives the same numbers and intervals, whatever
  /// the order of the images.
  @Test func scoresAreThoseOfTheFileOfDetections() throws {
    let folder = try TemporaryFolder()
    for seed in 1...4 {
      let task = try MadeBoxes.task(["cat", "dog", "bird", "cow"])
      let indices = [5, 1, 0, 9, 3, 2, 12, 7, 4, 30, 8, 6]
      let predictions = MadeBoxes.random(task, images: 12, seed: UInt64(seed), indices: indices)
      let files = try task.exampleFiles(predictions, split: "test") {
        ExampleName(file: "\($0).jpg", annotationID: "\(100 + $0)")
      }
      let file = try #require(files.first { $0.name == "detections.json" })
      let paths = [
        try folder.write(file.bytes, file.name),
        try folder.write(
          Array(Self.annotations(task, predictions).utf8), "annotations.json"),
      ]
      let annotations = try BoxAnnotations.read(paths[1])
      let report = DetectionReport(
        try Detections.read(paths[0], for: annotations), annotations, withVOC: true,
        resamples: 100)
      let metrics = try MadeBoxes.metrics(task)
      let values = Dictionary(
        uniqueKeysWithValues: metrics.values(predictions).map { ($0.key, $0) })
      #expect(values.count == 13)
      for value in report.scores.values + (report.voc?.values ?? []) {
        guard let key = Self.keys[value.key] else { continue }
        #expect(values[key]?.outcome == value.outcome, "\(key)")
      }
      let parts = metrics.parts(predictions).first { $0.name == "map" }?.scores
      #expect(parts == report.scores.categories.map(\.ap))
      let intervals = metrics.intervals(predictions, resamples: 100)
      #expect(intervals["map"]?.lower == report.intervals.ap?.lower)
      #expect(intervals["map"]?.upper == report.intervals.ap?.upper)
      #expect(intervals["map_50"]?.lower == report.intervals.ap50?.lower)
      #expect(report.intervals.ap != nil)
    }
  }

  /// Drawing an image twice is the same as having it twice.
  @Test func aResampleIsThoseImages() throws {
    let task = try MadeBoxes.task()
    let predictions = MadeBoxes.random(task, images: 9, seed: 5)
    let metrics = try MadeBoxes.metrics(task)
    let sample = task.sample(predictions)
    _ = metrics.values(of: sample)
    let times: [Int32] = [2, 0, 1, 3, 0, 1, 1, 0, 1]
    sample.repeated(times)
    let rows = times.enumerated().flatMap { Array(repeating: $0.offset, count: Int($0.element)) }
    let drawn = metrics.values(of: sample)
    let repeated = metrics.values(predictions.selecting(rows))
    #expect(drawn.count == 13 && drawn.contains { $0.value != nil })
    for (one, other) in zip(drawn, repeated) {
      #expect((one.value == nil) == (other.value == nil), "\(one.key)")
      if let a = one.value, let b = other.value { #expect(abs(a - b) < 1e-12, "\(one.key)") }
    }
  }

  @Test func whatNoBoxShowsIsUndefined() throws {
    let task = try MadeBoxes.task()
    let predictions = MadeBoxes.predictions(
      task,
      [
        ([MadeBoxes.item(0, 10, 10, 20, 20)], [MadeBoxes.found(0.9, 0, 10, 10, 20, 20)]),
        ([MadeBoxes.item(1, 10, 10, 90, 90, .difficult)], []),
      ])
    let values = Dictionary(
      uniqueKeysWithValues: try MadeBoxes.metrics(task).values(predictions).map { ($0.key, $0) })
    // pycocotools adds 2⁻⁵² to the number of boxes that precision is divided by.
    #expect(abs((values["map"]?.value ?? 0) - 1) < 1e-12)
    #expect(values["voc_map"]?.value == 1)
    #expect(values["map_large"]?.reason == "no large box has to be found")
    #expect(task.withoutExamples(predictions) == [1])
    let empty = MadeBoxes.predictions(task, [([], [])])
    #expect(
      try MadeBoxes.metrics(task).values(empty).allSatisfy { $0.reason?.hasPrefix("no ") == true })
    let right = try MadeBoxes.metrics(task).values(task.rightAnswers)
    // One detection of each class finds one of its three boxes.
    #expect(
      right.allSatisfy { abs(($0.value ?? 0) - ($0.key == "mar_1" ? 1.0 / 3 : 1)) < 1e-12 })
  }

  @Test func theHeadingIsRecognised() throws {
    let layout = try MadeBoxes.task(most: 3).layout(.identity)
    #expect(DetectionTask.layout(ofHeading: layout.columns) == layout)
    #expect(DetectionTask.layout(ofHeading: layout.columns.dropLast()) == nil)
    #expect(DetectionTask.layout(ofHeading: ["split", "fold", "index", "target"]) == nil)
    let unnamed = DetectionTask(layout: layout)
    #expect(unnamed.layout(.identity) == layout)
    let predictions = MadeBoxes.random(try MadeBoxes.task(), images: 5, seed: 3)
    let values = try MadeBoxes.metrics(DetectionTask(layout: predictions.layout))
      .values(predictions)
    #expect(values == (try MadeBoxes.metrics(MadeBoxes.task()).values(predictions)))
  }

  /// The points are those of torchvision's FCOS with ResNet and FPN for images of these sizes
  /// (`Tests/Fixtures/tasks/make_detection.py`).
  @Test(arguments: [
    (240, 320, 1606), (256, 256, 1364), (800, 1088, 18134), (97, 33, 97), (33, 130, 127),
    (64, 64, 86),
  ])
  func thereIsAnOutputForEachPoint(height: Int, width: Int, points: Int) throws {
    let task = try MadeBoxes.task()
    #expect(task.outputShape(7, input: [3, height, width]) == [points, 7])
  }

  @Test func optionsSayHowBoxesAreDecoded() throws {
    let task = try MadeBoxes.task()
    #expect(
      task.boxDecoding
        == BoxDecoding(scoreThreshold: 0.05, nmsThreshold: 0.6, candidates: 1000, most: 100))
    #expect(
      DetectionTask.options.map(\.name) == [
        "score_threshold", "nms_threshold", "max_detections", "candidates", "shown_score",
      ])
  }

  @Test func boxesOfEachClassAreCounted() throws {
    let task = try MadeBoxes.task(most: 2)
    let rows = [
      [MadeBoxes.item(0, 0, 0, 5, 5), MadeBoxes.item(1, 0, 0, 5, 5)],
      [MadeBoxes.item(1, 0, 0, 5, 5)], [],
    ].flatMap { ImageBoxes(width: 10, height: 10, $0).row(2) }
    let columns = task.lossTargets(Targets(rows, width: ImageBoxes.rowWidth(2))).columns
    #expect(columns.map(\.count) == [3, 3])
    #expect(columns.map { ($0.mean * 3).rounded() } == [1, 2])
    #expect(task.baseline(Targets(rows, width: ImageBoxes.rowWidth(2))).isEmpty)
  }
}
