import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import Testing

/// `runner migrate` on files and directories of earlier versions.
@Suite struct MigrateTests {
  private static let fixtures = Program.repository + "/Tests/Fixtures/migration/"

  private func fixture(_ name: String) throws -> [UInt8] {
    try FileReading.bytes(of: Self.fixtures + name)
  }

  private func withProgram(_ body: (Program) async throws -> Void) async throws {
    let program = try Program()
    defer { program.remove() }
    try await body(program)
  }

  private func copy(_ name: String, to file: String, in program: Program) throws {
    try FileManager.default.copyItem(atPath: Self.fixtures + name, toPath: program.path(file))
  }

  // MARK: Experiment files

  /// Experiments that version 0.1.0 shipped.
  @Test(arguments: ["sequential-0.1.0.yaml", "pretrain-0.1.0.yaml"])
  func mostFilesNeedNothing(name: String) async throws {
    try await withProgram { program in
      try copy(name, to: name, in: program)
      let outcome = try await program.run(["migrate", name])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.output == "\(name): up to date\n")
      #expect(outcome.error == "")
      #expect(try FileReading.bytes(of: program.path(name)) == fixture(name))
    }
  }

  @Test func namesAreReplacedAndNothingElse() async throws {
    try await withProgram { program in
      try copy("names-0.2.0.yaml", to: "real.yaml", in: program)
      #expect(chmod(program.path("real.yaml"), 0o600) == 0)
      #expect(symlink("real.yaml", program.path("names.yaml")) == 0)
      #expect(try await program.run(["check", "names.yaml"]).code == 2)

      let shown = try await program.run(["migrate", "names.yaml", "--dry-run"])
      #expect(shown.code == 1, "\(shown.error)")
      #expect(shown.output.hasPrefix("names.yaml: to be migrated\n"))
      #expect(
        shown.output.contains("-  - pad: 8\n+  - pad_block: 8\n"), "\(shown.output)")
      #expect(try FileReading.bytes(of: program.path("real.yaml")) == fixture("names-0.2.0.yaml"))

      let done = try await program.run(["migrate", "names.yaml"])
      #expect(done.code == 0, "\(done.error)")
      #expect(
        done.output == """
          names.yaml: migrated
            the block 'pad' is called 'pad_block', in 3 places
            the node 'image' is called 'image_layer', in 4 places

          """)
      #expect(
        try FileReading.bytes(of: program.path("real.yaml")) == fixture("names-migrated.yaml"))
      var status = stat()
      #expect(lstat(program.path("names.yaml"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
      #expect(stat(program.path("real.yaml"), &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(try await program.run(["check", "names.yaml"]).code == 0)

      let again = try await program.run(["migrate", "names.yaml"])
      #expect(again.code == 0)
      #expect(again.output == "names.yaml: up to date\n")
      #expect(
        try FileReading.bytes(of: program.path("real.yaml")) == fixture("names-migrated.yaml"))
    }
  }

  @Test func whatAnExperimentExtendsIsMigratedFirst() async throws {
    try await withProgram { program in
      try copy("names-0.2.0.yaml", to: "base.yaml", in: program)
      try program.write("extends: base.yaml\nseed: 3\n", to: "child.yaml")
      let early = try await program.run(["migrate", "child.yaml"])
      #expect(early.code == 2)
      #expect(early.error.contains("base.yaml:7:3"), "\(early.error)")
      #expect(early.error.contains("'runner migrate base.yaml' renames it"), "\(early.error)")
      #expect(try FileReading.bytes(of: program.path("base.yaml")) == fixture("names-0.2.0.yaml"))
      #expect(try await program.run(["migrate", "base.yaml", "child.yaml"]).code == 0)
      #expect(try await program.run(["check", "child.yaml"]).code == 0)
    }
  }

  /// `linear` has always been a layer: such a block never worked, and nobody knows what was meant.
  @Test func aFileThatNeverWorkedIsLeftAlone() async throws {
    try await withProgram { program in
      let text = """
        data: {dataset: digits}
        blocks: {linear: {layers: [relu]}}
        model: [flatten, linear: 10]

        """
      try program.write(text, to: "wrong.yaml")
      try copy("names-0.2.0.yaml", to: "names.yaml", in: program)
      let outcome = try await program.run(["migrate", "wrong.yaml", "names.yaml"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("a block cannot have the name of the layer 'linear'"))
      #expect(try FileReading.bytes(of: program.path("wrong.yaml")) == Array(text.utf8))
      // The other file is migrated all the same.
      #expect(
        try FileReading.bytes(of: program.path("names.yaml")) == fixture("names-migrated.yaml"))
    }
  }

  @Test func aFolderWithNothingIsAnError() async throws {
    try await withProgram { program in
      try FileManager.default.createDirectory(
        atPath: program.path("empty"), withIntermediateDirectories: true)
      for path in ["empty", "nothing.yaml"] {
        let outcome = try await program.run(["migrate", path])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains("'\(path)'"), "\(outcome.error)")
      }
    }
  }

  // MARK: Runs

  private func withRuns(_ body: (Program) async throws -> Void) async throws {
    try await withProgram { program in
      try SmallExperiment.write(into: program)
      try FileManager.default.createDirectory(
        atPath: program.path("runs"), withIntermediateDirectories: true)
      for name in ["sequential", "folds", "transfer"] {
        try FileManager.default.copyItem(
          atPath: "\(Program.repository)/Tests/Fixtures/runs/format1/\(name)",
          toPath: program.path("runs/\(name)"))
      }
      try await body(program)
    }
  }

  /// Every file below the runs, with its hash.
  private func hashes(_ program: Program) throws -> [String: String] {
    var found: [String: String] = [:]
    var folders = [program.path("runs")]
    while let folder = folders.popLast() {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        let path = folder + "/" + name
        var isFolder = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if isFolder { folders.append(path) } else { found[path] = try Digest.hex(ofFile: path) }
      }
    }
    return found
  }

  @Test func runsOfFormat1AreVerifiedAndUnchanged() async throws {
    try await withRuns { program in
      let before = try hashes(program)
      #expect(before.count > 50)
      let outcome = try await program.run(["migrate", "runs"])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.error == "")
      let lines = outcome.output.split(separator: "\n").map(String.init).sorted()
      let verdict = "unchanged, and read by this version as it is"
      #expect(
        lines == [
          "runs/folds: run of format 1 by runner 0.2.0, 3 parts; \(verdict)",
          "runs/sequential: run of format 1 by runner 0.2.0; \(verdict)",
          "runs/transfer: run of format 1 by runner 0.2.0; \(verdict)",
        ])
      #expect(try hashes(program) == before)

      let json = try await program.run(["migrate", "runs/folds", "--json"])
      let value = try JSONText.decode(JSONValue.self, from: Array(json.output.utf8))
      let expected: JSONValue = [
        "path": "runs/folds", "kind": "run", "format": 1, "runner": "0.2.0", "parts": 3,
        "problems": [],
      ]
      #expect(value == ["results": [expected]])
    }
  }

  @Test func aDamagedRunIsReportedBesideTheOthers() async throws {
    try await withRuns { program in
      let path = program.path("runs/sequential/predictions.csv")
      let bytes = try FileReading.bytes(of: path)
      try AtomicFile.write(bytes + [UInt8(ascii: "\n")], to: path)
      let outcome = try await program.run(["migrate", "runs"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("runs/sequential/predictions.csv"), "\(outcome.error)")
      #expect(outcome.output.contains("runs/folds: run of format 1"))
      #expect(!outcome.output.contains("runs/sequential:"))
    }
  }

  /// A run whose model has a name that now means something else is intact, but its model cannot be built.
  @Test func aRunThatCannotBeUsedIsNamed() async throws {
    try await withRuns { program in
      let path = program.path("runs/sequential/resolved.yaml")
      let text = String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
      let named = text.replacing("  - flatten:", with: "  - name: image\n    flatten:")
      try #require(named != text, "\(text)")
      try AtomicFile.write(named, to: path)
      let outcome = try await program.run(["migrate", "runs/sequential"])
      #expect(outcome.code == 1, "\(outcome.text)")
      #expect(outcome.output.contains("intact, but not usable by this version"))
      #expect(
        outcome.output.contains("a node of its model has the name of the data set's input, 'image'")
      )
    }
  }
}
