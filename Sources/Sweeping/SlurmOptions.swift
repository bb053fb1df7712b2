import Diagnostics

/// The value of `--slurm partition=…,time=…,cpus=…,gpus=…`.
package struct SlurmOptions: Sendable, Equatable {
  /// Arguments of `sbatch`, such as `--partition=gpu`.
  package private(set) var arguments: [String] = []
  /// The text as the user wrote it.
  package let text: String
  /// The value of `cpus`.
  package private(set) var processors: Int?

  /// The `sbatch` names of options that are named differently here.
  private static let names = ["cpus": "cpus-per-task", "gpus": "gpus-per-node", "memory": "mem"]
  /// Options reserved for this program: how jobs are identified, where they write and how they end.
  private static let own = [
    "array", "output", "error", "requeue", "no-requeue", "signal", "parsable", "wrap", "job-name",
    "comment", "open-mode", "clusters", "wait", "test-only", "hold",
  ]

  /// - Throws: ``InputError``.
  package init(_ text: String) throws {
    self.text = text
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      let isName = sides[0].utf8.allSatisfy {
        (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
      }
      guard isName, sides[0].first != "-" else {
        throw InputError(
          "'\(part)' is not a Slurm option", hint: "write partition=…,time=…,cpus=…,gpus=…")
      }
      // sbatch accepts abbreviated names.
      if let name = Self.own.first(where: { $0.hasPrefix(sides[0]) }) {
        throw InputError("the sbatch option '\(name)' is set by this program")
      }
      if sides[0] == "cpus" {
        guard sides.count == 2, let count = Int(sides[1]), count > 0 else {
          throw InputError("'cpus' takes a number, found '\(part)'")
        }
        processors = count
      }
      let name = Self.names[sides[0]] ?? sides[0]
      arguments.append("--" + ([name] + sides.dropFirst()).joined(separator: "="))
    }
  }
}
