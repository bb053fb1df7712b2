import Foundation
import RunRecord
import Testing

/// A run goes on only where it would have gone on, unless a person allows what is different.
@Suite struct RefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let key: String
    let value: String
    let part: String
    let text: String

    var testDescription: String { key }
  }

  @Test(arguments: [
    Case(key: "runner", value: "0.0.1", part: "program", text: "runner: 0.0.1, now "),
    Case(key: "libtorch", value: "2.0.0", part: "program", text: "LibTorch: 2.0.0, now "),
    Case(key: "cpu", value: "Abacus", part: "machine", text: "processor: Abacus, now "),
    Case(
      key: "cpu_capability", value: "PAPER", part: "machine",
      text: "vector instructions: PAPER, now "),
  ])
  func anotherProgramOrMachine(_ test: Case) throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let long = ["train.epochs=40", "train.early_stopping.patience=40"]
    let reference = try sandbox.reference(["folds.yaml"] + long)
    let run = try interruptedRun(sandbox, "folds", long)
    let folds = (1...3).map { "fold-\($0)/run.json" }.filter(run.has)
    for name in ["run.json"] + folds {
      try run.edit(name) { text in
        let pattern = try Regex("\"\(test.key)\" *: *\"[^\"]*\"")
        #expect(text.contains(pattern))
        return text.replacing(pattern, with: "\"\(test.key)\": \"\(test.value)\"")
      }
    }
    let refused = try sandbox.run(["resume", run.path])
    #expect(refused.code == 2)
    #expect(refused.text.contains("this run would not resume as it started"), "\(refused.text)")
    #expect(refused.text.contains(test.text), "\(refused.text)")
    #expect(refused.text.contains("--allow \(test.part)"))
    let other = test.part == "program" ? "machine" : "program"
    #expect(try sandbox.run(["resume", run.path, "--allow", other]).code == 2)
    let allowed = try sandbox.run(["resume", run.path, "--allow", test.part])
    #expect(allowed.code == 0, "\(allowed.text)")
    #expect(allowed.text.contains("resumes with a different \(test.part)"))
    // Nothing was really different, so that the result is what it would have been.
    #expect(try run.manifest() == reference.manifest)
    #expect(try run.readInfo().warnings.contains { $0.contains(test.value) })
  }

  @Test func otherData() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let run = try interruptedRun(sandbox, "cnn")
    try Experiments.writeData(into: sandbox) { index, _, label in
      if index == 5 { label = (label + 1) % 4 }
    }
    let refused = try sandbox.run(["resume", run.path])
    #expect(refused.code == 2)
    #expect(refused.text.contains("train-labels-idx1-ubyte have changed"), "\(refused.text)")
    #expect(refused.text.contains("--allow data"))
    try FileManager.default.removeItem(atPath: sandbox.path("data/train-labels-idx1-ubyte"))
    let missing = try sandbox.run(["resume", run.path])
    #expect(missing.code == 2)
    #expect(missing.text.contains("train-labels-idx1-ubyte is missing"), "\(missing.text)")
    try Experiments.writeData(into: sandbox) { index, _, label in
      if index == 5 { label = (label + 1) % 4 }
    }
    let allowed = try sandbox.run(["resume", run.path, "--allow", "data"])
    #expect(allowed.code == 0, "\(allowed.text)")
    #expect(try run.readInfo().warnings.contains { $0.contains("have changed") })
  }
}
