import ExperimentConfig
import Files
import Foundation
import Graph
import Planning
import Testing

/// `${data.classes}` and its like, and sizes that the targets determine.
@Suite struct DataReferenceTests {
  private func plan(_ text: String, _ overrides: [String] = []) throws -> Plan {
    let outcome = Outcome.of(text: text, overrides)
    return try #require(outcome.plan, "\(outcome.text)")
  }

  private func identity(_ plan: Plan) -> JSONValue { plan.loaded.resolved.canonicalForm }

  private static func digits(_ last: String, _ rest: String = "") -> String {
    "data: {dataset: digits}\n\(rest)model:\n  - flatten\n  - \(last)\n"
  }

  @Test func whatTheDataDetermineIsTheNumberItself() throws {
    let written = try plan(Self.digits("linear: 10"))
    for last in ["linear: ${data.classes}", "linear: {out_features: \"${data.classes}\"}"] {
      let other = try plan(Self.digits(last))
      #expect(identity(other) == identity(written))
      #expect(
        ResolvedYAML.render(other.loaded.resolved, source: other.loaded.source).contains("10"))
    }
  }

  @Test func picturesHaveChannelsHeightAndWidth() throws {
    let text = """
      data:
        dataset: {idx: {folder: x, classes: 4, channels: 3, height: 12, width: 20}}
        transforms:
          - resize: ["${data.width}", "${data.height}"]
          - to_tensor
      model:
        - conv2d: {out_channels: "${data.channels}", kernel_size: 3}
        - flatten
        - linear: ${data.classes}

      """
    let plan = try plan(text)
    let shapes = plan.graph.parameters.map { $0.spec.shape }
    #expect(shapes[0] == [3, 3, 3, 3])
    #expect(shapes[2] == [4, 3 * 18 * 10])
  }

  @Test func overridesAndBlocksKnowThemToo() throws {
    let plan = try plan(Self.digits("linear: 3"), ["model.1.linear=${data.classes}"])
    #expect(plan.graph.parameters.last?.spec.shape == [10])
    let blocks = """
      data: {dataset: digits}
      blocks:
        head:
          parameters: {hidden: 7}
          layers:
            - linear: ${hidden}
            - linear: ${data.classes}
      model:
        - flatten
        - head: {hidden: "${data.height}"}

      """
    let shapes = try self.plan(blocks).graph.parameters.map { $0.spec.shape }
    #expect(shapes == [[28, 784], [28], [10, 28], [10]])
  }

  @Test func tablesHaveFeaturesAndTargets() throws {
    let path = NSTemporaryDirectory() + "/data-reference-\(UUID().uuidString)"
    try AtomicFile.createFolder(path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rows = (0..<50).map { "\(Double($0) / 3),\($0 * 7 % 13).5,\($0 * 5 % 11).25\n" }
    try AtomicFile.write(Array(("a,b,y\n" + rows.joined()).utf8), to: path + "/t.csv")
    let text = """
      data: {dataset: {table: {file: t.csv, target: y}}}
      model:
        - linear: ${data.features}
        - relu
        - linear: ${data.targets}

      """
    try AtomicFile.write(Array(text.utf8), to: path + "/base.yaml")
    let outcome = Outcome.of(path + "/base.yaml")
    #expect(outcome.plan?.graph.parameters.map { $0.spec.shape } == [[2, 2], [2], [1, 2], [1]])
    // In a file that extends another, the data set is the one that counts in the end.
    try AtomicFile.write(
      Array("extends: base.yaml\ndata: {dataset: {table: {target: [y, b]}}}\n".utf8),
      to: path + "/more.yaml")
    let more = Outcome.of(path + "/more.yaml")
    #expect(
      more.plan?.graph.parameters.map { $0.spec.shape } == [[1, 1], [1], [2, 1], [2]],
      "\(more.text)")
  }

  // MARK: Sizes left out

  @Test func theLastLayerTakesItsSizeFromTheTargets() throws {
    let written = try plan(Self.digits("linear: 10"))
    for last in ["linear", "linear:", "linear: {bias: true}"] {
      let other = try plan(Self.digits(last))
      #expect(identity(other) == identity(written))
      #expect(other.graph.parameters.map(\.name) == written.graph.parameters.map(\.name))
    }
    let text = ResolvedYAML.render(
      try plan(Self.digits("linear")).loaded.resolved,
      source: try plan(Self.digits("linear")).loaded.source)
    #expect(text.contains("out_features: 10"))
    #expect(text.contains("# the classes of 'digits'"))
  }

  @Test func aLastLayerWithANameTakesItToo() throws {
    let plan = try plan(Self.digits("{linear: , name: head}"))
    #expect(plan.graph.parameters.map(\.name) == ["head.weight", "head.bias"])
  }

  @Test func otherLayersNeedTheirSize() {
    let outcome = Outcome.of(
      text: "data: {dataset: digits}\nmodel:\n  - flatten\n  - linear\n  - relu\n  - linear\n")
    #expect(outcome.errors == ["4:5: 'linear' needs 'out_features'"], "\(outcome.text)")
  }

  @Test func theResolvedFileSaysTheNumber() throws {
    let first = try plan(Self.digits("linear"))
    let text = ResolvedYAML.render(first.loaded.resolved, source: first.loaded.source)
    let again = try plan(text)
    #expect(identity(again) == identity(first))
    #expect(!text.contains("${"))
  }
}
