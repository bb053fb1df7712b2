import ExperimentConfig
import Files
import Foundation
import RunRecord
import Testing
import Weights

/// Weights in files as other programs leave them, from the command line to the record.
struct WeightsFileTests {
  /// The weights of `small.yaml`, from the formula 1 / (1 + place).
  private static func entries(
    prefix: String = "", classes: Int = 4, bad: Float? = nil
  ) -> [SafeTensors.Entry] {
    [
      ("1.weight", [16, 64]), ("1.bias", [16]), ("4.weight", [classes, 16]), ("4.bias", [classes]),
    ]
    .map { name, shape in
      let count = shape.reduce(1, *)
      var bytes: [UInt8] = []
      for place in 0..<count {
        let value = name == "4.bias" && place == 1 ? bad ?? 0.5 : 1 / Float(1 + place)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
      }
      return SafeTensors.Entry(name: prefix + name, type: .float32, shape: shape, bytes: bytes)
    }
  }

  private static func write(
    _ entries: [SafeTensors.Entry], to name: String, _ program: Program
  ) throws {
    try Data(SafeTensors.encode(entries).flatMap(\.self))
      .write(to: URL(fileURLWithPath: program.path(name)))
  }

  private func withProgram(_ body: (Program) async throws -> Void) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try await body(program)
  }

  private static let still = ["-q", "lr=1e-12", "dropout=0", "epochs=1"]

  @Test func aPrefixIsRemovedAndNamed() async throws {
    try await withProgram { program in
      try Self.write(Self.entries(), to: "plain.safetensors", program)
      try Self.write(
        Self.entries(prefix: "module._orig_mod."), to: "wrapped.safetensors", program)
      var results: [[UInt8]] = []
      for name in ["plain", "wrapped"] {
        let outcome = try await program.run(
          ["small.yaml", "weights=\(name).safetensors", "--runs-dir", name] + Self.still.dropFirst()
        )
        #expect(outcome.code == 0, "\(outcome.error)")
        let note = "removed the prefix 'module._orig_mod.' from the names"
        #expect(outcome.error.contains(note) == (name == "wrapped"))
        let run = RunDirectory(path: try #require(program.runs(name).first))
        #expect(try run.readInfo().weights?.notes == (name == "wrapped" ? [note] : nil))
        #expect(try run.readInfo().warnings == [])
        results.append(try FileReading.bytes(of: run.file("predictions.csv")))
      }
      #expect(results[0] == results[1])

      let check = try await program.run(
        ["check", "small.yaml", "+weights=wrapped.safetensors", "--json"])
      #expect(check.code == 0)
      let json = try JSONText.decode(JSONValue.self, from: Array(check.output.utf8))
      guard case .object(let object) = json, case .object(let weights)? = object["weights"] else {
        Issue.record("no weights in \(check.output)")
        return
      }
      #expect(weights["prefixes"] == ["module._orig_mod."])
      #expect(weights["tensors"] == 4)
    }
  }

  @Test func aReplacedHeadIsOnTheConsoleAndInTheRecord() async throws {
    try await withProgram { program in
      try Self.write(Self.entries(classes: 7), to: "seven.safetensors", program)
      let outcome = try await program.run(
        ["small.yaml", "weights=seven.safetensors"] + Self.still.dropFirst())
      #expect(outcome.code == 0, "\(outcome.error)")
      let note =
        "the head starts from random values: 4.weight and 1 more has a different shape in the file "
        + "([7, 16], not [4, 16])"
      #expect(outcome.error.contains("weights: \(note)"))
      let run = RunDirectory(path: try #require(program.runs().first))
      #expect(try run.readInfo().weights?.notes == [note])
      let page = try String(contentsOfFile: run.file("report.html"), encoding: .utf8)
      #expect(page.contains("the head starts from random values"))
    }
  }

  @Test(arguments: [(Float.nan, "NaN"), (.infinity, "infinity")])
  func weightsThatAreNotFiniteAreNamed(_ value: Float, _ word: String) async throws {
    try await withProgram { program in
      try Self.write(Self.entries(prefix: "net.", bad: value), to: "bad.safetensors", program)
      let outcome = try await program.run(["small.yaml", "-q", "weights=bad.safetensors"])
      #expect(outcome.code == 2)
      #expect(
        outcome.error.contains("bad.safetensors: the tensor 'net.4.bias' holds \(word) (1 of 4"))
      #expect(!outcome.error.contains("diverged"))
      #expect(program.runs().isEmpty)
    }
  }

  @Test func keyAndPrefixAreChosenByHand() async throws {
    try await withProgram { program in
      let student = Self.entries(prefix: "student.")
      let teacher = Self.entries(prefix: "teacher.", classes: 4, bad: 2)
      try Self.write(student + teacher, to: "both.safetensors", program)
      let both = try await program.run(["check", "small.yaml", "+weights=both.safetensors"])
      #expect(both.code == 2)
      #expect(
        both.error.contains("matches under several prefixes of the names: 'student.', 'teacher.'"))
      #expect(both.error.contains("prefix: student."))

      try program.write(
        SmallExperiment.yaml + "weights: {file: both.safetensors, prefix: teacher}\n",
        to: "teacher.yaml")
      let chosen = try await program.run(["teacher.yaml"] + Self.still)
      #expect(chosen.code == 0, "\(chosen.error)")
      let run = RunDirectory(path: try #require(program.runs().first))
      let head = try SafeTensors.File(reading: run.file("weights/last.safetensors")).entries()
        .first { $0.name == "4.bias" }
      #expect(head?.bytes[4..<8] == [0, 0, 0, 64])
      // A run directory alone says enough to train again.
      let resolved = try String(contentsOfFile: run.file("resolved.yaml"), encoding: .utf8)
      #expect(resolved.contains("prefix: teacher"))

      try program.write(
        SmallExperiment.yaml
          + "weights:\n  file: both.safetensors\n  prefix: tutor.\n", to: "tutor.yaml")
      let unknown = try await program.run(["check", "tutor.yaml"])
      #expect(unknown.code == 2)
      #expect(unknown.error.contains("tutor.yaml:22:11"), "\(unknown.error)")
      #expect(
        unknown.error.contains("begins with 'tutor.'; the names begin with 'student', 'teacher'"))

      try program.write(
        SmallExperiment.yaml
          + "weights:\n  file: both.safetensors\n  key: model\n", to: "key.yaml")
      let key = try await program.run(["check", "key.yaml"])
      #expect(key.code == 2)
      #expect(key.error.contains("key.yaml:22:8"), "\(key.error)")
    }
  }

  /// A part that changes between two runs is other weights: another identity.
  @Test func anIndexOfFilesIsTakenWithAllOfThem() async throws {
    try await withProgram { program in
      let entries = Self.entries(prefix: "model.")
      try Self.write(Array(entries[..<2]), to: "1.safetensors", program)
      try Self.write(Array(entries[2...]), to: "2.safetensors", program)
      let map = entries.enumerated().map { "\"\($1.name)\": \"\($0 < 2 ? 1 : 2).safetensors\"" }
      try program.write(
        "{\"metadata\": {}, \"weight_map\": {\(map.joined(separator: ", "))}}",
        to: "model.safetensors.index.json")
      var identities: Set<String> = []
      for changed in [false, true] {
        if changed {
          try Self.write(
            Array(Self.entries(prefix: "model.", bad: 0.25)[2...]), to: "2.safetensors", program)
        }
        let outcome = try await program.run(
          ["small.yaml", "weights=model.safetensors.index.json", "--runs-dir", "\(changed)"]
            + Self.still)
        #expect(outcome.code == 0, "\(outcome.error)")
        let run = RunDirectory(path: try #require(program.runs("\(changed)").first))
        identities.insert(try run.readInfo().identity)
      }
      #expect(identities.count == 2)
      let missing = program.path("2.safetensors")
      try FileManager.default.removeItem(atPath: missing)
      let outcome = try await program.run(
        ["check", "small.yaml", "+weights=model.safetensors.index.json"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("2.safetensors"))
    }
  }

  /// A folder is named with the file in it that is probably meant.
  @Test func aFolderIsNotAFile() async throws {
    try await withProgram { program in
      try FileManager.default.createDirectory(
        atPath: program.path("llm"), withIntermediateDirectories: true)
      try program.write("{}", to: "llm/model.safetensors.index.json")
      let outcome = try await program.run(["check", "small.yaml", "+weights=llm"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("give the file in it: model.safetensors.index.json"))
    }
  }
}
