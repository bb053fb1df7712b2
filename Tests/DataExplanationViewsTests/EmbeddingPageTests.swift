import Embedding
import ExperimentConfig
import PNGImage
import Report
import Testing
import WorkerProtocol

@testable import DataExplanationViews

@Suite("Maps of examples as page, CSV and JSON")
struct EmbeddingPageTests {
  /// Twelve points of three classes, one of them with a hostile name; every fourth is predicted wrongly.
  private static func map(quantity: String? = nil) throws -> EmbeddingMap {
    let names = ["cat", "<script>alert(1)</script>", "a \"b\", c"]
    var points: [EmbeddingMap.Point] = []
    var coordinates: [Double] = []
    for index in 0..<12 {
      let group = index % 3
      let isWrong = index % 4 == 0
      points.append(
        EmbeddingMap.Point(
          index: 10 * index, name: index == 1 ? "x'><img src=y>.png" : nil, target: names[group],
          prediction: names[isWrong ? (group + 1) % 3 : group],
          isWrong: quantity == nil ? isWrong : nil, group: group))
      coordinates.append(Double(group * 5) + Double(index) / 10)
      coordinates.append(Double(index % 5))
    }
    let plane = PointSet(coordinates, width: 2)
    var options = TSNE.Options()
    options.iterations = 50
    let near = NearestNeighbors(of: plane, count: 3)
    return EmbeddingMap(
      run: "pets", dataset: "image_folder", split: "validation",
      features: EmbeddingFeatures(
        layer: "backbone.fc", shape: [2], width: 2, isPooled: false, available: 40,
        variances: [3, 1], totalVariance: 5),
      points: points, groups: names, quantity: quantity, components: plane,
      tsne: try #require(TSNE(plane, options)),
      quality: EmbeddingMap.Quality(
        purity: MapQuality.purity(near, classes: points.map(\.group), count: 3), silhouette: 0.5,
        trustworthiness: nil, trustedNeighbours: 5), warnings: ["no device"])
  }

  @Test("names are escaped, wrong predictions come last and are marked")
  func namesAreEscaped() throws {
    let picture = PixelImage(width: 4, height: 2, fill: PixelImage.Color(0x336699))
    let page = try EmbeddingPage.render(Self.map(), pictures: [1: picture, 4: picture])
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
    let page = try EmbeddingPage.render(Self.map(quantity: "mass"), pictures: [:])
    #expect(page.contains("ranges of mass"))
    #expect(!page.contains("id=\"wrong\""))
    #expect(page.contains("class=\"p g1 q1"))
  }

  @Test("CSV and JSON have every point")
  func filesHaveEveryPoint() throws {
    let map = try Self.map()
    let lines = map.csv.split(separator: "\n")
    #expect(lines.count == 13)
    #expect(lines[0] == "index,name,target,prediction,correct,tsne_x,tsne_y,pca_x,pca_y")
    #expect(lines[3].hasPrefix("20,,\"a \"\"b\"\", c\",\"a \"\"b\"\", c\",1,"))
    #expect(lines[1].contains(",0,"))
    guard case .array(let points)? = map.json["points"] else {
      Issue.record("no points")
      return
    }
    #expect(points.count == 12)
    #expect(map.json["available"] == 40)
    #expect(map.lines.contains { $0.contains("80.0 %") })
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
