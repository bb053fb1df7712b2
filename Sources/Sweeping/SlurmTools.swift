import Diagnostics
import Subprocess
import SystemPackage

/// The programs of Slurm that every installation has; nothing here needs its accounting database.
struct SlurmTools: Sendable {
  /// One task of an array.
  struct TaskID: Hashable, Sendable, Codable {
    /// Of the array.
    var job: Int
    var index: Int
  }

  /// The numbers of tasks that are waiting, running or ending, by the name of their jobs.
  ///
  /// - Returns: nothing where the controller does not answer.
  func queue(name: String) async throws -> Set<TaskID>? {
    let arguments = ["--noheader", "--array", "--name", name, "--format", "%F %K %T"]
    guard let text = try await output("squeue", arguments) else { return nil }
    return Set(
      text.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard words.count >= 2, let job = Int(words[0]), let index = Int(words[1]) else {
          return nil
        }
        return TaskID(job: job, index: index)
      })
  }

  /// How many tasks one array may have.
  func arrayLimit() async throws -> Int {
    let text = try await output("scontrol", ["show", "config"]) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    let number = line?.split(separator: "=").last.flatMap {
      Int(SweepSyntax.trimmed(String($0)))
    }
    return max(1, number ?? 1001)
  }

  /// Why a task is gone, as long as the controller remembers it.
  func fate(of task: TaskID) async throws -> String? {
    let text = try await output(
      "scontrol", ["--oneliner", "show", "job", "\(task.job)_\(task.index)"])
    let words = text?.split(whereSeparator: \.isWhitespace) ?? []
    return words.first { $0.hasPrefix("JobState=") }.map { String($0.dropFirst(9)) }
  }

  /// - Returns: the number of the array.
  /// - Throws: ``InputError`` with Slurm's own words.
  func submit(_ arguments: [String]) async throws -> Int {
    let result = try await run("sbatch", arguments)
    let number = result.output.split(whereSeparator: { $0 == ";" || $0.isNewline }).first
    guard result.isSuccess, let number, let job = Int(number) else {
      let words = result.errors.split(whereSeparator: \.isNewline).last ?? "no reason"
      throw InputError("sbatch refuses the job: \(words)")
    }
    return job
  }

  private func output(_ program: String, _ arguments: [String]) async throws -> String? {
    let result = try await run(program, arguments)
    return result.isSuccess ? result.output : nil
  }

  private func run(
    _ program: String, _ arguments: [String]
  ) async throws -> (isSuccess: Bool, output: String, errors: String) {
    do {
      let result = try await Subprocess.run(
        .name(program), arguments: Arguments(arguments),
        environment: .inherit.updating(["LC_ALL": "C"]), input: .none,
        output: .string(limit: 1 << 24), error: .string(limit: 1 << 20))
      return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw InputError(
        "there is no '\(program)' on this machine",
        hint: "--launcher slurm needs a cluster's node; --launcher local computes here")
    }
  }
}
