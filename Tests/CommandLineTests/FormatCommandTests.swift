import Files
import FoundationEssentials
import Glibc
import Testing

/// `runner fmt` as it is typed, and what becomes of files.
@Suite struct FormatCommandTests {
  private static let mixed = "model: [flatten]\n\n\n\ndata: {dataset: digits} # drawn\n"
  private static let tidy = "data: {dataset: digits}  # drawn\n\nmodel: [flatten]\n"

  private func text(_ program: Program, _ name: String) throws -> String {
    String(decoding: try FileReading.bytes(of: program.path(name)), as: UTF8.self)
  }

  @Test func filesAreFormattedAndNamed() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(Self.mixed, to: "a.yaml")
    try program.write(Self.tidy, to: "b.yaml")
    let check = try await program.run(["fmt", "--check", "a.yaml", "b.yaml"])
    #expect(check.code == 1 && check.output == "a.yaml\n" && check.error == "")
    #expect(try text(program, "a.yaml") == Self.mixed)
    let write = try await program.run(["fmt", "a.yaml", "b.yaml"])
    #expect(write.code == 0 && write.output == "a.yaml\n", "\(write.text)")
    #expect(try text(program, "a.yaml") == Self.tidy)
    let again = try await program.run(["fmt", "--check", "a.yaml", "b.yaml"])
    #expect(again.code == 0 && again.text == "")
    #expect(try await program.run(["fmt"]).code == 64)
    #expect(try await program.run(["fmt", "-", "a.yaml"]).code == 64)
  }

  @Test func standardInputIsWrittenToStandardOutput() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(Self.mixed, to: "a.yaml")
    try program.write("{seed: 1}", to: "flow.yaml")
    func run(_ arguments: String) async throws -> Program.Outcome {
      try await program.run(
        ["-c", "'\(Program.folder)/runner' fmt \(arguments)"], executable: "/bin/sh")
    }
    #expect(try await run("- < a.yaml").output == Self.tidy)
    #expect(try await run("- --check < a.yaml").code == 1)
    #expect(try text(program, "a.yaml") == Self.mixed)
    let flow = try await run("- < flow.yaml")
    #expect(
      flow.code == 0 && flow.output == "{seed: 1}\n", "what cannot be formatted passes through")
    #expect(flow.error.contains("'standard input' stays as it is"))
  }

  /// One broken file does not keep the others from being formatted.
  @Test func brokenFilesAreNamed() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("seed: [1\n", to: "broken.yaml")
    try program.write(Self.mixed, to: "good.yaml")
    try program.write("version: 3 \n", to: "compose.yaml")
    let outcome = try await program.run([
      "fmt", "broken.yaml", "god.yaml", "compose.yaml", "good.yaml",
    ])
    #expect(outcome.code == 2 && outcome.output == "good.yaml\n", "\(outcome.text)")
    #expect(outcome.error.contains("broken.yaml:1:9: error"))
    #expect(outcome.error.contains("did you mean 'good.yaml'?"))
    #expect(
      outcome.error.contains("'compose.yaml' stays as it is: none of its keys belongs to"))
    #expect(try text(program, "compose.yaml") == "version: 3 \n")
  }

  @Test func linksPermissionsAndByteOrderMarksStay() async throws {
    let program = try Program()
    defer { program.remove() }
    try AtomicFile.createFolder(program.path("real"))
    try program.write("\u{FEFF}" + Self.mixed, to: "real/a.yaml")
    #expect(chmod(program.path("real/a.yaml"), 0o640) == 0)
    #expect(symlink("real/a.yaml", program.path("link.yaml")) == 0)
    let outcome = try await program.run(["fmt", "link.yaml"])
    #expect(outcome.code == 0 && outcome.output == "link.yaml\n", "\(outcome.text)")
    var status = stat()
    #expect(lstat(program.path("link.yaml"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(program.path("real/a.yaml"), &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(try text(program, "real/a.yaml") == "\u{FEFF}" + Self.tidy)
    let names = try FileManager.default.contentsOfDirectory(atPath: program.path("real"))
    #expect(names == ["a.yaml"])

    try program.write(Self.mixed, to: "one.yaml")
    #expect(link(program.path("one.yaml"), program.path("two.yaml")) == 0)
    let linked = try await program.run(["fmt", "one.yaml"])
    #expect(linked.code == 0 && linked.error.contains("it has 2 names"), "\(linked.text)")
    #expect(try text(program, "one.yaml") == Self.mixed)
  }
}
