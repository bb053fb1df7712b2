import Figures
import Files
import Subprocess
import SystemPackage

/// Runs gnuplot; one process draws many figures in one format.
struct Gnuplot: Sendable {
  /// The program's name on the PATH, or its path.
  let program: String
  /// The time limit of one process.
  var patience: Duration = .seconds(120)

  /// Thrown when no plot can be drawn at all.
  struct Missing: Error {
    let reason: String
  }

  /// Draws into `folder`, which also holds the figures' data files.
  ///
  /// - Parameter script: the name of the file for the commands; no other process may use it.
  /// - Returns: the figures that gnuplot could not draw, with the reasons.
  /// - Throws: ``Missing``, `CancellationError`, ``FileError``.
  func draw(
    _ figures: [Figure], _ format: Figure.Format, in folder: ScratchFolder,
    script: String
  ) async throws -> [String: String] {
    var failures: [String: String] = [:]
    var rest = figures[...]
    // gnuplot stops at the first error; run it again for the figures after the failed one.
    while !rest.isEmpty {
      let text = "set print '-'\n" + rest.map { $0.script(format) }.joined()
      try folder.write(text.utf8, to: script)
      let (drawn, failure) = try await run(script, in: folder.path)
      let left = rest.drop { drawn.contains($0.name) }
      guard let failed = left.first else { break }
      failures[failed.name] = failure ?? "gnuplot drew nothing"
      rest = left.dropFirst()
    }
    return failures
  }

  /// - Returns: the names that the script printed and, if it ended early, why.
  private func run(_ script: String, in folder: String) async throws -> (Set<String>, String?) {
    let end: End
    do {
      end = try await withThrowingTaskGroup(of: End?.self) { group in
        group.addTask {
          let result = try await Subprocess.run(
            executable, arguments: ["-d", script],
            // Decimal points and UTF-8, whatever the user's locale.
            environment: .inherit.updating(["LC_ALL": "C.UTF-8"]),
            workingDirectory: FilePath(folder), input: .none, output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
          return End(
            status: result.terminationStatus, output: result.standardOutput,
            errors: result.standardError)
        }
        group.addTask {
          try await Task.sleep(for: patience)
          return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let end = first else {
          throw Missing(reason: "gnuplot did not finish within \(patience)")
        }
        return end
      }
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw Missing(reason: "gnuplot is not installed on this machine")
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw Missing(reason: "gnuplot could not be run: \(error)")
    }
    try Task.checkCancellation()
    let drawn = Set(end.output.split(whereSeparator: \.isNewline).map(String.init))
    let problem = end.errors.split(whereSeparator: \.isNewline).map(String.init)
      .last { $0.contains(": ") && !$0.contains("warning:") }
    switch end.status {
    case .exited(0): return (drawn, nil)
    case .exited(let code): return (drawn, problem ?? "gnuplot ended with status \(code)")
    case .signaled(let signal): return (drawn, "gnuplot was terminated by signal \(signal)")
    }
  }

  private struct End: Sendable {
    let status: TerminationStatus
    let output: String
    let errors: String
  }

  private var executable: Executable {
    program.contains("/") ? .path(FilePath(program)) : .name(program)
  }
}
