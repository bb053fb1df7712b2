import DataSchema
import ExperimentConfig
import Foundation
import PNGImage
import Statistics
import Tasks
import Testing

@testable import Detection

/// What is right and wrong about boxes, and what is written and drawn of it.
@Suite struct DetectionMistakesTests {
  /// A cat that is found twice, a dog taken for a cat, a cat found badly, a dog that is missed, boxes on nothing, and a
  /// crowd.
  private static let truth = [
    MadeBoxes.item(0, 10, 10, 40, 40), MadeBoxes.item(1, 60, 10, 40, 40),
    MadeBoxes.item(0, 110, 10, 40, 40), MadeBoxes.item(1, 10, 80, 20, 20),
    MadeBoxes.item(0, 100, 80, 60, 60, .crowd),
  ]
  private static let found = [
    MadeBoxes.found(0.9, 0, 11, 10, 40, 40), MadeBoxes.found(0.8, 0, 10, 12, 40, 40),
    MadeBoxes.found(0.7, 0, 60, 10, 40, 40), MadeBoxes.found(0.6, 0, 130, 10, 40, 40),
    MadeBoxes.found(0.5, 1, 50, 100, 20, 20), MadeBoxes.found(0.45, 0, 110, 90, 20, 20),
    MadeBoxes.found(0.4, 1, 25, 25, 40, 40), MadeBoxes.found(0.3, 1, 10, 80, 20, 20),
  ]

  private func made(
    _ images: [(truth: [ImageBoxes.Item], found: [FoundBox])] = [(truth, found)]
  ) throws -> (task: DetectionTask, predictions: Predictions) {
    let task = try MadeBoxes.task()
    return (task, MadeBoxes.predictions(task, images))
  }

