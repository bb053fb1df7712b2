import BoxAnnotations
import DetectionScores
import Statistics
import Tasks
import Testing

/// Rules of COCO and VOC that are easy to see in small pictures.
@Suite struct CocoScoresTests {
  private static let square = Box(x: 10, y: 10, width: 40, height: 40)

  private func annotations(
    _ boxes: [AnnotatedBox], images: Int = 2, categories: Int = 1
  )
    -> BoxAnnotations
  {
    BoxAnnotations(
      path: "test", format: .coco,
      images: (0..<images).map {
        AnnotatedImage(id: .number($0), file: "", width: 100, height: 100)
      }, categories: (0..<categories).map { BoxCategory(id: .number($0), name: "\($0)") },
      boxes: boxes)
  }

  private func scores(
    _ detections: [DetectedBox], _ boxes: [AnnotatedBox], most: [Int] = [1, 10, 100]
  ) -> CocoScores {
    CocoScores(
      DetectionMatches(
        detections, to: annotations(boxes), rules: CocoRules(maxDetections: most)))
  }

  @Test func thresholdsAreNumPys() {
    // numpy.linspace(0.5, 0.95, 10) and numpy.linspace(0, 1, 101) of pycocotools.
    #expect(
      CocoRules.overlaps == [
        0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95,
      ])
    #expect(CocoRules.recalls.count == 101 && CocoRules.recalls[29] == 0.29)
    #expect(CocoRules.recalls[7] == 0.07 && CocoRules.recalls[35] == 0.35000000000000003)
  }

  @Test func perfectDetectionsScoreOne() {
    let box = AnnotatedBox(image: 0, category: 0, box: Self.square)
    let found = scores([DetectedBox(image: 0, category: 0, box: Self.square, score: 0.9)], [box])
    #expect(abs((found["ap"]?.value ?? 0) - 1) < 1e-12)
    #expect(found["ar_1"]?.value == 1 && found["ap_medium"]?.value != nil)
    #expect(found["ap_small"]?.reason == "no small box has to be found")
    #expect(found["ar_large"]?.value == nil)
  }

  @Test func withoutBoxesNothingIsDefined() {
    let detection = DetectedBox(image: 0, category: 0, box: Self.square, score: 1)
    #expect(scores([detection], []).values.allSatisfy { $0.value == nil })
    let box = AnnotatedBox(image: 0, category: 0, box: Self.square)
    #expect(scores([], [box])["ap"]?.value == 0)
    let crowd = AnnotatedBox(image: 0, category: 0, box: Self.square, isCrowd: true)
    #expect(scores([detection], [crowd])["ap"]?.reason == "no box has to be found")
  }

  @Test func anyNumbersOfDetectionsAreAllowed() {
    let box = AnnotatedBox(image: 0, category: 0, box: Self.square)
    let wrong = DetectedBox(
      image: 0, category: 0, box: Box(x: 70, y: 70, width: 9, height: 9), score: 0.9)
    let right = DetectedBox(image: 0, category: 0, box: Self.square, score: 0.8)
    let found = scores([wrong, right], [box], most: [500, 1, 2, 2])
    #expect(
      found.values.map(\.key) == [
        "ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "ar_1", "ar_2", "ar_500",
        "ar_small", "ar_medium", "ar_large",
      ])
    #expect(found["ar_1"]?.value == 0 && found["ar_2"]?.value == 1)
    #expect(scores([wrong, right], [box], most: [1])["ap"]?.value == 0)
  }

  /// A difficult object is ignored like a crowd, but can be found only once.
  @Test func difficultObjectsAreIgnored() {
    let difficult = AnnotatedBox(image: 0, category: 0, box: Self.square, isDifficult: true)
    let other = AnnotatedBox(image: 1, category: 0, box: Self.square)
    let onDifficult = DetectedBox(image: 0, category: 0, box: Self.square, score: 0.9)
    let onOther = DetectedBox(image: 1, category: 0, box: Self.square, score: 0.5)
    let once = scores([onDifficult, onOther], [difficult, other])
    #expect(abs((once["ap"]?.value ?? 0) - 1) < 1e-12)
    let twice = scores([onDifficult, onDifficult, onOther], [difficult, other])
    #expect(abs((twice["ap"]?.value ?? 0) - 0.5) < 1e-12)
    let voc = VOCScores([onDifficult, onDifficult, onOther], annotations([difficult, other]))
    #expect(voc.values.map(\.value) == [1, 1])
  }

  @Test func theSameDetectionsAreIdentical() {
    let random = RandomCase(0)
    let a = DetectionReport(
      Detections(path: "a", boxes: random.detections), random.annotations, resamples: 10)
    let same = a.difference(from: a, resamples: 10)
    #expect(same.outcome == .identical && same.difference == 0 && same.p == nil)
  }

  @Test func aLossOfDetectionsIsWorse() throws {
    let random = RandomCase(0)
    // The boxes themselves in one file, what a model found in the other.
    let right = random.annotations.boxes.map {
      DetectedBox(image: $0.image, category: $0.category, box: $0.box, score: 1)
    }
    let a = DetectionReport(
      Detections(path: "a", boxes: right), random.annotations, resamples: 10)
    let b = DetectionReport(
      Detections(path: "b", boxes: random.detections), random.annotations, resamples: 10)
    let worse = a.difference(from: b, resamples: 200)
    #expect(worse.outcome == .aBetter && (worse.p ?? 1) < 0.05)
    let change = try #require(worse.difference)
    let interval = try #require(worse.interval)
    #expect(interval.contains(change) && interval.upper < 0)
    let better = b.difference(from: a, resamples: 200)
    #expect(better.outcome == .bBetter && better.difference == -change)
    // Without one detection of a dozen images, nobody can tell.
    let c = DetectionReport(
      Detections(path: "c", boxes: Array(random.detections.dropLast())), random.annotations,
      resamples: 10)
    #expect(b.difference(from: c, resamples: 200).outcome == .indistinguishable)
  }

  @Test func theOrderOfImagesInTheFileDoesNotMatter() {
    let random = RandomCase(3)
    let scores = [random.detections, random.detections.shuffledByImage].map {
      CocoScores(DetectionMatches($0, to: random.annotations)).values
    }
    #expect(scores[0] == scores[1])
  }
}

extension [DetectedBox] {
  /// Image by image, from the last.
  fileprivate var shuffledByImage: [DetectedBox] {
    Set(map(\.image)).sorted().reversed().flatMap { image in filter { $0.image == image } }
  }
}
