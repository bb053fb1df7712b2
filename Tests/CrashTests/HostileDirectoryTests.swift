import Files
import Foundation
import Glibc
import RunRecord
import Testing

/// A run directory that somebody else has made, or damaged: resuming it changes no file elsewhere.
@Suite struct HostileDirectoryTests {
  private static let work = "years of work\n"

  /// An interrupted run, and a file that is none of its business.
  private func prepare() throws -> (Sandbox, RunDirectory, victim: String) {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let run = try interruptedRun(sandbox, "cnn")
    try sandbox.write(String(repeating: Self.work, count: 2000), to: "thesis.txt")
    return (sandbox, run, sandbox.path("thesis.txt"))
  }

  private func expectUntouched(_ victim: String, _ what: String) throws {
    let text = try String(contentsOfFile: victim, encoding: .utf8)
    #expect(text == String(repeating: Self.work, count: 2000), "\(what)")
  }

  private static func eventFile(_ run: RunDirectory) throws -> String {
    try #require(try run.folder.names().first { $0.hasPrefix("events.out.tfevents.") })
  }

  @Test func linksAreRefusedAndNamed() throws {
    let (sandbox, run, victim) = try prepare()
    let reference = try sandbox.reference(["cnn.yaml"])
    let files = ["metrics.jsonl", "losses.bin", "timings.jsonl", "log.txt", "run.json"]
    for name in try files + [Self.eventFile(run), "resolved.yaml", ".worker.lock"] {
      let path = run.file(name)
      let saved = path + "-saved"
      let isThere = rename(path, saved) == 0
      #expect(symlink(victim, path) == 0)
      let outcome = try sandbox.run(["resume", run.path])
      #expect(outcome.code == 2, "\(name): \(outcome.text)")
      #expect(outcome.text.contains(name), "\(outcome.text)")
      #expect(outcome.text.contains("symbolic link"), "\(outcome.text)")
      try expectUntouched(victim, name)
      #expect(unlink(path) == 0)
      if isThere { #expect(rename(saved, path) == 0) }
    }
    // Folders: what is written at the end, and the checkpoints.
    for name in ["weights", "checkpoints"] {
      let target = sandbox.path("elsewhere-\(name)")
      if rename(run.file(name), target) != 0 { #expect(mkdir(target, 0o777) == 0) }
      let before = try FileManager.default.contentsOfDirectory(atPath: target).sorted()
      #expect(symlink(target, run.file(name)) == 0)
      let outcome = try sandbox.run(["resume", run.path])
      #expect(outcome.code == 2, "\(name): \(outcome.text)")
      #expect(outcome.text.contains("symbolic link"), "\(outcome.text)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: target).sorted() == before)
      #expect(unlink(run.file(name)) == 0)
      if name == "checkpoints" { #expect(rename(target, run.file(name)) == 0) }
    }
    // A file with a second name elsewhere is copied before it grows.
    for name in files.dropLast() {
      #expect(link(run.file(name), sandbox.path("second-\(name)")) == 0)
    }
    let contents = try files.dropLast().map { try Data(contentsOf: URL(filePath: run.file($0))) }
    let last = try sandbox.run(["resume", run.path])
    #expect(last.code == 0, "\(last.text)")
    #expect(try run.manifest() == reference.manifest)
    for (name, before) in zip(files, contents) {
      let second = try Data(contentsOf: URL(filePath: sandbox.path("second-\(name)")))
      #expect(second == before, "\(name)")
    }
  }

  @Test func linksAreRefusedWithoutCheckpoints() throws {
    let (sandbox, run, victim) = try prepare()
    try FileManager.default.removeItem(atPath: run.file("checkpoints"))
    for name in ["metrics.jsonl", "losses.bin"] {
      unlink(run.file(name))
      #expect(symlink(victim, run.file(name)) == 0)
      let outcome = try sandbox.run(["resume", run.path, "--until-epoch", "1"])
      #expect(outcome.code == 2, "\(outcome.text)")
      try expectUntouched(victim, name)
      unlink(run.file(name))
    }
  }

  @Test func recordedNamesLeadNowhereElse() throws {
    let (sandbox, run, victim) = try prepare()
    let event = try Self.eventFile(run)
    for name in ["../../thesis.txt", "events.out.tfevents./../../../thesis.txt", victim] {
      for checkpoint in run.checkpoints() {
        let path = checkpoint + "/state.json"
        let old = try String(contentsOfFile: path, encoding: .utf8)
        let escaped = name.replacing("/", with: "\\/")
        let new = old.replacing(event, with: escaped)
        let manifest = try String(contentsOfFile: checkpoint + "/MANIFEST.sha256", encoding: .utf8)
        try Data(new.utf8).write(to: URL(filePath: path))
        let hash = Digest.hex(of: old.utf8)
        try Data(manifest.replacing(hash, with: Digest.hex(of: new.utf8)).utf8)
          .write(to: URL(filePath: checkpoint + "/MANIFEST.sha256"))
      }
      let outcome = try sandbox.run(["resume", run.path])
      #expect(outcome.code == 2, "\(outcome.text)")
      #expect(outcome.text.contains("state.json"), "\(outcome.text)")
      try expectUntouched(victim, name)
      for checkpoint in run.checkpoints() {
        let path = checkpoint + "/state.json"
        let new = try String(contentsOfFile: path, encoding: .utf8)
        let old = new.replacing(name.replacing("/", with: "\\/"), with: event)
        let manifest = try String(contentsOfFile: checkpoint + "/MANIFEST.sha256", encoding: .utf8)
        try Data(old.utf8).write(to: URL(filePath: path))
        try Data(manifest.replacing(Digest.hex(of: new.utf8), with: Digest.hex(of: old.utf8)).utf8)
          .write(to: URL(filePath: checkpoint + "/MANIFEST.sha256"))
      }
    }
  }

  /// Files that grow and have become shorter than the checkpoint says.
  @Test func filesThatWereCutShort() throws {
    let (sandbox, run, _) = try prepare()
    let reference = try sandbox.reference(["cnn.yaml"])
    // Two epochs, so that the checkpoint has something of every file.
    let begun = try sandbox.run(["resume", run.path, "--until-epoch", "2"])
    #expect(begun.code == 75, "\(begun.text)")
    for name in ["metrics.jsonl", "losses.bin", "timings.jsonl"] {
      let whole = try run.data(name)
      try whole.prefix(1).write(to: URL(filePath: run.file(name)))
      let outcome = try sandbox.run(["resume", run.path])
      #expect(outcome.code == 2, "\(outcome.text)")
      #expect(outcome.text.contains("\(name): has 1 bytes, fewer than"), "\(outcome.text)")
      #expect(try run.data(name).count == 1)
      try whole.write(to: URL(filePath: run.file(name)))
    }
    let event = try Self.eventFile(run)
    #expect(truncate(run.file(event), 60) == 0)
    let outcome = try sandbox.run(["resume", run.path])
    #expect(outcome.code == 0, "\(outcome.text)")
    #expect(outcome.text.contains("it is rewritten from metrics.jsonl"), "\(outcome.text)")
    #expect(try run.manifest() == reference.manifest)
    // TensorBoard reads the new one to its end: one version, an event an epoch, the pictures.
    let bytes = try [UInt8](run.data(Self.eventFile(run)))
    var (position, records) = (0, 0)
    while position + 16 <= bytes.count {
      let length = bytes[position..<(position + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length > 0 else { break }
      position += 16 + length
      records += 1
    }
    #expect(position == bytes.count)
    #expect(try records >= 1 + run.readEpochs().count)
  }

  /// After kill -9 nothing says that the run is still running.
  @Test func aKilledRunIsInterrupted() throws {
    let (sandbox, run, _) = try prepare()
    #expect(try run.readInfo().status == .running)
    let list = try sandbox.run(["list", "--json"])
    #expect(list.output.contains(#""status" : "interrupted""#), "\(list.output)")
    let show = try sandbox.run(["show", run.path, "--json"])
    #expect(show.output.contains(#""status" : "interrupted""#), "\(show.output)")
    #expect(!show.output.contains(#""running""#), "\(show.output)")
    let predict = try sandbox.run(["predict", run.path, "x.png"])
    #expect(predict.text.contains("its status is 'interrupted'"), "\(predict.text)")
  }
}
