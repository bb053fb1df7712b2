import Diagnostics
import FeatureCache
import Files
import FoundationEssentials
import Orchestration
import RunRecord
import Testing

/// Runs on their way to the trash, and cached features.
@Suite struct RemovalTests {
  @Test func aRunGoesToTheTrashWhole() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    let removal = try await RunRemoval([run.path, run.name], in: place.path + "/runs")
    #expect(removal.paths == [run.path])
    #expect(removal.moved.isEmpty)
    try removal.move()
    #expect(removal.moved.map(\.from) == [run.path])
    let trash = try #require(removal.moved.first?.to)
    #expect(trash.hasPrefix(place.path + "/runs/.trash/"))
    #expect(RunCatalog.isFile(trash + "/resolved.yaml") && !RunCatalog.isFolder(run.path))
  }

  @Test func aRunThatAProcessWorksOnStays() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    let lock = try RunLock.acquire(run)
    let problem = await refusal {
      _ = try await RunRemoval([run.path], in: place.path + "/runs")
    }
    #expect(problem != nil)
    lock.release()
    _ = try await RunRemoval([run.path], in: place.path + "/runs")
    // What is not moved can be worked on again.
    try RunLock.acquire(run).release()
  }

  @Test func aPartOfARunIsNotRemovedAlone() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan(["train.seeds=2"]))
    let problem = await refusal {
      _ = try await RunRemoval([run.file("seed-7")], in: place.path + "/runs")
    }
    #expect(problem?.message == "'\(run.path)/seed-7' is a part of the run '\(run.path)'")
    #expect(problem?.hint == "remove the whole run")
  }

  @Test func aRunThatAnotherContinuesIsRemovedWithIt() async throws {
    let place = try Workplace()
    let parent = try await place.prepare(place.plan())
    let child = try await place.prepare(place.plan(["epochs=5"]))
    var info = try child.readInfo()
    let identity = try parent.readInfo().identity
    info.parent = RunInfo.Parent(run: parent.path, identity: identity, epochs: 3)
    info.identifiedBy?.parent = Identity.Parent(identity: identity, epochs: 3)
    try child.write(json: info, to: "run.json")
    let problem = await refusal {
      _ = try await RunRemoval([parent.path], in: place.path + "/runs")
    }
    #expect(problem?.message == "'\(child.path)' continues '\(parent.path)'")
    let both = try await RunRemoval([parent.path, child.path], in: place.path + "/runs")
    #expect(both.paths == [parent.path, child.path])
  }

  @Test(arguments: [
    ("teacher.run/weights/best.safetensors", "was taught by"),
    ("data.split.groups", "reads a file of"),
  ])
  func aRunWhoseFilesAnotherReadsIsRemovedWithIt(key: String, verb: String) async throws {
    let place = try Workplace()
    let needed = try await place.prepare(place.plan())
    let other = try await place.prepare(place.plan(["epochs=5"]))
    var info = try other.readInfo()
    info.files = [RunInfo.File(key: key, path: needed.file("resolved.yaml"), sha256: "00")]
    try other.write(json: info, to: "run.json")
    let problem = await refusal {
      _ = try await RunRemoval([needed.path], in: place.path + "/runs")
    }
    #expect(problem?.message == "'\(other.path)' \(verb) '\(needed.path)'")
    #expect(problem?.hint == "remove both, or neither")
  }

  @Test func aRemovedRunComesBack() async throws {
    let place = try Workplace()
    let runs = place.path + "/runs"
    let run = try await place.prepare(place.plan())
    try await RunRemoval([run.path], in: runs).move()
    #expect(try RunRestoration.find([String(run.name.prefix(5))], in: runs) == [run.name])
    #expect(throws: InputError.self) { try RunRestoration.find(["nonsense"], in: runs) }
    let back = try RunRestoration.restore(run.name, in: runs)
    #expect(back.to == run.path && run.isFile("resolved.yaml"))
    // A second removal of a name gets another place in the trash, and keeps its name when it comes back.
    try AtomicFile.createFolder(runs + "/.trash/\(run.name)")
    try RunDirectory(path: runs + "/.trash/\(run.name)").write("x", to: "run.json")
    try await RunRemoval([run.path], in: runs).move()
    #expect(throws: InputError.self) {
      try RunRestoration.find([String(run.name.prefix(5))], in: runs)
    }
    #expect(try RunRestoration.restore(run.name + "~2", in: runs).to == run.path)
    #expect(throws: FileError.self) { try RunRestoration.restore(run.name, in: runs) }
    #expect(RunCatalog.isFolder(runs + "/.trash/\(run.name)"))
  }

  @Test func featuresNeedAFolderAndAKeyThatIsThere() throws {
    #expect(throws: FileError.self) { try UserFeatures(environment: [:]) }
    let place = try Workplace()
    let features = try UserFeatures(environment: place.environment())
    #expect(features.folder == place.path + "/cache/features")
    #expect(try features.entries().isEmpty)
    #expect(try features.clear(keys: [], unusedForSeconds: nil).removed.isEmpty)
    let error = try #require(throws: FileError.self) {
      _ = try features.clear(keys: ["abc"], unusedForSeconds: nil)
    }
    #expect(error.reason == "no entry has a key that begins with 'abc'")
  }
}
