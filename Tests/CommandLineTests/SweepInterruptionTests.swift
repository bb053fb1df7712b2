import FoundationEssentials
import RunRecord
import Subprocess
import SystemPackage
import Testing

/// Ctrl-C and a closed terminal while trials are prepared and started.
@Suite(.serialized) struct SweepInterruptionTests {
  private static let worker = Program.folder + "/runner-worker"

  private static let downloaded = """
    name: m
    data: {dataset: mnist, fallback: digits, limit: {train: 200, test: 50}}
    model: [flatten, linear: 10]
    train: {epochs: 1}

    """

  private func script(_ name: String, _ text: String, in program: Program) throws {
    try FileManager.default.createDirectory(
      atPath: program.path("bin"), withIntermediateDirectories: true)
    try program.write("#!/bin/bash\n" + text, to: "bin/" + name)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: program.path("bin/" + name))
  }

  /// Runs a script in the program's folder, with the built `runner` in its path.
  private func shell(
    _ program: Program, _ text: String
  ) async throws -> (code: TerminationStatus, text: String) {
    var variables: [Environment.Key: String?] = [
      "HOME": program.work, "RUNNER_CACHE": program.path("cache"),
      "PATH": Program.folder + ":/usr/bin:/bin",
    ]
    for (key, value) in program.environment {
      variables[Environment.Key(rawValue: key) ?? "X"] = value
    }
    let result = try await Subprocess.run(
      .name("bash"), arguments: ["-c", text], environment: .inherit.updating(variables),
      workingDirectory: FilePath(program.work), output: .discarded,
      error: .string(limit: 1 << 20))
    return (result.terminationStatus, result.standardError)
  }

  private func trials(_ program: Program) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: SweepTests.sweep(program) + "/trials")
  }

  /// `curl` dies of Ctrl-C as well, which is no reason to take the fallback for ever.
  @Test func whileDataIsDownloaded() async throws {
    var program = try SweepTests.program()
    defer { program.remove() }
    try program.write(Self.downloaded, to: "m.yaml")
    program.environment["PATH"] = program.path("bin") + ":/usr/bin:/bin"
    let words = ["sweep", "m.yaml", "lr=[1e-2,1e-3]"]
    try script("curl", "kill -INT $PPID; exit 7\n", in: program)
    let stopped = try await program.run(words)
    #expect(stopped.code == 75, "\(stopped.error)")
    #expect(stopped.error.contains("continue with: runner sweep"))
    #expect(try trials(program).isEmpty)
    // Nobody stops it and it cannot be locked.
    try script("curl", "exit 7\n", in: program)
    let offline = try await program.run(words)
    #expect(offline.code == 0, "\(offline.error)")
    #expect(try trials(program).count == 2)
  }

  /// A record of other files was edited: it is refused before anything is looked for, whatever is allowed.
  @Test func aResumedRunWithOtherFilesInItsRecordLooksForNothing() async throws {
    var program = try SweepTests.program()
    defer { program.remove() }
    try program.write(Self.downloaded, to: "m.yaml")
    program.environment["PATH"] = program.path("bin") + ":/usr/bin:/bin"
    program.environment["RUNNER_PROGRAM"] = "/bin/false"
    try script("curl", "exit 7\n", in: program)
    #expect(try await program.run(["sweep", "m.yaml", "lr=[1e-2]"]).code != 0)
    let trial = try #require(try SweepCatalog.trial(1, of: SweepTests.sweep(program)))
    var info = try trial.readInfo()
    info.dataset.files = (0..<4).map {
      .init(path: "/nowhere/\($0)", sha256: String(repeating: "0", count: 64))
    }
    try trial.write(json: info, to: "run.json")
    try script("curl", "touch \(program.path("searched")); exit 7\n", in: program)
    let refused = try await program.run(["resume", "sweep/1", "--allow", "data"])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(refused.error.contains("dataset.fingerprint"), "\(refused.error)")
    #expect(!FileManager.default.fileExists(atPath: program.path("searched")))
    #expect(try trial.readInfo().dataset.files.first?.path == "/nowhere/0")
  }

  /// What lies elsewhere is something else, although a configuration's hash knows no paths.
  @Test func trialsOfOtherFoldersHaveOtherData() async throws {
    let program = try SweepTests.program()
    defer { program.remove() }
    try FileManager.default.moveItem(atPath: program.path("data"), toPath: program.path("other"))
    try SmallExperiment.write(into: program, largestLabel: 2)
    let outcome = try await program.run(
      ["sweep", "small.yaml", "zip(data.dataset.idx.folder=[data,other],seed=[1,2])"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let sweep = try SweepTests.sweep(program)
    let fingerprints = try [1, 2].map {
      try SweepCatalog.trial($0, of: sweep)?.readInfo().dataset.fingerprint
    }
    #expect(Set(fingerprints).count == 2)
  }

  @Test func filesThatHaveChangedAreRefused() async throws {
    let program = try SweepTests.program()
    defer { program.remove() }
    #expect(try await program.run(["sweep", "small.yaml", "lr=[1,2]"]).code == 0)
    try SmallExperiment.write(into: program, largestLabel: 2)
    let refused = try await program.run(["sweep", "small.yaml", "lr=[1,2,3]"])
    #expect(refused.code == 2)
    #expect(refused.error.contains("trial 1 used other files of 'idx'"))
    #expect(refused.error.contains("--new starts another sweep"))
    #expect(SweepTests.ledger(program).count == 2)
    #expect(try await program.run(["sweep", "small.yaml", "lr=[1,2,3]", "--new"]).code == 0)
  }

  @Test func whileTheMachineIsDescribed() async throws {
    var program = try SweepTests.program()
    defer { program.remove() }
    try script("worker", "kill -INT $PPID; exit 1\n", in: program)
    program.environment["RUNNER_WORKER"] = program.path("bin/worker")
    // Quietly: no steps are timed for what is said first.
    let stopped = try await program.run(["sweep", "small.yaml", "lr=[1,2]", "--quiet"])
    #expect(stopped.code == 75, "\(stopped.error)")
    #expect(try trials(program).isEmpty)
  }

  /// Then there is nothing yet to go on with.
  @Test func whileStepsAreTimed() async throws {
    var program = try SweepTests.program()
    defer { program.remove() }
    try script("worker", "kill -INT $PPID; exit 1\n", in: program)
    program.environment["RUNNER_WORKER"] = program.path("bin/worker")
    let stopped = try await program.run(["sweep", "small.yaml", "lr=[1,2]"])
    #expect(stopped.code == -2, "\(stopped.error)")
    #expect(program.runs() == [])
  }

  /// The first worker describes the machine, later ones are loading LibTorch when the signal comes.
  @Test func whileAWorkerStarts() async throws {
    var program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try script(
      "worker",
      """
      if [ -e described ]; then
        resume=$PPID
        [ -e alone ] || read -r _ _ _ resume _ </proc/$PPID/stat
        kill -INT $resume
        exec sleep 60
      fi
      : >described
      exec \(Self.worker) "$@"

      """, in: program)
    program.environment["RUNNER_WORKER"] = program.path("bin/worker")
    let stopped = try await program.run(
      ["sweep", "small.yaml", "lr=[1e-2,1e-3]", "--jobs", "1", "--quiet"])
    #expect(stopped.code == 75, "\(stopped.error)")
    #expect(!stopped.text.contains("has no result"))
    try program.write("", to: "alone")
    let resumed = try await program.run(["resume", "sweep/1"])
    #expect(resumed.code == 75, "\(resumed.error)")
    #expect(resumed.error.contains("to resume: runner resume"))
  }

  /// As `nohup` starts it: the sweep goes on, and its trials hear signals as ever.
  @Test func aClosedTerminalThatIsToBeIgnored() async throws {
    var program = try SweepTests.program()
    defer { program.remove() }
    try script(
      "trial",
      """
      grep SigIgn /proc/self/status >>ignored
      kill -HUP $PPID
      sleep 0.3
      exec \(SweepTests.fake) "$@"

      """, in: program)
    program.environment["RUNNER_PROGRAM"] = program.path("bin/trial")
    let (status, text) = try await shell(
      program, "trap '' HUP; exec runner sweep small.yaml lr=[1,2] --jobs 1")
    #expect(status == .exited(0), "\(text)")
    #expect(SweepTests.ledger(program).count == 2)
    let ignored = SweepTests.text(program.path("ignored")).split(separator: "\n")
    #expect(ignored.count == 2)
    // Two of the C library's own are above the ordinary ones.
    #expect(
      ignored.allSatisfy { line in
        UInt64(line.suffix(16), radix: 16).map { $0 & 0x7fff_ffff == 0 } ?? false
      }, "\(ignored)")
    let (heard, _) = try await shell(program, "exec runner sweep small.yaml lr=[3,4] --new")
    #expect(heard == .exited(75))
  }

  /// A shell tells all processes of its jobs that the terminal is gone.
  @Test func aWorkerOutlivesTheTerminalToo() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let (status, text) = try await shell(
      program,
      """
      trap '' HUP
      setsid runner small.yaml epochs=60 & run=$!
      until [ -s "$(echo runs/*/metrics.jsonl)" ] || ! kill -0 $run; do sleep 0.05; done
      kill -HUP -- -$run
      wait $run
      """)
    #expect(status == .exited(0), "\(text)")
    let run = try #require(program.runs().first)
    #expect(SweepTests.text(run + "/metrics.jsonl").split(separator: "\n").count == 60)
  }

  /// - Parameter hasPlaces: whether the plan names its files by their places, as older ones do not.
  @Test(arguments: [true, false])
  func theSameSweepFromAnotherFolder(_ hasPlaces: Bool) async throws {
    let program = try SweepTests.program()
    defer { program.remove() }
    let (status, text) = try await shell(
      program,
      """
      set -e
      mkdir sub
      mv small.yaml data sub
      printf 'extends: small.yaml\\nname: net\\n' >sub/net.yaml
      runner sweep sub/net.yaml lr=[1,2]
      grep -q '"path".*"/.*/sub/small.yaml"' runs/*/sweep.json
      \(hasPlaces ? ":" : "sed -i -E '/^  \"sha256\"/d; /\"path\"/s#\"/.*/sub/#\"sub/#' runs/*/sweep.json")
      cd sub
      sed -i 's/epochs: 3/epochs: 2/' small.yaml
      runner sweep net.yaml lr=[1,2,3] --runs-dir ../runs
      """)
    #expect(status == .exited(0), "\(text)")
    #expect(text.contains("has changed since this sweep began"))
    #expect(program.runs().count == 1)
    let table = try #require(SweepCatalog.table(of: SweepTests.sweep(program)))
    #expect(table.rows.map(\.epochs) == [3, 3, 3])
  }
}
