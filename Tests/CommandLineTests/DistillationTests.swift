import ExperimentConfig
import FoundationEssentials
import Glibc
import RunRecord
import Testing

/// A training whose teacher is an earlier run.
@Suite struct DistillationTests {
  /// A program with a finished run, and `student.yaml` that imitates it.
  private static func taught(_ settings: String = "run: latest") async throws -> Program {
    let program = try Program()
    try SmallExperiment.write(into: program)
    let result = try await program.run(["small.yaml", "train.epochs=2"])
    #expect(result.code == 0, "\(result.text)")
    try program.write(
      SmallExperiment.yaml.replacing("name: small", with: "name: student")
        .replacing("linear: 16", with: "linear: 8")
        + "teacher: {\(settings)}\n", to: "student.yaml")
    return program
  }

  private static func info(_ run: String) throws -> RunInfo {
    try RunDirectory(path: run).readInfo()
  }

  @Test func theTeachersHashIsRecordedAndPartOfTheIdentity() async throws {
    let program = try await Self.taught()
    defer { program.remove() }
    let teacher = try #require(program.runs().first)
    var identities: [String] = []
    for settings in ["teacher.alpha=0.9", "teacher.alpha=0.5"] {
      let result = try await program.run(["student.yaml", settings, "teacher.run=\(teacher)"])
      #expect(result.code == 0, "\(result.text)")
      #expect(result.error.contains("includes the comparison with the teacher"))
      let run = try #require(
        program.runs().first { $0.contains("student") && !identities.contains($0) })
      let info = try Self.info(run)
      #expect(
        info.files?.map(\.key) == [
          "teacher.run/weights/best.safetensors", "teacher.run/resolved.yaml",
        ])
      let manifest = SweepTests.text(teacher + "/MANIFEST.sha256")
      let hash = try #require(info.files?.first?.sha256)
      #expect(manifest.contains("\(hash)  weights/best.safetensors"))
      identities.append(run)
    }
    let all = try program.runs().filter { $0.contains("student") }.map {
      try Self.info($0).identity
    }
    #expect(Set(all).count == 2)
  }

  /// Its weights and a batch of its outputs are part of the memory, and its steps of the time.
  @Test func theEstimatesIncludeTheTeacher() async throws {
    struct Check: Decodable {
      struct Teacher: Decodable {
        let run: String
        let parameters: Int
        let flops: Int
        let memory_bytes: Int
      }
      let memory_bytes: Int
      let teacher: Teacher?
    }
    let program = try await Self.taught()
    defer { program.remove() }
    func check(_ file: String) async throws -> Check {
      let result = try await program.run(["check", file, "--json"])
      #expect(result.code == 0, "\(result.text)")
      return try JSONDecoder().decode(Check.self, from: Data(result.output.utf8))
    }
    let run = try #require(program.runs().first)
    let with = try await check("student.yaml")
    let teacher = try #require(with.teacher)
    #expect(teacher.run.hasSuffix(run.split(separator: "/").last ?? "") && teacher.flops > 0)
    #expect(teacher.memory_bytes > 4 * teacher.parameters)
    try program.write(
      SmallExperiment.yaml.replacing("linear: 16", with: "linear: 8"), to: "alone.yaml")
    let alone = try await check("alone.yaml")
    #expect(alone.teacher == nil)
    #expect(with.memory_bytes == alone.memory_bytes + teacher.memory_bytes)
    let text = try await program.run(["check", "student.yaml"])
    #expect(text.output.contains("FLOPs for each training example"), "\(text.output)")
    #expect(text.output.contains(teacher.run), "\(text.output)")
    let sweep = try await program.run([
      "sweep", "student.yaml", "teacher.run=\(run)", "lr=[1e-2,1e-3]", "--dry-run",
    ])
    #expect(sweep.output.contains("(timed here: a step takes"), "\(sweep.text)")
  }

  /// A teacher that was trained on what this run holds out.
  @Test func whatTheTeacherHasSeenIsRecorded() async throws {
    let program = try await Self.taught()
    defer { program.remove() }
    let teacher = try #require(program.runs().first)
    let result = try await program.run(["student.yaml", "teacher.run=\(teacher)", "seed=8"])
    #expect(result.code == 0, "\(result.text)")
    #expect(result.error.contains("validation examples were in the training set of"))
    #expect(result.error.contains("which is the teacher: the scores"), "\(result.error)")
    let info = try Self.info(try #require(program.runs().first { $0.contains("student") }))
    #expect((info.leakage?.sets.first { $0.set == "validation" }?.seen ?? 0) > 40)
    // Weights that have seen nothing of it do not hide that.
    let both = try await program.run([
      "student.yaml", "teacher.run=\(teacher)", "seed=8", "name=both",
      "+weights={run: \(program.runs().first { $0.contains("student") } ?? "")}",
    ])
    #expect(both.code == 0, "\(both.text)")
    let second = try Self.info(try #require(program.runs().first { $0.contains("both") }))
    #expect(
      second.leakage?.sets.first { $0.set == "validation" }?.seen == info.leakage?.sets[0].seen)
    #expect(second.leakage?.runs.count == 2)
  }

  /// Interrupted and resumed, it gives the bytes of a run that was not.
  @Test func resumesToTheByte() async throws {
    let program = try await Self.taught()
    defer { program.remove() }
    let teacher = try #require(program.runs().first)
    let command = ["student.yaml", "teacher.run=\(teacher)", "train.checkpoint.every=5"]
    let whole = try await program.run(command)
    #expect(whole.code == 0, "\(whole.text)")
    let cut = try await program.run(command, send: SIGINT, after: "epoch")
    let students = program.runs().filter { $0.contains("student") }.sorted()
    #expect(students.count == 2)
    if cut.code == 75 {
      let resumed = try await program.run(["resume", students[1]])
      #expect(resumed.code == 0, "\(resumed.text)")
    }
    func bytes(_ run: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: run + "/weights/best.safetensors"))
    }
    #expect(try bytes(students[0]) == bytes(students[1]))
  }

  @Test(arguments: [
    ("loss=mse", ["a teacher is imitated by the probabilities of classes"]),
    ("data.split={folds: 3}", ["a teacher has seen the examples that each of 3 folds holds out"]),
    (
      "data.transforms=[to_tensor]",
      ["the teacher was trained on images that are normalised differently"]
    ),
    (
      "data.transforms=[to_tensor, {normalize: {fit: train}}]",
      ["depends on the training examples of each run"]
    ),
    (
      "data.transforms=[{resize: 16}, to_tensor, {normalize: {mean: 0.3, std: 0.3}}]",
      ["the teacher takes inputs of", "the model gets"]
    ),
    ("teacher.run=nothing", ["nothing"]),
    ("teacher.alpha=2", ["alpha"]), ("teacher.temperature=0", ["temperature"]),
  ])
  func whatDoesNotFitIsSaid(override: String, words: [String]) async throws {
    let program = try await Self.taught()
    defer { program.remove() }
    let result = try await program.run(["check", "student.yaml", override])
    #expect(result.code == 2, "\(result.text)")
    for text in words { #expect(result.text.contains(text), "\(result.text)") }
  }

  @Test func aTeacherThatIsGoneOrChangedStopsTheRun() async throws {
    let program = try await Self.taught()
    defer { program.remove() }
    let teacher = try #require(program.runs().first)
    let path = URL(fileURLWithPath: teacher + "/weights/best.safetensors")
    var bytes = try Data(contentsOf: path)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: path)
    let result = try await program.run(["student.yaml", "teacher.run=\(teacher)"])
    #expect(result.code == 2, "\(result.text)")
    try FileManager.default.removeItem(at: path)
    let gone = try await program.run(["student.yaml", "teacher.run=\(teacher)"])
    #expect(gone.code == 2)
    #expect(gone.text.contains("weights/best.safetensors"))
  }

  /// Two classes of another name, in the order of the teacher's.
  @Test func otherClassesAreNamed() async throws {
    let program = try await Self.taught()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let result = try await program.run([
      "check", "student.yaml", "data.dataset.idx.classes=5", "model.4.linear=5",
    ])
    #expect(result.code == 2)
    #expect(
      result.text.contains("the teacher has 4 classes, the data 5"), "\(result.text)")
  }
}
