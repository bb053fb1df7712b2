import Diagnostics
import ExperimentConfig
import Files
import RunRecord
import Testing

@testable import RunListing

@Suite struct ListColumnTests {
  private func listed(_ fixtures: ListFixtures) throws -> (ListedRuns, RunFields) {
    let runs = try ListedRuns(in: fixtures.path)
    return (runs, RunFields(runs, mains: ["dropout": "p"]))
  }

  private func order(
    _ sort: String, _ fixtures: ListFixtures, reverse: Bool = false
  ) throws -> String {
    var (runs, fields) = try listed(fixtures)
    try ListOrder(sort, fields).sort(&runs, reverse: reverse)
    return runs.runs.compactMap { $0.entry.name.last.map(String.init) }.joined()
  }

  @Test func cellsAndJSON() throws {
    let fixtures = try ListFixtures()
    let run = try fixtures.add("cnn-20261128-100000-aaaaaa", lr: "1e-05", accuracy: 0.9876)
    try run.write([[UInt8](repeating: 0, count: 5_000_000)], to: "weights/best.safetensors")
    try run.folder.link(
      "weights/best.safetensors", of: run.folder, to: "weights/last.safetensors")
    var (runs, fields) = try listed(fixtures)
    runs.measure()
    func column(_ name: String) throws -> ListColumn {
      ListColumn(try #require(fields.find(name), "\(name)"), name: name)
    }
    for (name, text, json) in [
      ("lr", "1e-05", .number(1e-5)), ("dropout", "0.2", .number(0.2)),
      ("out_features", "128, 10", .array([.integer(128), .integer(10)])),
      ("validation.accuracy", "98.76%", .number(0.9876)),
      ("validation.log_loss", "0.5000", .number(0.5)),
      ("betas", "[0.9, 0.999]", .string("[0.9, 0.999]")), ("tag", "–", .array([])),
      ("batch_size", "64", .integer(64)), ("experiment", "cnn", .string("cnn")),
      ("duration", "30 s", .integer(30)), ("optimizer", "adam", .string("adam")),
    ] as [(String, String, JSONValue)] {
      let column = try column(name)
      #expect(column.text(runs.runs[0], in: runs, isMixed: false) == text, "\(name)")
      #expect(column.json(runs.runs[0], in: runs) == json, "\(name)")
    }
    // Two names of one file take its space once.
    #expect(try column("size").text(runs.runs[0], in: runs, isMixed: false) == "5.00 MB")
    #expect(fields.find("nonsense") == nil && fields.find("test.nonsense") == nil)
  }

  @Test func orders() throws {
    let fixtures = try ListFixtures()
    try fixtures.add("x-20261128-100000-aaaaaa", lr: "0.01", accuracy: 0.8)
    try fixtures.add("x-20261128-100001-bbbbbb", lr: "0.002", accuracy: 0.95)
    let large = try fixtures.add("x-20261128-100002-cccccc", lr: "0.1", accuracy: 0.9)
    try large.write([[UInt8](repeating: 0, count: 100_000)], to: "log.txt")
    let bare = RunDirectory(path: fixtures.path + "/x-20261128-100003-dddddd")
    try AtomicFile.createFolder(bare.path)
    try bare.write("{\"status\": \"interrupted\", \"name\": \"x\"}", to: "run.json")
    for (sort, expected) in [
      ("started", "dcba"), ("lr", "bacd"), ("-lr", "cabd"), ("validation.accuracy", "bcad"),
      ("-validation.accuracy", "bcad"), ("validation.loss", "bcad"), ("-validation.loss", "acbd"),
      ("name", "abcd"), ("-log_loss", "cbad"),
    ] {
      #expect(try order(sort, fixtures) == expected, "\(sort)")
    }
    #expect(try order("lr", fixtures, reverse: true) == "cabd")
    #expect(try order("size", fixtures).hasPrefix("c"))
    let error = try #require(throws: InputError.self) { _ = try order("-lrr", fixtures) }
    #expect(error.diagnostics.first?.range?.start.column == 2)
    #expect(error.diagnostics.first?.hint == "did you mean 'lr'?")
  }

  @Test func settingsThatDifferAreColumns() throws {
    let fixtures = try ListFixtures()
    try fixtures.add("x-20261128-100000-aaaaaa", lr: "0.01", dropout: "0.2")
    try fixtures.add("x-20261128-100001-bbbbbb", lr: "0.01", dropout: "0.5")
    var (runs, fields) = try listed(fixtures)
    var differing = DifferingSettings(runs, fields)
    #expect(differing.columns.map(\.name) == ["dropout"] && differing.others.isEmpty)
    // Another optimizer: its name and the learning rate, which both have, but no column for each optimizer.
    try fixtures.add(
      "x-20261128-100002-cccccc", lr: "0.1", dropout: "0.5", optimizer: "sgd",
      more: "freeze: backbone")
    (runs, fields) = try listed(fixtures)
    differing = DifferingSettings(runs, fields)
    #expect(differing.columns.map(\.name) == ["dropout", "optimizer", "lr", "freeze"])
    #expect(
      differing.columns.map { $0.text(runs.runs[0], in: runs, isMixed: false) } == [
        "0.5", "sgd", "0.1", "backbone",
      ])
    // Runs of different names differ in too much.
    try fixtures.add("y-20261128-100003-dddddd")
    (runs, fields) = try listed(fixtures)
    #expect(DifferingSettings(runs, fields).columns.isEmpty)
  }
}
