import DataAnalysis
import DataSchema
import Foundation
import PNGImage
import Testing

@testable import DataPage
@testable import Transforms

@Suite struct DataPageTests {
  /// Noise pictures with names, of which the last is equal to the first.
  private struct Source: ExampleSource {
    let schema: DataSchema
    let targets: Targets
    let names: [String]
    static let size = ImageSize(channels: 3, height: 8, width: 8)

    init(names: [String], classes: [String]) {
      self.names = names
      schema = DataSchema(image: Self.size, target: DataField("label", .category(classes)))
      targets = Targets(classes: names.indices.map { $0 % classes.count })
    }

    var count: Int { names.count }
    var fingerprint: String { "pictures" }
    func name(of index: Int) -> String? { names[index] }

    func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
      batch["image"] = .bytes(
        indices.flatMap { index in
          let own = index == count - 1 ? 0 : index
          return (0..<Self.size.count).map { UInt8(($0 * 37 + own * 91 + $0 * $0 * own) % 251) }
        })
    }
  }

  private func page(names: [String], classes: [String]) throws -> (page: String, DataFindings) {
    let source = Source(names: names, classes: classes)
    let half = names.count / 2
    let parts = [
      DataPart("train", source, Array(0..<half), groups: names.prefix(half).map { "g" + $0 }),
      DataPart(
        "test", source, Array(half..<names.count), groups: names.prefix(half).map { "g" + $0 }),
    ]
    var options = DataAnalysisOptions()
    options.broken = [FileProblem(path: names[0], reason: "is damaged " + names[0])]
    let samples = try TransformedSamples(parts[0], try pipeline(), seed: 5, fold: 0)
    var findings = DataFindings.analyse(parts, options)
    findings.samples = samples.list
    return (
      try DataPage.render(findings, title: names[0], parts: parts, samples: samples), findings
    )
  }

  private func pipeline() throws -> TransformPipeline {
    let input = ImageType(Source.size)
    return TransformPipeline(
      input: input,
      steps: [
        .randomFlip(RandomFlipStep(isHorizontal: true, p: 0.5)), .scale,
        .normalize(mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4]),
      ])
  }

  private static let names = (0..<12).map { "folder/picture-\($0).png" }

  @Test func showsWhatWasFound() throws {
    let (page, findings) = try page(names: Self.names, classes: ["cat", "dog"])
    #expect(findings.duplicates?.exactCopies == 1)
    #expect(
      findings.duplicates?.exact.shown[0].members.map(\.name) == [
        "folder/picture-0.png", "folder/picture-11.png",
      ])
    #expect(findings.duplicates?.exact.shown[0].members.map(\.label) == ["cat", "dog"])
    for text in [
      "<h2>train: 6 examples</h2>", "<h2>After the transforms</h2>", "seed 5",
      "Duplicates among 12 examples", "train folder/picture-0.png", "test folder/picture-11.png",
      "across parts, different targets", "What to do:", "Files that cannot be read: 1",
      "more than one part", "The normalisation is undone",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    // Six examples, each as it is and in three epochs, and two equal ones.
    #expect(page.components(separatedBy: "data:image/png;base64,").count - 1 == 6 * 4 + 2)
    #expect(!page.contains("http://") && !page.contains("https://"))
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "</style><style>*{display:none}", "{{page.title}}{{{style}}}", "a\u{0}b\u{1B}[31m",
    "\u{202E}gpj.exe",
    "<\u{301}script>\"\u{301} onload=\u{301}'>",
  ]) func namesAreText(text: String) throws {
    let (page, _) = try page(
      names: (0..<12).map { "\(text)\($0)" }, classes: [text, text + "2"])
    #expect(!page.contains("<script") && !page.contains("<img src=x"))
    #expect(!page.contains("' onmouseover") && !page.contains("\u{202E}"))
    #expect(page.components(separatedBy: "</style>").count == 2)
    #expect(
      page.components(separatedBy: ":root {\n").count
        == page.components(separatedBy: "--paper:").count)
    for scalar in page.unicodeScalars where scalar != "\n" {
      #expect(scalar.properties.generalCategory != .control)
    }
  }

  /// What is shown is what a training computes, up to the rounding to bytes.
  @Test func samplesAreThoseOfTheTraining() throws {
    let source = Source(names: Self.names, classes: ["cat", "dog"])
    let part = DataPart("train", source, [1, 4, 7, 8])
    let pipeline = try pipeline()
    let samples = try TransformedSamples(part, pipeline, seed: 5, fold: 2)
    #expect(samples.samples.map(\.place.index) == [1, 4, 7, 8])
    #expect(samples.list.epochs == [1, 2, 3] && samples.list.isNormalised)
    var flipped = 0
    for (number, epoch) in samples.list.epochs.enumerated() {
      // In another batch, as a training would read it.
      let batch = try pipeline.apply(
        to: source, [8, 7, 2, 4, 1], augmenting: Augmentation(seed: 5, fold: 2, epoch: epoch),
        threads: 2)
      for (sample, place) in zip(samples.samples, [4, 3, 1, 0]) {
        let shown = sample.epochs[number]
        if shown != sample.original { flipped += 1 }
        let (size, area) = (batch.type.elementCount, 64)
        for pixel in 0..<area {
          let color = shown[pixel % 8, pixel / 8]
          for (channel, byte) in [color.red, color.green, color.blue].enumerated() {
            let value = batch.floats[place * size + channel * area + pixel]
            let (mean, std): (Float, Float) = (
              [0.4, 0.5, 0.6][channel], [0.2, 0.3, 0.4][channel]
            )
            #expect(UInt8(((value * std + mean) * 255).rounded()) == byte)
          }
        }
      }
    }
    #expect(flipped > 0 && flipped < 12)
  }

  @Test func samplesTakeTurnsAmongClasses() throws {
    let source = Source(names: (0..<40).map { "\($0)" }, classes: (0..<5).map { "c\($0)" })
    let rows = (0..<40).filter { $0 % 5 != 3 || $0 > 30 }
    let samples = try TransformedSamples(
      DataPart("train", source, rows), try pipeline(), seed: 1, fold: 0)
    #expect(samples.samples.count == TransformedSamples.count)
    #expect(Set(samples.samples.compactMap(\.place.label)).count == 5)
  }

  @Test func tablesShowTheirFirstRows() throws {
    struct Rows: ExampleSource {
      let inner = VectorsInMemory(
        [1, 2, 3], size: 1, target: DataField("y", .category(["a", "b"])),
        targets: Targets([0, 1, 0]))
      var schema: DataSchema { inner.schema }
      var count: Int { 3 }
      var fingerprint: String { "rows" }
      var targets: Targets { inner.targets }
      var columnNames: [String] { ["x", "<y>"] }
      func name(of index: Int) -> String? { "line \(index + 2)" }
      func column(_ name: String) throws(DataError) -> [String] {
        ["1", "2", "3"].map { name + $0 }
      }
      func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
        try inner.read(indices, into: &batch)
      }
    }
    let part = DataPart("train", Rows(), [0, 2])
    var findings = DataFindings.analyse([part])
    findings.firstRows = try TableExcerpt(part)
    #expect(findings.firstRows?.rows == [["x1", "<y>1"], ["x3", "<y>3"]])
    #expect(findings.firstRows?.examples.map(\.name) == ["line 2", "line 4"])
    let page = try DataPage.render(findings, title: "rows", parts: [part], samples: nil)
    #expect(page.contains("<td class=\"\">&lt;y&gt;3</td>") && page.contains("line 4"))
    let json =
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(findings)) as? [String: Any]
    #expect((json?["first_rows"] as? [String: Any])?["columns"] as? [String] == ["x", "<y>"])
  }

  @Test func filesOfOtherKindsAreKept() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/data-page-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.html"
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: (any Error).self) { try DataPage.write("page", to: path) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    let (page, _) = try page(names: Self.names, classes: ["cat", "dog"])
    try DataPage.write(page, to: folder + "/b.html")
    try DataPage.write(page, to: folder + "/b.html")
    #expect(DataPage.path(forExperiment: "x/pets.yaml") == "x/pets.data.html")
  }

  /// Boxes are drawn in the colours of the tables, before and after the transforms.
  @Test func boxesAreDrawn() throws {
    let size = ImageSize(channels: 3, height: 30, width: 40)
    let box = ImageBoxes.Item(label: 1, x: 10, y: 5, width: 20, height: 15)
    let source = ImagesInMemory(
      pixels: Array(repeating: 200, count: size.count), size: size,
      target: DataField("boxes", .boxes(BoxClasses(["cat", "dog"], ids: [1, 2], most: 1))),
      targets: Targets(
        ImageBoxes(width: 40, height: 30, [box]).row(1), width: ImageBoxes.rowWidth(1)))
    let part = DataPart("train", source)
    let pipeline = TransformPipeline(
      input: ImageType(size),
      steps: [.randomFlip(RandomFlipStep(isHorizontal: false, p: 1)), .scale])
    let samples = try TransformedSamples(part, pipeline, seed: 1, fold: 0)
    let sample = try #require(samples.samples.first)
    let (color, grey) = (PixelImage.Color(class: 1), PixelImage.Color(0xC8C8C8))
    #expect(sample.original[10, 12] == color && sample.original[29, 19] == color)
    #expect(sample.original[20, 12] == grey && sample.original[8, 12] == grey)
    // Flipped: rows 10 to 25.
    #expect(sample.epochs[0][10, 24] == color && sample.epochs[0][20, 10] == color)
    #expect(sample.epochs[0][20, 5] == grey)
    var findings = DataFindings.analyse([part])
    findings.samples = samples.list
    let page = try DataPage.render(findings, title: "cells", parts: [part], samples: samples)
    #expect(page.contains("background:\(color.hex)") && color.hex == "#008000")
    #expect(page.contains("<td class=\"\">large") || page.contains(">large</td>"))
    #expect(page.contains("Boxes have the colours of their classes"))
  }
}
