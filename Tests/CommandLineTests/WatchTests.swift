import FoundationEssentials
import Glibc
import Testing

/// `runner check --watch`: a check a change, until Ctrl-C.
@Suite struct WatchTests {
  /// Runs the command in the background, changes files as soon as the output has the given texts, and sends Ctrl-C.
  ///
  /// - Parameter steps: shell commands, each with the text that the output must have afterwards.
  private func watch(
    _ program: Program, _ options: String, _ steps: [(command: String, text: String)]
  ) async throws -> Program.Outcome {
    var script = """
      '\(Program.folder)/runner' check net.yaml --watch \(options) > out.txt 2>&1 &
      pid=$!
      wait_for() {
        for i in $(seq 300); do grep -q "$1" out.txt && return 0; sleep 0.1; done
        echo "never printed: $1"; kill -9 $pid; exit 9
      }
      """
    for step in steps { script += "\n\(step.command)\nwait_for '\(step.text)'" }
    script += "\nkill -INT $pid\nwait $pid\ncode=$?\ncat out.txt\nexit $code\n"
    // A job in the background of a script ignores Ctrl-C, and so would what it starts.
    return try await program.run(["-c", "set -m\n" + script], executable: "/bin/bash")
  }

  private static let good = "data: {dataset: digits}\nmodel: [flatten, linear: 10]\n"

  @Test func everyChangeIsChecked() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(Self.good, to: "net.yaml")
    let outcome = try await watch(
      program, "",
      [
        (":", "net.yaml: no errors or warnings"),
        ("echo 'seed: x' >> net.yaml", "net.yaml: 1 error"),
        ("echo 'extends: base.yaml' > net.yaml", "no such file"),
        (
          "echo 'data: {dataset: digits, batch_size: many}' > tmp && mv tmp base.yaml",
          "base.yaml:1:37: error"
        ),
      ])
    #expect(outcome.code == 130, "\(outcome.text)")
    let lines = outcome.output.split(separator: "\n").filter { $0.contains(" net.yaml: ") }
    #expect(lines.count == 4, "\(outcome.output)")
    for line in lines {
      #expect(line.prefix(8).split(separator: ":").count == 3, "a time first: \(line)")
    }
  }

  @Test func formatsForEditorsWork() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(Self.good + "epochs: 3\n", to: "net.yaml")
    let outcome = try await watch(
      program, "--format gcc",
      [(":", "^net.yaml:3:1: error: .*"), ("echo '\(Self.good)' > net.yaml", "no errors")])
    #expect(outcome.code == 130, "\(outcome.text)")
    #expect(try await program.run(["check", "net.yaml", "--watch", "--json"]).code == 64)
    let missing = try await program.run(["check", "nett.yaml", "--watch"])
    #expect(missing.code == 2 && missing.error.contains("did you mean 'net.yaml'?"))
  }

  @Test func itEndsWhenNobodyReads() async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(Self.good, to: "net.yaml")
    let outcome = try await program.run(
      ["-c", "'\(Program.folder)/runner' check net.yaml --watch | head -n 1"],
      executable: "/bin/bash")
    #expect(outcome.code == 0 && outcome.output.hasSuffix("net.yaml: no errors or warnings\n"))
  }
}