  @Test func kindsOfMistakesAreTIDEs() throws {
    let (task, predictions) = try made()
    let mistakes = task.mistakes(predictions)
    // 2 right of 7 that count, and 4 boxes: F1 is highest with all of them.
    #expect(mistakes.threshold == 0.9 || mistakes.threshold == 0.3)
    let all = DetectionMistakes(DetectionSample(predictions, classes: 2))
    #expect(all.threshold == mistakes.threshold)
    // With a second image that is all right down to 0.2, every box counts.
    let more = (1...6).map { _ in
      (
        truth: [MadeBoxes.item(0, 10, 10, 40, 40)],
        found: [MadeBoxes.found(0.2, 0, 10, 10, 40, 40)]
      )
    }
    let (_, pooled) = try made([(Self.truth, Self.found)] + more)
    let image = task.mistakes(pooled).images[0]
    #expect(task.mistakes(pooled).threshold == 0.2)
    #expect(
      image.found.map(\.kind) == [
        .right, .duplicate, .wrongClass, .badlyPlaced, .background, .ignored, .wrongClassAndPlace,
        .right,
      ])
    #expect(image.found.map(\.object) == [0, 0, 1, 2, nil, nil, 0, 3])
    #expect(image.missed == [1, 2])
    #expect(image.overlooked == 0)
    #expect(image.boxes == 4)
    #expect(image.falseAlarms == 4)
  }

  @Test func theThresholdIsWhereF1IsHighest() throws {
    let right = MadeBoxes.item(0, 10, 10, 40, 40)
    let images = (0..<10).map { number in
      (
        truth: [right],
        found: [
          MadeBoxes.found(0.5 + Double(number) / 100, 0, 10, 10, 40, 40),
          MadeBoxes.found(0.1, 0, 120, 90, 40, 40),
        ]
      )
    }
    let (task, predictions) = try made(images)
    #expect(task.mistakes(predictions).threshold == 0.5)
    let (_, none) = try made([([right], [MadeBoxes.found(0.4, 1, 150, 100, 9, 9)])])
    #expect(task.mistakes(none).threshold == nil)
    #expect(task.mistakes(none).images[0].found.count == 1)
  }

  @Test func filesListBoxesAndCounts() throws {
    let task = try MadeBoxes.task()
    let predictions = MadeBoxes.predictions(
      task,
      [
        (
          [MadeBoxes.item(0, 10, 10, 40, 40)],
          [MadeBoxes.found(0.75, 0, 10.5, 10, 40, 40), MadeBoxes.found(0.8, 1, 1, 2, 3, 4)]
        ), ([MadeBoxes.item(1, 1, 1, 20, 20)], []),
      ], indices: [4, 1])
    let files = try task.exampleFiles(predictions, split: "validation") { index in
      ExampleName(file: "a,\(index).jpg", annotationID: index == 4 ? "17" : "photo \"1\"")
    }
    #expect(files.map(\.name) == ["per_image_validation.csv", "detections_validation.json"])
    #expect(
      String(decoding: files[0].bytes, as: UTF8.self) == """
        index,name,boxes,found,right,missed,false_alarms,duplicates
        4,"a,4.jpg",1,2,1,0,1,0
        1,"a,1.jpg",1,0,0,1,0,0

        """)
    #expect(
      String(decoding: files[1].bytes, as: UTF8.self) == """
        [{"image_id": 17, "category_id": 17, "bbox": [1.0, 2.0, 3.0, 4.0], "score": 0.8},
        {"image_id": 17, "category_id": 7, "bbox": [10.5, 10.0, 40.0, 40.0], "score": 0.75}]

        """)
    // Without the ids of the annotations, or with several models, there are no detections to score.
    #expect(
      try task.exampleFiles(predictions, split: "test") { _ in ExampleName() }.map(\.name)
        == ["per_image.csv"])
    #expect(
      try task.exampleFiles(predictions, split: "test") { _ in ExampleName(annotationID: "1") }
        .map(\.name) == ["per_image.csv"])
  }

  @Test func theReportCountsKindsSizesAndConfusions() throws {
    let more = (1...6).map { _ in
      (
        truth: [MadeBoxes.item(0, 10, 10, 40, 40)],
        found: [MadeBoxes.found(0.2, 0, 10, 10, 40, 40)]
      )
    }
    let (task, predictions) = try made([(Self.truth, Self.found)] + more)
    let report = BoxReport(task, predictions)
    #expect(report.images == 7 && report.boxes == 10 && report.right == 8)
    #expect(
      report.mistakes == [
        "missed": 0, "duplicate": 1, "wrong_class": 1, "badly_placed": 1, "background": 1,
        "wrong_class_and_place": 1,
      ])
    #expect(report.confusion == [[7, 0, 1], [1, 1, 0], [1, 2, 0]])
    #expect(report.sizes.map(\.boxes) == [1, 9, 0])
    #expect(report.classes.map(\.recall) == [7.0 / 8, 0.5])
    #expect(report.classes.map(\.precision) == [0.7, 1.0 / 3])
    let answers = RunAnswers(predictions: ["test": predictions])
    let page = task.report(answers)
    #expect(page.overall?.text.contains("The mAP over 10 boxes in 7 test images") == true)
    #expect(page.sections.map(\.title).count == 3)
    #expect(
      page.insights.contains {
        $0.text.contains("‘dog’, found as ‘cat’ once (2 boxes of that class)")
      })
  }

  @Test func theWorstImagesAreNotable() throws {
    let truth = [MadeBoxes.item(0, 10, 10, 40, 40)]
    let right = MadeBoxes.found(0.9, 0, 10, 10, 40, 40)
    let wrong = MadeBoxes.found(0.9, 1, 90, 90, 40, 40)
    let (task, predictions) = try made([
      (truth, [right]), (truth, [right, wrong]), (truth, [wrong, wrong]),
    ])
    let notable = task.notable(predictions, 24)
    #expect(notable.map(\.row) == [2, 1])
    #expect(notable[0].lines == ["1 of 1 missed", "2 wrong boxes"])
  }

  @Test func answersListBoxesByScore() throws {
    let (task, predictions) = try made([
      (
        [],
        [
          MadeBoxes.found(0.1, 0, 1, 2, 3, 4), MadeBoxes.found(0.75, 1, 10.25, 20, 30, 40),
          MadeBoxes.found(0.5, 0, 5, 6, 7, 8),
        ]
      ), ([], [MadeBoxes.found(0.1, 0, 1, 2, 3, 4)]), ([], []),
    ])
    let answer = task.answer(predictions, 0, next: 0)
    #expect(answer.cells == ["dog", "0.750", "10.2", "20.0", "30.0", "40.0"])
    #expect(answer.furtherCells == [["cat", "0.500", "5.0", "6.0", "7.0", "8.0"]])
    #expect(answer.csv == ["dog", "0.75", "10.25", "20.0", "30.0", "40.0"])
    #expect(answer.furtherCSV.count == 2)
    #expect(
      answer.json["boxes"]
        == [
          ["class": "dog", "score": 0.75, "bbox": [10.25, 20.0, 30.0, 40.0]],
          ["class": "cat", "score": 0.5, "bbox": [5.0, 6.0, 7.0, 8.0]],
          ["class": "cat", "score": 0.1, "bbox": [1.0, 2.0, 3.0, 4.0]],
        ])
    #expect(task.answer(predictions, 1, next: 0).cells.prefix(2) == ["nothing", "from 0.2"])
    #expect(task.answer(predictions, 2, next: 0).cells.prefix(2) == ["nothing", ""])
    #expect(task.answer(predictions, 2, next: 0).csv == ["", "", "", "", "", ""])
  }

  /// Boxes, labels and dashes lie where they belong, and boxes beyond the picture do no harm.
  @Test func boxesAreDrawn() throws {
    let grey = PixelImage.Color(0x808080)
    let picture = PixelImage(width: 200, height: 150, fill: grey)
    let (task, predictions) = try made([
      (
        [MadeBoxes.item(0, 100, 60, 50, 40)],
        [
          MadeBoxes.found(0.9, 1, 20, 60, 50, 40), MadeBoxes.found(0.8, 0, 100, 60, 50, 40),
          MadeBoxes.found(0.1, 0, -1e30, -50, 1e40, 30),
        ]
      )
    ])
    let found = try #require(task.overlay(predictions, showsTruth: false))
    let alone = found(picture, 0)
    #expect(alone[69, 90] == BoxPainter.color(1))
    #expect(alone[20, 99] == BoxPainter.color(1))
    #expect(alone[45, 80] == grey)
    // The label, above the box: a ground with the dots of the text.
    #expect(alone[20, 52] == BoxPainter.color(1))
    #expect((20..<70).contains { alone[$0, 55] == PixelImage.Color(0) })
    #expect(alone[20, 20] == grey)
    let withTruth = try #require(task.overlay(predictions, showsTruth: true))
    let both = withTruth(picture, 0)
    #expect(both[100, 60] == PixelImage.Color(0xFFFFFF))
    #expect(both[104, 60] == PixelImage.Color(0))
    var painter = BoxPainter(picture)
    painter.draw(
      [
        MadeBoxes.found(0.9, 3, -1e30, -50, 1e40, 1e40),
        MadeBoxes.found(0.9, 3, 1e30, 400, 0, -10),
      ], name: { "\($0)" })
    painter.draw([MadeBoxes.item(0, -1e30, 1e30, 5, 5), MadeBoxes.item(0, 190, 140, 1e9, 1e9)])
    #expect(painter.picture.width == 200)
  }

  @Test func theFontHasASCIIAndAQuestionMarkForTheRest() {
    #expect(BitmapFont.width("ab") == 11)
    #expect(BitmapFont.drawable("größe", 20) == "gr??e")
    #expect(BitmapFont.drawable("abcdefgh", 6) == "abcd..")
    #expect(BitmapFont.dots(" ").isEmpty)
    #expect(BitmapFont.dots("-").map(\.y) == [3, 3, 3, 3, 3])
    #expect(BitmapFont.dots("~").count > 3)
    #expect(BitmapFont.dots("ab").contains { $0.x >= 6 })
  }

  @Test func twoRunsAreCompared() throws {
    let task = try MadeBoxes.task()
    let a = MadeBoxes.random(task, images: 30, seed: 8, shift: 30)
    let b = MadeBoxes.random(task, images: 30, seed: 8, shift: 2)
    let pairs = PairedPredictions(a: a, b: b)
    let tests = task.pairedTests(pairs)
    #expect(tests.map(\.key) == ["map", "map_50", "map_75", "mar_100"])
    #expect((tests[0].result?.p ?? 1) < 0.05)
    #expect((tests[0].interval?.lower ?? -1) > 0)
    let changes = try #require(task.partChanges(a, b, pairs: pairs))
    #expect(changes.rows.map(\.name) == MadeBoxes.names)
    #expect(changes.rows.allSatisfy { ($0.change ?? -1) > 0 })
    let images = try #require(task.answerChanges(pairs))
    #expect(images.total == 30)
    #expect((images.counts["better_b"] ?? 0) > (images.counts["better_a"] ?? 0))
    #expect(images.examples[0].target.contains("box"))
    let same = try #require(task.answerChanges(PairedPredictions(a: a, b: a)))
    #expect(same.examples.isEmpty)
    let scores = try #require(task.partScores([a, nil, b]))
    #expect(scores.values[1] == nil && scores.values[0]?.count == 2)
  }

  @Test func curvesEndWhereNoBoxIsFoundAnyMore() {
    #expect(PrecisionRecallPlot.points([1, 0.5, 0]) == [[0, 1], [0.5, 0.5], [0.5, 0]])
    #expect(PrecisionRecallPlot.points([0, 0, 0]) == [[0, 0]])
    #expect(PrecisionRecallPlot.points([1, 1, 1]).last == [1, 0])
  }
}
