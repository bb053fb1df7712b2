import ExperimentConfig
import Foundation
import Report
import RunRecord
import Testing

/// What the report says about what answers depend on.
@Suite struct ExplanationSectionTests {
  /// A PNG of one pixel.
  private static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

  private static func pictures(_ count: Int, label: String = "two") -> RunExplanations {
    var record = RunExplanations(split: "validation")
    record.pictures = (0..<count).map { number in
      RunExplanations.Picture(
        file: "explanations/validation_example_\(number)_grad_cam.png", example: number,
        lines: ["true one", "pred \(label)"], method: "grad_cam", explained: label, layer: "conv")
    }
    return record
  }

  private static func columns(_ mean: Double) -> RunExplanations {
    var record = RunExplanations(split: "validation")
    record.columns = RunExplanations.Columns(
      score: "accuracy", value: 0.9, higherIsBetter: true, examples: 20, available: 30, repeats: 10,
      columns: [
        RunExplanations.Columns.Column(
          name: "size", mean: mean, deviation: 0.1, interval: [mean - 0.1, mean + 0.1]),
        RunExplanations.Columns.Column(name: "noise", mean: -0.01, deviation: 0.1, interval: nil),
      ], notes: ["'a' and 'b' say much about each other"])
    return record
  }

  /// The page of a run with these records by the names of its parts; a run without parts has one of the name "".
  private func page(
    _ records: [String: RunExplanations], changing change: (String) throws -> Void = { _ in }
  ) throws -> (text: String, problems: [String]) {
    let folder = try TemporaryFolder()
    let run = try SampleRun().write(to: folder)
    for (part, record) in records {
      let place = part.isEmpty ? run : run.part(part)
      if !part.isEmpty { try place.write("{}", to: "run.json") }
      try place.write(json: record, to: RunExplanations.name)
      let png = try #require(Data(base64Encoded: Self.png))
      for picture in record.pictures where picture.file.hasPrefix(RunExplanations.folder) {
        try place.write([Array(png)], to: picture.file)
      }
    }
    try change(run.path)
    let evidence = RunEvidence(reading: run)
    return (try ReportPage.render(evidence), evidence.problems)
  }

  private func count(_ part: String, _ text: String) -> Int { text.ranges(of: part).count }

  @Test func picturesHaveTheirMapsAndWords() throws {
    let page = try page(["": Self.pictures(3)])
    #expect(count("<figure class=\"explained\">", page.text) == 3)
    #expect(count("data:image/png;base64,\(Self.png)", page.text) == 3)
    #expect(page.text.contains("<b>validation example 2</b>"))
    #expect(page.text.contains("true one · pred two"))
    #expect(page.text.contains("Grad-CAM for two, layer conv"))
    #expect(count("Grad-CAM: where channels", page.text) == 1)
    #expect(!page.problems.contains { $0.contains("explanations") })
  }

  @Test func partsTakeTurns() throws {
    let page = try page(["fold-1": Self.pictures(8), "fold-2": Self.pictures(3)])
    #expect(count("<figure class=\"explained\">", page.text) == 8)
    #expect(count(", fold 1</b>", page.text) == 5)
    #expect(count(", fold 2</b>", page.text) == 3)
  }

  @Test func columnsHaveBarsAndIntervals() throws {
    let one = try page(["": Self.columns(0.3)]).text
    #expect(one.contains("Drop of accuracy") && one.contains("0.2 to 0.4"))
    #expect(one.contains("means of 10 permutations on 20 of 30 examples"))
    #expect(one.contains("<td class=\"n\">−0.01</td>") && one.contains("<td class=\"n\">–</td>"))
    #expect(one.contains("say much about each other."))
    let two = try page(["fold-1": Self.columns(0.3), "fold-2": Self.columns(0.5)]).text
    #expect(two.contains("means over the models of 2 folds"))
    #expect(two.contains("<td class=\"n\">0.4</td>") && two.contains("0.3 to 0.5"))
    #expect(!two.contains("&#39;a&#39; and") && two.contains("may seem less important"))
  }

  @Test(arguments: HostileTextTests.texts) func hostileTextsStayTexts(_ text: String) throws {
    var record = Self.pictures(1, label: text)
    record.split = text
    record.notes = [text]
    record.pictures[0].method = text
    record.pictures[0].layer = text
    record.pictures[0].lines = [text]
    var columns = Self.columns(0.3)
    columns.columns?.score = text
    columns.columns?.columns[0].name = text
    columns.columns?.notes = [text]
    for page in [try page(["": record]).text, try page(["": columns]).text] {
      #expect(!page.contains("<script") && !page.contains("onerror=alert(1)>"))
      #expect(count("<style>", page) == 1)
    }
  }

