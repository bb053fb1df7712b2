import Datasets
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Orchestration
import PNGImage
import Planning
import TestSupport
import Testing

/// `runner init TEMPLATE`: every template is an experiment for data such as it describes.
@Suite struct TemplateTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var environment: DataEnvironment {
    DataEnvironment(
      variables: ["RUNNER_CACHE": folder.path + "/cache"], workingDirectory: folder.path)
  }

  // MARK: Data

  private func writeImage(_ path: String, _ seed: Int, side: Int = 48, channels: Int = 3) throws {
    let place = folder.path + "/" + path
    try AtomicFile.createFolder(String(place[..<place.lastIndex(of: "/")!]))
    let pixels = (0..<(channels * side * side)).map {
      channels == 1 ? UInt8($0 % side * 3 / side) : UInt8(($0 * 7 + seed * 31) % 256)
    }
    let image = try #require(
      PixelImage(planar: pixels, width: side, height: side, channels: channels))
    try AtomicFile.write(try image.png(), to: place)
  }

  /// Data of all the forms that templates describe.
  private func writeData() throws {
    for label in ["cat", "dog", "owl"] {
      for number in 0..<8 {
        try writeImage("images/\(label)/\(number).jpg", label.utf8.reduce(number) { $0 + Int($1) })
      }
    }
    let rows = (0..<60).map { "\($0 * 37 % 101),\($0 % 3),\($0 % 2 == 0 ? "a" : "b"),\($0).5\n" }
    try folder.write(Array(("size,level,label,value\n" + rows.joined()).utf8), "table.csv")
    var labels = "image,labels\n"
    var boxes: [String] = []
    var pictures: [String] = []
    for number in 0..<12 {
      try writeImage("photos/\(number).png", number)
      labels += "photos/\(number).png,\(["cat;garden", "cat", "garden", ""][number % 4])\n"
      pictures.append(
        "{\"id\": \(number), \"file_name\": \"\(number).png\", \"width\": 48, \"height\": 48}")
      boxes.append(
        "{\"id\": \(number), \"image_id\": \(number), \"category_id\": \(number % 2 + 1), "
          + "\"bbox\": [4, 4, 20, 20], \"area\": 400, \"iscrowd\": 0}")
      try writeImage("scenes/images/\(number).png", number)
      try writeImage("scenes/masks/\(number).png", number, channels: 1)
    }
    try folder.write(Array(labels.utf8), "labels.csv")
    try folder.write(Array("sky\nroad\ntree\n".utf8), "scenes/classes.txt")
    try folder.write(
      Array(
        ("{\"images\": [\(pictures.joined(separator: ", "))], \"annotations\": "
          + "[\(boxes.joined(separator: ", "))], \"categories\": [{\"id\": 1, \"name\": \"cup\"}, "
          + "{\"id\": 2, \"name\": \"pen\"}]}").utf8), "photos/boxes.json")
  }

  // MARK: Tests

  @Test func thereIsATemplateForEachPurpose() {
    #expect(
      ExperimentTemplate.all.map(\.name) == [
        "image_folder", "table", "regression", "multi_label", "segmentation", "detection",
        "transfer", "sweep",
      ])
    #expect(ExperimentTemplate.find("multi-label")?.name == "multi_label")
    #expect(ExperimentTemplate.find("images") == nil)
  }

  @Test(arguments: ExperimentTemplate.all)
  func passesEveryCheck(_ template: ExperimentTemplate) async throws {
    try writeData()
    let outcome = try await ExperimentStart(
      template: template, place: nil, environment: environment
    ).write()
    #expect(outcome.path == template.name + ".yaml")
    #expect(outcome.expected == template.expected && outcome.found.isEmpty)
    let text = try folder.text(outcome.path)
    #expect(text.hasPrefix("# yaml-language-server: $schema=runner.schema.json\n"))

    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      folder.path + "/" + outcome.path, overrides: [],
      environment: ["RUNNER_CACHE": folder.path + "/cache"], processors: 2,
      diagnostics: diagnostics)
    #expect(
      plan != nil && !diagnostics.hasErrors,
      "\(DiagnosticRenderer().render(diagnostics.sorted))\n\(text)")

    let validator = SchemaValidator(root: JSONSchema.make(.standard))
    for reader in YAMLReader.allCases {
      #expect(validator.errors(try #require(reader.read(text))) == [], "\(text)")
    }
    let file = SourceFile(name: outcome.path, text: text)
    #expect(try ExperimentFormat.format(file) == .unchanged, "\(text)")
    // Every section says why it is so, and no line is too long to read.
    #expect(text.split(separator: "\n").count { $0.contains("  # ") } >= 10)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 140 }, "\(text)")
  }

  @Test func nothingIsOverwritten() async throws {
    try folder.write(Array("mine".utf8), "sweep.yaml")
    let start = ExperimentStart(template: .sweepTemplate, place: nil, environment: environment)
    await #expect(throws: InputError.self) { _ = try await start.write() }
    #expect(try folder.text("sweep.yaml") == "mine")
  }

  @Test func theSchemaIsWrittenOnRequest() async throws {
    func start(_ place: String) -> ExperimentStart {
      ExperimentStart(template: .sweepTemplate, place: place, environment: environment)
    }
    _ = try await start("plain/one.yaml").write()
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/plain/runner.schema.json"))
    let outcome = try await start("new/one.yaml").write(withSchema: true)
    #expect(outcome.schema == "new/runner.schema.json")
    let schema = try JSONText.decode(
      JSONValue.self, from: FileReading.bytes(of: folder.path + "/new/runner.schema.json"))
    guard case .object(let object) = schema else { throw CancellationError() }
    #expect(object["title"] == "runner experiment")
    // The same schema is left alone, another one is not overwritten, and then no experiment is written.
    _ = try await start("new/two.yaml").write(withSchema: true)
    try folder.write(Array("{}".utf8), "new/runner.schema.json")
    await #expect(throws: InputError.self) {
      _ = try await start("new/three.yaml").write(withSchema: true)
    }
    #expect(try folder.text("new/runner.schema.json") == "{}")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/new/three.yaml"))
  }
}

extension ExperimentTemplate {
  /// The one that needs no data.
  fileprivate static var sweepTemplate: ExperimentTemplate { all[all.count - 1] }
}
