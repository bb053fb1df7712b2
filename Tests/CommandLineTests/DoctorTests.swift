import Files
import FoundationEssentials
import Glibc
import Testing

/// `runner doctor --fix`, with stubs for the programs that would change the machine.
@Suite struct DoctorTests {
  /// A `PATH` of one folder, which holds only an apt-get (and sudo) that writes down what it is asked for.
  private func withFakeMachine(
    install: String, _ body: (Program) async throws -> Void
  ) async throws {
    var program = try Program()
    defer { program.remove() }
    try FileManager.default.createDirectory(
      atPath: program.path("bin"), withIntermediateDirectories: true)
    try executable(program, "sudo", "exec \"$@\"")
    try executable(program, "apt-get", "echo \"$@\" >>\(program.path("asked"))\n\(install)")
    program.environment = ["PATH": program.path("bin"), "SHELL": "/bin/bash"]
    try await body(program)
  }

  private func executable(_ program: Program, _ name: String, _ script: String) throws {
    try program.write("#!/bin/sh\n\(script)\n", to: "bin/" + name)
    #expect(chmod(program.path("bin/" + name), 0o755) == 0)
  }

  /// What apt-get would do: programs that answer `--version`.
  private func installing(_ names: [String]) -> String {
    names.map { name in
      """
      printf '#!/bin/sh\\necho \(name) 1.0\\n' >"${0%/*}/\(name)"
      /bin/chmod 755 "${0%/*}/\(name)"
      """
    }.joined(separator: "\n")
  }

  private func asked(_ program: Program) -> [String] {
    let bytes = (try? FileReading.bytes(of: program.path("asked"))) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func files(_ program: Program) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: program.work)) ?? []).sorted()
  }

  private static let completion = ".local/share/bash-completion/completions/runner"

  @Test func whatIsMissingIsInstalled() async throws {
    let install = installing(["gnuplot", "curl", "git"])
    try await withFakeMachine(install: install) { program in
      let outcome = try await program.run(["doctor", "--fix", "--yes"])
      #expect(outcome.code == 0, "\(outcome.text)")
      let requests = asked(program)
      try #require(requests.count == 1, "\(requests)")
      #expect(requests[0].hasPrefix("install --yes --no-install-recommends gnuplot-nox curl "))
      #expect(requests[0].hasSuffix(" git"))
      #expect(outcome.error.contains("apt-get: gnuplot-nox curl"))
      #expect(outcome.error.contains("write the completion for bash to "))
      let halves = outcome.output.components(separatedBy: "After that:")
      try #require(halves.count == 2, "\(outcome.output)")
      for name in ["gnuplot", "curl", "git", "completion"] {
        #expect(halves[0].contains("–  \(name) "), "\(outcome.output)")
        #expect(halves[1].contains("✓  \(name) "), "\(outcome.output)")
      }
      let script = try FileReading.bytes(of: program.path(Self.completion))
      #expect(
        String(decoding: script, as: UTF8.self).contains("complete -o filenames -F _runner runner"))
      // Nothing besides.
      let expected = [
        "asked", Self.completion, "bin/apt-get", "bin/curl", "bin/git", "bin/gnuplot", "bin/sudo",
      ]
      let all = files(program)
      let found = all.filter { path in !all.contains { $0.hasPrefix(path + "/") } }
      #expect(found.sorted() == expected.sorted())

      let again = try await program.run(["doctor", "--fix"])
      #expect(again.code == 0, "\(again.text)")
      #expect(again.error.contains("There is nothing that --fix can repair."))
      #expect(asked(program).count == 1)
    }
  }

  @Test func itAsksFirst() async throws {
    try await withFakeMachine(install: "exit 1") { program in
      let before = files(program)
      let outcome = try await program.run(["doctor", "--fix"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("This will be done:"))
      #expect(outcome.error.contains("'doctor --fix' asks before it changes anything"))
      #expect(files(program) == before)
      #expect(try await program.run(["doctor", "--yes"]).code == 64)
    }
  }

  @Test func aRepairThatFailsIsReported() async throws {
    try await withFakeMachine(install: "exit 1") { program in
      let outcome = try await program.run(["doctor", "--fix", "--yes"])
      #expect(outcome.code == 2)
      // Old lists of packages may be the reason, so it is tried again with new ones.
      #expect(asked(program).map { $0.prefix(7) } == ["install", "update"])
      #expect(outcome.error.contains("apt-get did not install gnuplot-nox, curl"))
      #expect(outcome.error.contains("run it yourself: "))
      // The other repair was made.
      #expect(FileManager.default.fileExists(atPath: program.path(Self.completion)))
    }
  }

  /// In a checkout, `scripts/setup-libtorch` installs LibTorch; here it is there, so that the script does nothing, and
  /// the worker still does not start.
  @Test func libTorchIsInstalledInACheckout() async throws {
    try await withFakeMachine(install: "exit 1") { original in
      var program = original
      try executable(
        program, "worker",
        "echo \"$0: error while loading shared libraries: libtorch_cpu.so: cannot open\" >&2; exit 127"
      )
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      program.environment = [
        "RUNNER_WORKER": program.path("bin/worker"), "PATH": path, "SHELL": "/bin/sh",
      ]
      let outcome = try await program.run(["doctor", "--fix", "--yes"])
      #expect(outcome.code == 2)
      #expect(outcome.output.contains("✗  engine"))
      #expect(
        outcome.error.contains(
          "download LibTorch (190 MB) with \(Program.repository)/scripts/setup-libtorch"),
        "\(outcome.error)")
      #expect(outcome.output.contains("After that:"))
    }
  }
}
