import ExperimentConfig
import Files
import RunRecord
import Sweeping
import TestSupport
import Testing

/// A plan of a sweep that was damaged or made by hand is an error that names the key, never a crash.
@Suite struct DamagedSweepTests {
  private var file: SweepFile {
    SweepFile(
      name: "net", started: "2026-11-23T01:19:59Z", command: [], experiment: "net.yaml",
      experimentPlace: "/net.yaml", files: [.init(path: "/net.yaml", text: "")], environment: [:],
      processors: 2, base: "", overrides: [], hasSection: false,
      space: SearchSpace([
        .init(
          keys: [.init(written: "lr", path: "optimizer.adam.lr")],
          domain: .values([["1e-3"], ["1e-4"]])),
        .init(keys: [.init(written: "p", path: "model.1.dropout.p")], domain: .uniform(0, 0.5)),
      ]),
      strategy: Strategy(kind: .random, maxTrials: 2), objective: .loss, keep: .all,
      trials: [
        .init(number: 1, values: ["1e-3", "0.1"], hash: "0123abcd"),
        .init(number: 2, values: ["1e-4", "0.2"], hash: SweepFile.Trial.invalid),
      ])
  }

  private func key(_ change: (inout SweepFile) -> Void) -> String? {
    var changed = file
    change(&changed)
    do throws(RecordProblem) {
      try changed.check()
      return nil
    } catch {
      return error.key
    }
  }

  @Test func whatIsWrongIsNamed() {
    #expect(key { _ in } == nil)
    #expect(key { $0.trials[1].number = 1 } == "trials.1.number")
    #expect(key { $0.trials[0].values = [] } == "trials.0.values")
    #expect(key { $0.trials[0].hash = "../../../home" } == "trials.0.hash")
    #expect(key { $0.space.dimensions[0].domain = .values([]) } == "space.dimensions.0.domain")
    #expect(key { $0.space.dimensions[0].domain = .values([[]]) } == "space.dimensions.0.domain.0")
    #expect(key { $0.space.dimensions[1].domain = .uniform(1, 0) } == "space.dimensions.1.domain")
    #expect(
      key { $0.space.dimensions[1].domain = .logUniform(0, 1) } == "space.dimensions.1.domain")
    #expect(key { $0.space.dimensions[1].keys = [] } == "space.dimensions.1.keys")
    #expect(key { $0.space.dimensions = [] } == "space.dimensions")
    #expect(key { $0.strategy.reduction = 1 } == "strategy.reduction")
    #expect(key { $0.strategy.minEpochs = -1 } == "strategy.minEpochs")
    #expect(key { $0.processors = 0 } == "processors")
    #expect(key { $0.files = [] } == "files")
  }

  /// The plan is bound to its trials: whatever is edited, and is still a plan, is noticed.
  @Test(arguments: [
    ("lr: 1e-3", "lr: 1e-2"), ("\"1e-4\"", "\"1e-5\""), ("\"random\"", "\"grid\""),
    ("\"maxTrials\" : 2", "\"maxTrials\" : 3"), ("\"loss\"", "\"accuracy\""),
  ])
  func anEditedPlanIsRefused(_ old: String, _ new: String) throws {
    let folder = try TemporaryFolder()
    let directory = SweepDirectory(path: folder.path)
    var file = file
    file.files[0].text = "optimizer: {adam: {lr: 1e-3}}"
    try directory.write(file)
    #expect(try directory.read() == file)
    let text = try folder.text(SweepCatalog.file)
    #expect(text.contains(old), "\(text)")
    try folder.write(Array(text.replacing(old, with: new).utf8), SweepCatalog.file)
    do throws(FileError) {
      _ = try directory.read()
      Issue.record("an edited plan was read")
    } catch {
      #expect(error.reason.contains("was edited"), "\(error)")
    }
  }

  /// Whatever is changed, the file is read or refused; what is read can be gone through.
  @Test func anyChangeIsReadOrNamed() throws {
    let folder = try TemporaryFolder()
    let directory = SweepDirectory(path: folder.path)
    let whole = try JSONText.decode(JSONValue.self, from: JSONText.encode(file))
    for value in Self.mutations(of: whole) {
      try folder.write(JSONText.encode(value), SweepCatalog.file)
      do throws(FileError) {
        let file = try directory.read()
        if let size = file.space.size { _ = file.space.combination(size - 1) }
        _ = RandomSearch.draw(file.space, seed: 1, trial: 1)
        _ = file.strategy.rungs(of: 1_000_000)
      } catch {
        #expect(error.path.hasSuffix("sweep.json") && !error.reason.isEmpty)
      }
    }
  }

  private static func mutations(of value: JSONValue) -> [JSONValue] {
    var all: [JSONValue] = [
      .null, .integer(-1), .integer(0), .integer(.max), .number(1e308), .string(""),
      .string("../x"), .array([]), .object([:]),
    ]
    switch value {
    case .object(let values):
      for (key, item) in values {
        var less = values
        less[key] = nil
        all.append(.object(less))
        for changed in mutations(of: item) {
          var more = values
          more[key] = changed
          all.append(.object(more))
        }
      }
    case .array(let items):
      all.append(.array(items + items))
      for (index, item) in items.enumerated() {
        for changed in mutations(of: item) {
          var more = items
          more[index] = changed
          all.append(.array(more))
        }
      }
    default: break
    }
    return all
  }
}
