import ExperimentConfig
import Files
import Foundation
import Glibc
import RunRecord
import TestSupport
import Testing

/// Whether a run that is recorded as running is worked on.
@Suite struct RunStatusTests {
  private let folder: TemporaryFolder
  private let run: RunDirectory

  init() throws {
    folder = try TemporaryFolder()
    run = RunDirectory(path: folder.path + "/sample-20261128-101112-abcdef")
    try AtomicFile.createFolder(run.path)
    try run.write(json: RunRecordTests.sampleInfo, to: "run.json")
  }

  private var status: RunStatus { RunStatus(recorded: "running", of: run) }

  private func entry() throws -> RunCatalog.Entry {
    try #require(try RunCatalog.entries(in: folder.path).first)
  }

  private func writeLock(host: String, boot: String) throws {
    try run.write(
      #"{"host":"\#(host)","pid":1,"boot":"\#(boot)","since":"2026-11-28T10:11:12Z"}"#, to: ".lock")
  }

  private static func boot() throws -> String {
    let bytes = try FileReading.bytes(of: "/proc/sys/kernel/random/boot_id")
    return String(decoding: bytes.prefix(36), as: UTF8.self)
  }

  @Test func nobodyHoldsTheLock() throws {
    #expect(status.word == "interrupted")
    #expect(status.note?.contains("was killed") == true)
    #expect(try entry().status == "interrupted")
    // The file that a killed process leaves behind.
    try writeLock(host: HostName.current, boot: Self.boot())
    #expect(try entry().status == "interrupted")
    // After a restart of the machine.
    try writeLock(host: HostName.current, boot: "00000000-0000-0000-0000-000000000000")
    #expect(try entry().status == "interrupted")
    try run.write("{", to: ".lock")
    #expect(try entry().status == "interrupted")
  }

  @Test func somebodyHoldsIt() async throws {
    let lock = try RunLock.acquire(run)
    #expect(status == RunStatus(recorded: "running", of: run))
    #expect(status.word == "running" && status.note == nil)
    lock.release()
    #expect(status.word == "interrupted")
    // The worker of a front program that was killed.
    let worker = try await RunLock.forWorker(run)
    #expect(try entry().status == "running")
    worker.release()
    #expect(try entry().status == "interrupted")
  }

  @Test func anotherMachineMayHoldIt() throws {
    try writeLock(host: "far-away", boot: "00000000-0000-0000-0000-000000000000")
    let entry = try entry()
    #expect(entry.status == "running")
    #expect(entry.statusNote?.contains("process 1 on far-away") == true)
    #expect(entry.statusNote?.contains("cannot be checked from") == true)
  }

  @Test(arguments: ["queued", "finished", "failed", "interrupted", "nonsense"])
  func otherStatusesStandAsTheyAre(word: String) {
    let status = RunStatus(recorded: word, of: run)
    #expect(status.word == word && status.note == nil)
  }

  // MARK: The lock

  /// A machine that has got another name is still the same since it was started.
  @Test func aLockUnderAnOldNameOfThisMachineIsStale() throws {
    let boot = try Self.boot()
    #expect(boot.count == 36)
    try writeLock(host: "old-name", boot: boot)
    #expect(status.word == "interrupted")
    try RunLock.acquire(run).release()
    #expect(!run.isFile(".lock"))
    let lock = try RunLock.acquire(run)
    let text = String(decoding: try run.bytes(of: ".lock"), as: UTF8.self)
    #expect(text.contains(#""boot":"\#(boot)""#), "\(text)")
    lock.release()
  }

  /// A lock that two directories share, as hard links made it, keeps nobody out of the other one.
  @Test(arguments: [".lock", ".worker.lock"])
  func lockFilesAreNotShared(name: String) async throws {
    let other = RunDirectory(path: folder.path + "/other")
    try AtomicFile.createFolder(other.path)
    try run.write("{}", to: name)
    #expect(link(run.file(name), other.file(name)) == 0)
    let isWorker = name == ".worker.lock"
    let first = isWorker ? try await RunLock.forWorker(run) : try RunLock.acquire(run)
    let second = isWorker ? try await RunLock.forWorker(other) : try RunLock.acquire(other)
    #expect(RunStatus(recorded: "running", of: other).word == "running")
    first.release()
    #expect(RunStatus(recorded: "running", of: run).word == "interrupted")
    #expect(RunStatus(recorded: "running", of: other).word == "running")
    second.release()
  }

  @Test(arguments: [".lock", ".worker.lock"])
  func aLockThatIsALinkIsRefused(name: String) async throws {
    let victim = try folder.write([1, 2, 3], "victim")
    #expect(symlink(victim, run.file(name)) == 0)
    await #expect(throws: FileError.self) {
      if name == ".lock" {
        _ = try RunLock.acquire(run)
      } else {
        _ = try await RunLock.forWorker(run)
      }
    }
    #expect(try folder.read("victim") == [1, 2, 3])
  }

  /// A part that is a link to another run is none.
  @Test func aFoldThatIsALink() throws {
    let other = RunDirectory(path: folder.path + "/other")
    try AtomicFile.createFolder(other.path)
    try other.write(json: RunRecordTests.sampleInfo, to: "run.json")
    #expect(symlink(other.path, run.file("fold-1")) == 0)
    #expect(RunParts.all(of: run).isEmpty)
    #expect(throws: FileError.self) { try run.part("fold-1").readInfo() }
    #expect(throws: FileError.self) { try run.part("fold-1").write("x", to: "metrics.jsonl") }
    #expect(try other.folder.names() == ["run.json"])
  }
}
