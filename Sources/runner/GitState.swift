import RunRecord
import Subprocess

/// The commit of the project that a run was started in.
struct GitState: Sendable {
  let source: RunInfo.Source
  /// What differs from the commit in the files that git knows, where anything does.
  let patch: [UInt8]?

  /// A larger difference is somebody's data, not their code.
  private static let largestPatch = 8 << 20

  /// The state of the working directory's repository; nothing outside one or without git.
  static func read() async -> GitState? {
    guard let head = await git(["rev-parse", "HEAD"]) else { return nil }
    let commit = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let hash = commit.first else { return nil }
    let status = await git(["status", "--porcelain", "--untracked-files=no"]) ?? []
    let isDirty = !status.isEmpty
    let patch = isDirty ? await git(["diff", "HEAD"]) : nil
    return GitState(
      source: RunInfo.Source(commit: String(hash), isDirty: isDirty),
      patch: patch.flatMap { $0.isEmpty ? nil : $0 })
  }

  private static func git(_ arguments: [String]) async -> [UInt8]? {
    // No git, no repository, a patch too large: a run is as good without this record.
    guard
      let result = try? await Subprocess.run(
        .name("git"), arguments: Arguments(["-c", "core.fsmonitor=false"] + arguments),
        output: .bytes(limit: largestPatch), error: .discarded),
      result.terminationStatus.isSuccess
    else { return nil }
    return result.standardOutput
  }
}
