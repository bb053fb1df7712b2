import Files
import Foundation
import Glibc
import RunRecord
import TestSupport
import Testing

/// Every file operation below the run directory fails once, in turn.
///
/// `RUNNER_FAULTS` says how many are tried, spread over all; `all` tries each with each error.
@Suite struct FaultTests {
  private static let errors: [(name: String, code: Int32)] = [
    ("ENOSPC", ENOSPC), ("EIO", EIO), ("EACCES", EACCES),
  ]

  @Test func everyFileOperationFailsOnce() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    try sandbox.write(Self.experiment, to: "small.yaml")
    let shim = try FaultShim(in: sandbox)
    let reference = try sandbox.reference(["small.yaml"])
    // How many operations there are.
    let counting = shim.environment(sandbox, below: sandbox.path("count"), number: 0, code: 0)
    let counted = try sandbox.run(["small.yaml", "--runs-dir", "count"], counting)
    #expect(counted.code == 0, "\(counted.text)")
    let total = shim.count(sandbox)
    #expect(total > 60)

    let wanted = ProcessInfo.processInfo.environment["RUNNER_FAULTS"] ?? "8"
    var cases: [(number: Int, error: (name: String, code: Int32))] = []
    if wanted == "all" {
      for number in 1...total { for error in Self.errors { cases.append((number, error)) } }
    } else {
      let count = min(Int(wanted) ?? 8, total)
      for index in 0..<count {
        cases.append((1 + index * total / count, Self.errors[index % Self.errors.count]))
      }
    }
    var tolerated: Set<String> = []
    for (number, error) in cases {
      let what = "operation \(number) of \(total), \(error.name)"
      do {
        if let name = try check(number, error.code, sandbox, shim, reference) {
          tolerated.insert(name)
        }
      } catch {
        Issue.record("\(what) (\(shim.failed(sandbox) ?? "none")): \(error)")
      }
    }
    print(
      "faults: \(cases.count) cases over \(total) operations; only warned of: "
        + tolerated.sorted().joined(separator: ", "))
  }

  /// - Returns: the file, where its failure was said but did not fail the run.
  private func check(
    _ number: Int, _ code: Int32, _ sandbox: Sandbox, _ shim: FaultShim, _ reference: Reference
  ) throws -> String? {
    let folder = "fault"
    defer { try? FileManager.default.removeItem(atPath: sandbox.path(folder)) }
    let faults = shim.environment(sandbox, below: sandbox.path(folder), number: number, code: code)
    let outcome = try sandbox.run(["small.yaml", "--runs-dir", folder], faults)
    let failed = shim.failed(sandbox)
    guard let failed else {
      // Another order of two processes' operations: this one did not come.
      guard outcome.code == 0 else { throw TestFailure("failed without a fault: \(outcome.text)") }
      return nil
    }
    let path = String(failed.drop { $0 != "/" })
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let isTemporary = AtomicFile.isTemporary(file)
    let reason = String(cString: strerror(code))
    guard outcome.text.contains(reason) else {
      throw TestFailure("'\(reason)' is not said, exit \(outcome.code): \(outcome.text)")
    }
    let names = isTemporary ? [String(path.dropLast(file.count + 1))] : [path]
    guard
      names.contains(where: { name in
        outcome.text.contains(name) || outcome.text.contains(Self.relative(name, sandbox))
      })
    else { throw TestFailure("\(names) is not named: \(outcome.text)") }
    guard let run = sandbox.runs(folder).first else {
      guard outcome.code != 0 else { throw TestFailure("exit 0 without a run") }
      return nil
    }
    for checkpoint in run.checkpoints() { try Self.verify(checkpoint) }
    if outcome.code == 0 {
      guard try run.manifest() == reference.manifest else { throw TestFailure("other bytes") }
      return isTemporary ? "a temporary file" : file
    }
    // What is there under its own name is whole.
    for name in run.files() where name.hasSuffix(".json") && !name.hasPrefix("checkpoints/") {
      guard (try? JSONSerialization.jsonObject(with: run.data(name))) != nil else {
        throw TestFailure("\(name) is torn")
      }
    }
    let resumed = try sandbox.run(["resume", run.path])
    guard resumed.code == 0 else {
      throw TestFailure("resume ended with \(resumed.code): \(resumed.text)")
    }
    guard try run.manifest() == reference.manifest else { throw TestFailure("other bytes") }
    let left = run.files().filter {
      AtomicFile.isTemporary(String($0.split(separator: "/").last ?? ""))
    }
    guard left.isEmpty else { throw TestFailure("left behind: \(left)") }
    return nil
  }

  private static func relative(_ path: String, _ sandbox: Sandbox) -> String {
    path.hasPrefix(sandbox.folder.path + "/")
      ? String(path.dropFirst(sandbox.folder.path.count + 1))
      : path
  }

  /// Compares the files of a checkpoint with its manifest.
  static func verify(_ checkpoint: String) throws {
    let manifest = try String(contentsOfFile: checkpoint + "/MANIFEST.sha256", encoding: .utf8)
    for line in manifest.split(separator: "\n") {
      let path = checkpoint + "/" + line.dropFirst(66)
      guard try Digest.hex(ofFile: path) == line.prefix(64) else {
        throw TestFailure("\(path) is torn")
      }
    }
  }

  /// A disk without room: what was kept is whole, and with more room the run goes on.
  @Test func aFullDisk() throws {
    guard getuid() == 0 else { return }
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let reference = try sandbox.reference(["sequential.yaml"])
    let disk = sandbox.path("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    // One checkpoint has 1.3 MB, the finished run 1.5 MB.
    guard mount("tmpfs", disk, "tmpfs", 0, "size=3400k") == 0 else {
      print("no tmpfs can be mounted here (\(String(cString: strerror(errno))))")
      return
    }
    defer { umount2(disk, Int32(2)) }
    let full = try sandbox.run(["sequential.yaml", "--runs-dir", "disk"])
    #expect(full.code == 2, "\(full.text)")
    #expect(full.text.contains("No space left on device"), "\(full.text)")
    #expect(full.text.contains("disk/"))
    let run = try #require(sandbox.runs("disk").first)
    #expect(!run.checkpoints().isEmpty)
    for checkpoint in run.checkpoints() { try Self.verify(checkpoint) }
    #expect(mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=30m") == 0)
    let resumed = try sandbox.run(["resume", run.path])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try run.manifest() == reference.manifest)
  }

  static let experiment = """
    name: small
    seed: 7
    data:
      dataset:
        \(Experiments.dataset)
      transforms:
        - to_tensor
        - normalize: {mean: 0.3, std: 0.3}
      limit: {train: 128, test: 32}
      batch_size: 32
    model:
      - flatten
      - linear: 4
    optimizer:
      adam: {lr: 1e-2}
    train:
      epochs: 2
      checkpoint: {every: 2}
    metrics: [accuracy]

    """
}
