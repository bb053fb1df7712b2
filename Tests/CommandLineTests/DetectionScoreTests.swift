import ExperimentConfig
import FoundationEssentials
import Testing

/// `runner evaluate` of files of detections.
@Suite struct DetectionScoreTests {
  private static let instances = """
    {"images": [{"id": 1, "width": 200, "height": 200}, {"id": 2, "width": 200, "height": 200},
      {"id": 3, "width": 200, "height": 200}],
     "annotations": [
      {"id": 1, "image_id": 1, "category_id": 4, "bbox": [10, 10, 40, 40], "area": 1600, "iscrowd": 0},
      {"id": 2, "image_id": 2, "category_id": 4, "bbox": [10, 10, 40, 40], "area": 1600, "iscrowd": 0},
      {"id": 3, "image_id": 2, "category_id": 9, "bbox": [60, 60, 100, 100], "area": 10000, "iscrowd": 0},
      {"id": 4, "image_id": 2, "category_id": 4, "bbox": [0, 0, 200, 200], "area": 40000, "iscrowd": 1}],
     "categories": [{"id": 4, "name": "cat"}, {"id": 9, "name": "dog"}, {"id": 12, "name": "owl"}]}
    """

  private static let found = """
    [{"image_id": 1, "category_id": 4, "bbox": [10, 10, 40, 40], "score": 0.9},
     {"image_id": 2, "category_id": 4, "bbox": [12, 10, 40, 40], "score": 0.8},
     {"image_id": 2, "category_id": 9, "bbox": [0, 0, 20, 20], "score": 0.7},
     {"image_id": 2, "category_id": 9, "bbox": [60, 60, 100, 90], "score": 0.6},
     {"image_id": 77, "category_id": 9, "bbox": [0, 0, 1, 1], "score": 0.5}]
    """

  private func program() throws -> Program {
    let program = try Program()
    try program.write(Self.instances, to: "instances.json")
    try program.write(Self.found, to: "found.json")
    try program.write(
      Self.found.replacing("[60, 60, 100, 90]", with: "[60, 60, 100, 100]"), to: "better.json")
    return program
  }

  private let options = ["--predictions", "found.json", "--annotations", "instances.json"]

  @Test func scoresAreShown() async throws {
    let program = try program()
    defer { program.remove() }
    let outcome = try await program.run(["evaluate", "--voc"] + options)
    #expect(outcome.code == 0, "\(outcome.error)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
    // From pycocotools 2.0.11.
    for line in [
      "  annotations  instances.json: 3 images",
      "               3 categories, 3 boxes, 1 crowd, 1 image without boxes",
      "  AP75       0.7500                    0.75          all      100",
      "APs             –                    0.50 to 0.95  small    100",
      "  APs: no small box has to be found", "  interval: bootstrap over 3 images (",
      "  cat       0.9505  1.0000  0.9500  1.0000      2           2",
      "  owl            –       –       –       –      0           0",
    ] {
      #expect(outcome.output.contains(line), "\(line) in\n\(outcome.output)")
    }
    #expect(
      outcome.error.contains(
        "found.json: 1 detection has an image that the annotations do not list and is left out "
          + "([4], image_id 77)"), "\(outcome.error)")
    #expect(outcome.error.contains("1 category without a box to be found"))
  }

  @Test func scoresAreJSON() async throws {
    let program = try program()
    defer { program.remove() }
    let outcome = try await program.run(
      ["evaluate", "--json", "--max-detections", "5,1"] + options)
    #expect(outcome.code == 0 && outcome.error == "", "\(outcome.error)")
    guard
      case .object(let object) = try JSONText.decode(
        JSONValue.self, from: Array(outcome.output.utf8)),
      case .object(let scores) = object["scores"],
      case .array(let categories) = object["categories"],
      case .object(let dog) = categories[1]
    else { throw TestFailure("no object") }
    #expect(
      scores.keys.sorted() == [
        "ap", "ap50", "ap75", "ap_large", "ap_medium", "ar_1", "ar_5", "ar_large", "ar_medium",
      ])
    #expect(object["undefined"].map { "\($0)" }?.contains("no small box has to be found") == true)
    #expect(dog["id"] == 9 && dog["name"] == "dog" && dog["boxes"] == 1 && dog["detections"] == 2)
    #expect(object["max_detections"] == [1, 5])
    guard case .object(let annotations) = object["annotations"] else { throw TestFailure("none") }
    #expect(annotations["ignored_boxes"] == 1 && annotations["findings"] == [])
  }

  @Test func twoFilesAreCompared() async throws {
    let program = try program()
    defer { program.remove() }
    let outcome = try await program.run(["evaluate", "--against", "better.json"] + options)
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(outcome.output.contains("Indistinguishable: AP "), "\(outcome.output)")
    let same = try await program.run(["evaluate", "--against", "found.json"] + options)
    #expect(same.output.contains("Identical: the detections are the same."), "\(same.output)")
    let json = try await program.run(["evaluate", "--json", "--against", "better.json"] + options)
    guard
      case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(json.output.utf8)),
      case .object(let verdict) = object["verdict"]
    else { throw TestFailure("no object") }
    #expect(verdict["outcome"] == "indistinguishable" && object["a"] != nil && object["b"] != nil)
  }

  @Test func mistakesAreLocated() async throws {
    let program = try program()
    defer { program.remove() }
    try program.write("[\n{\"image_id\": 1, \"bbox\": [1, 2]}]", to: "bad.json")
    let bad = try await program.run([
      "evaluate", "--predictions", "bad.json", "--annotations", "instances.json",
    ])
    #expect(bad.code == 2)
    #expect(
      bad.error
        == "error: bad.json: [0].bbox: expected 4 numbers, found 2 (line 2, column 25)\n")
    let swapped = try await program.run([
      "evaluate", "--predictions", "instances.json", "--annotations", "instances.json",
    ])
    #expect(swapped.code == 2 && swapped.error.contains("looks like a file of annotations"))
    let usage = try await program.run(["evaluate", "--max-detections", "0"] + options)
    #expect(usage.code == 64)
    let missing = try await program.run(["evaluate", "--predictions", "found.json"])
    #expect(missing.code == 64)
  }
}
