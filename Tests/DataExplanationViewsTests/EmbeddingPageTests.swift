import DataExplanationViews
import ExampleMaps
import ExperimentConfig
import PNGImage
import Report
import RunRecord
import Testing

@Suite("Maps of examples as page, CSV and JSON")
struct EmbeddingPageTests {
  /// Twelve points of three classes, one of them with a hostile name; every fourth is predicted wrongly.
  private static func map(_ grouping: ExampleMap.Grouping = .classes) -> ExampleMap {
    let names = ["cat", "<script>alert(1)</script>", "a \"b\", c"]
    let points = (0..<12).map { index in
      let group = index % 3
      let isWrong = index % 4 == 0
      let place = [Double(group * 5) + Double(index) / 10, Double(index % 5)]
      return ExampleMap.Point(
        index: 10 * index, name: index == 1 ? "x'><img src=y>.png" : nil, target: names[group],
        prediction: names[isWrong ? (group + 1) % 3 : group],
        isWrong: grouping == .classes ? isWrong : nil, group: group, tsne: place,
        pca: place.map { -$0 })
    }
    return ExampleMap(
      split: "validation", available: 40, points: points, groups: names, grouping: grouping,
      features: ExampleMap.Features(
        layer: "backbone.fc", shape: [2], width: 2, isPooled: false, variances: [3, 1],
        totalVariance: 5),
      tsne: ExampleMap.Descent(perplexity: 3, iterations: 50, divergence: 0.25),
      quality: ExampleMap.Quality(
        purity: ExampleMap.Purity(
          neighbours: 3, overall: 0.9, byGroup: [1, nil, 0.8], chance: 0.3), silhouette: 0.5,
        trustworthiness: nil, trustedNeighbours: 5))
  }

  private static func page(_ map: ExampleMap, sheet: PixelImage? = nil) throws -> String {
    try EmbeddingPage.render(
      map, run: "pets", dataset: "image_folder", warnings: ["no device"], sheet: sheet)
  }

  @Test("names are escaped, wrong predictions come last and are marked")
  func namesAreEscaped() throws {
    var map = Self.map()
    map.pictured = [1, 4]
    let sheet = PixelImage(width: 64, height: 32, fill: PixelImage.Color(0x336699))
    let page = try Self.page(map, sheet: sheet)
    #expect(page.contains(MarkedPage.explanation.mark))
    #expect(!page.contains("<script") && !page.contains("<img src=y>"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(page.components(of: "<i class=\"p ") == 12)
    #expect(page.components(of: " t\" style=") == 2)
    #expect(page.contains("data:image/png;base64,"))
    #expect(page.contains("12 of 40 examples"))
    // Three of twelve are wrong, and drawn above the others.
    let marks = page.split(separator: "\n").filter { $0.hasPrefix("<i class") }
    #expect(marks.prefix(9).allSatisfy { !$0.contains(" w") })
    #expect(marks.suffix(3).allSatisfy { $0.contains(" w") && $0.contains("predicted") })
  }

  @Test("ranges of a number have no rings")
  func rangesHaveNoRings() throws {
    let page = try Self.page(Self.map(.ranges(of: "mass")))
    #expect(page.contains("ranges of mass"))
    #expect(!page.contains("id=\"wrong\""))
    #expect(page.contains("class=\"p g1 q1"))
  }

  @Test("CSV and JSON have every point")
  func filesHaveEveryPoint() throws {
    let map = Self.map()
    let lines = map.csv.split(separator: "\n")
    #expect(lines.count == 13)
    #expect(lines[0] == "index,name,target,prediction,correct,tsne_x,tsne_y,pca_x,pca_y")
    #expect(lines[3].hasPrefix("20,,\"a \"\"b\"\", c\",\"a \"\"b\"\", c\",1,"))
    #expect(lines[1].contains(",0,"))
    let json = map.json(run: "pets", dataset: "image_folder", warnings: [])
    guard case .array(let points)? = json["points"] else {
      Issue.record("no points")
      return
    }
    #expect(points.count == 12)
    #expect(json["available"] == 40 && json["label"] == .null)
    #expect(map.lines(run: "pets", dataset: "image_folder").contains { $0.contains("80.0%") })
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
