import RunRecord
import Subprocess

/// The git state of the project from which a run was started.
struct GitState: Sendable {
  let source: RunInfo.Source
  /// The uncommitted changes to tracked files; `nil` if there are none or they are too large.
  let patch: [UInt8]?

  /// A larger diff is probably data rather than code.
  private static let largestPatch = 8 << 20
  /// Why the diff could not be recorded; `nil` if there is no problem.
  let problem: String?

  /// The state of the repository that contains a file; `nil` outside a repository or without git.
  static func read(besides path: String) async -> GitState? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    guard let head = await git(["rev-parse", "HEAD"], folder) else { return nil }
    let commit = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let hash = commit.first else { return nil }
    let status = await git(["status", "--porcelain", "--untracked-files=no"], folder) ?? []
    let isDirty = !status.isEmpty
    let patch = isDirty ? await git(["diff", "HEAD"], folder) : nil
    return GitState(
      source: RunInfo.Source(commit: String(hash), isDirty: isDirty),
      patch: patch.flatMap { $0.isEmpty ? nil : $0 },
      problem: isDirty && patch == nil
        ? "the uncommitted changes are larger than \(largestPatch >> 20) MB and are not recorded"
        : nil)
  }

  private static func git(_ arguments: [String], _ folder: String) async -> [UInt8]? {
    // No git, no repository or too much output: the caller handles a `nil`.
    guard
      let result = try? await Subprocess.run(
        .name("git"),
        arguments: Arguments(["-C", folder, "-c", "core.fsmonitor=false"] + arguments),
        output: .bytes(limit: largestPatch), error: .discarded),
      result.terminationStatus.isSuccess
    else { return nil }
    return result.standardOutput
  }
}