  @Test func whatIsMissingOrDamagedIsSaid() throws {
    let missing = try page(["": Self.pictures(2)]) { run in
      try FileManager.default.removeItem(
        atPath: "\(run)/explanations/validation_example_0_grad_cam.png")
    }
    #expect(count("<figure class=\"explained\">", missing.text) == 1)
    #expect(
      missing.problems.contains { $0.contains("validation_example_0_grad_cam.png: is missing") })
    let fake = try page(["": Self.pictures(1)]) { run in
      try Data("<svg/>".utf8).write(
        to: URL(filePath: "\(run)/explanations/validation_example_0_grad_cam.png"))
    }
    #expect(fake.problems.contains { $0.hasSuffix("is not a valid PNG image") })
    var outside = Self.pictures(1)
    outside.pictures[0].file = "../other.png"
    let refused = try page(["": outside])
    #expect(refused.problems.contains { $0.contains("pictures.0.file") })
    #expect(!refused.text.contains("<figure class=\"explained\">"))
    let damaged = try page(["": Self.pictures(1)]) { run in
      try Data("{".utf8).write(to: URL(filePath: "\(run)/\(RunExplanations.name)"))
    }
    #expect(damaged.problems.contains { $0.contains("explanations.json") })
  }

  @Test func nothingWrongIsSaid() throws {
    var record = RunExplanations(split: "validation")
    record.notes = ["No answer to the validation examples is wrong."]
    #expect(try page(["": record]).text.contains("No answer to the validation examples is wrong."))
  }

  // MARK: Maps of examples

  private static func map(_ text: String = "two") -> ExampleMap {
    var map = ExampleMap(
      split: "validation", available: 30,
      points: (0..<6).map {
        ExampleMap.Point(
          index: $0, name: text, target: text, prediction: "one", isWrong: $0 == 2, group: $0 % 2,
          tsne: [Double($0), 1], pca: [1, Double($0)])
      }, groups: ["one", text], grouping: .classes,
      features: ExampleMap.Features(
        layer: text, shape: [4], width: 4, isPooled: false, variances: [3, 1], totalVariance: 5),
      tsne: ExampleMap.Descent(perplexity: 1.67, iterations: 1000, divergence: 0.1),
      quality: ExampleMap.Quality(
        purity: ExampleMap.Purity(neighbours: 3, overall: 0.75, byGroup: [1, 0.5], chance: 0.4),
        silhouette: 0.25, trustworthiness: 0.9, trustedNeighbours: 2))
    map.pictured = [2, 4]
    return map
  }

  /// The page of a run with these maps by the names of its parts.
  private func mapPage(
    _ maps: [String: ExampleMap], sheet: String = png
  ) throws -> (text: String, problems: [String]) {
    try page(maps.mapValues { _ in RunExplanations(split: "validation") }) { path in
      for (part, map) in maps {
        let run = RunDirectory(path: path)
        let place = part.isEmpty ? run : run.part(part)
        try place.write([JSONText.encode(map)], to: ExampleMap.name)
        try place.write([Array(try #require(Data(base64Encoded: sheet)))], to: ExampleMap.pictures)
      }
    }
  }

  @Test func aMapIsASectionOfItsOwn() throws {
    let page = try mapPage(["": Self.map()])
    #expect(page.text.contains("<h2>Map of the validation examples</h2>"))
    #expect(count("<i class=\"p g", page.text) == 6)
    #expect(
      count(" w", page.text.split(separator: "\n").filter { $0.hasPrefix("<i") }.joined()) == 1)
    #expect(count(" t\" style=", page.text) == 2)
    #expect(count("data:image/png;base64,\(Self.png)", page.text) == 1)
    #expect(page.text.contains("Shown are 6 of 30 examples, taken in equal steps"))
    #expect(page.text.contains("Neighbour purity: 75.0% of the 3 nearest neighbours"))
    #expect(!page.problems.contains { $0.contains("map") })
    // No part of it in other pages.
    #expect(!(try self.page(["": Self.pictures(1)]).text.contains("aspect-ratio: 1")))
  }

  @Test func theFirstModelWithAMapIsShown() throws {
    let page = try mapPage(["fold-1": Self.map(), "fold-2": Self.map("other")])
    #expect(count("<div class=\"map\">", page.text) == 1)
    #expect(page.text.contains("The map is that of the model of fold 1"))
    #expect(page.text.contains("runner explain --map --fold N"))
  }

  @Test(arguments: HostileTextTests.texts) func hostileTextsInMapsStayTexts(
    _ text: String
  ) throws {
    let page = try mapPage(["": Self.map(text)]).text
    #expect(!page.contains("<script") && !page.contains("onerror=alert(1)>"))
    #expect(count("<style>", page) == 1 && count("<i class=\"p g", page) == 6)
  }

  @Test func damagedMapsAreProblems() throws {
    var outside = Self.map()
    outside.pictured = [9]
    let refused = try mapPage(["": outside])
    #expect(refused.problems.contains { $0.contains("pictured.0") }, "\(refused.problems)")
    #expect(!refused.text.contains("<div class=\"map\">"))
    let fake = try mapPage(["": Self.map()], sheet: "PHN2Zy8+")
    #expect(fake.problems.contains { $0.contains("map.png: is not a valid PNG image") })
    #expect(count("<i class=\"p g", fake.text) == 6 && count(" t\" style=", fake.text) == 0)
  }
}
