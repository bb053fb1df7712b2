import Files
import FoundationEssentials
import Glibc
import Orchestration
import RunRecord
import Testing

/// What `runner gc` finds, and what it never touches.
@Suite struct GarbageTests {
  private func collection(
    _ place: Workplace, after seconds: Int = 7200
  ) throws -> GarbageCollection {
    try GarbageCollection(
      in: place.path + "/runs", cacheAge: 3600, environment: place.environment(),
      now: UTCTime.now() + seconds)
  }

  /// The kinds that are found, with their sizes.
  private func found(_ collection: GarbageCollection) throws -> [String] {
    try collection.find().map { "\($0.kind.rawValue) \($0.bytes)" }
  }

  private func freeAll(_ collection: GarbageCollection) throws {
    for item in try collection.find() { #expect(try collection.free(item), "\(item)") }
    #expect(try collection.find().isEmpty)
  }

  /// Marks a prepared run as finished.
  private func finish(_ run: RunDirectory) throws {
    var info = try run.readInfo()
    info.status = .finished
    try run.write(json: info, to: "run.json")
    try run.write("", to: Manifest.name)
  }

  @Test func checkpointsOfFinishedRunsAreFreed() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    try run.write([[UInt8](repeating: 1, count: 1000)], to: "checkpoints/000000000007/state.json")
    try run.write("x", to: "final_checkpoint/state.json")
    try run.write("x", to: "weights/best.safetensors")
    // An unfinished run needs its checkpoints.
    #expect(try found(collection(place)).isEmpty)
    try finish(run)
    #expect(try found(collection(place)) == ["checkpoints 1000"])
    let lock = try RunLock.acquire(run)
    #expect(try found(collection(place)).isEmpty)
    lock.release()
    let item = try #require(try collection(place).find().first)
    // Another process has begun to work on it since.
    let later = try RunLock.acquire(run)
    #expect(try collection(place).free(item) == false)
    later.release()
    try freeAll(collection(place))
    #expect(!run.isFolder("checkpoints"))
    #expect(run.isFile("final_checkpoint/state.json") && run.isFile("weights/best.safetensors"))
  }

  @Test func oldUnfinishedFilesAreFreedAndYoungOnesStay() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    try run.write([[UInt8](repeating: 1, count: 10)], to: "plots/.loss.svg.abc.tmp")
    #expect(try found(collection(place, after: 60)).isEmpty)
    #expect(try found(collection(place)) == ["temporary 10"])
    try freeAll(collection(place))
    #expect(run.isFolder("plots") && run.isFile("resolved.yaml"))
  }

  @Test func onlyFoldersOfRunsThatNeverBeganAreFreed() async throws {
    let place = try Workplace()
    try AtomicFile.createFolder(place.path + "/runs")
    let runs = RootedDirectory(place.path + "/runs")
    let name = "net-20261128-100000-abcdef"
    try runs.write("12345", to: "\(name)/experiment.yaml")
    // Folders of other names, and with files of other people.
    try runs.write("x", to: "mine/experiment.yaml")
    try runs.write("x", to: "net-20261128-100001-abcdef/experiment.yaml")
    try runs.write("x", to: "net-20261128-100001-abcdef/thesis.tex")
    #expect(try found(collection(place, after: 60)).isEmpty)
    #expect(try found(collection(place)) == ["start 5"])
    try freeAll(collection(place))
    #expect(!runs.isFolder(name) && runs.isFile("mine/experiment.yaml"))
    #expect(runs.isFile("net-20261128-100001-abcdef/thesis.tex"))
  }

  @Test func theTrashIsFreedUnlessARunNeedsIt() async throws {
    let place = try Workplace()
    let runs = place.path + "/runs"
    let removed = try await place.prepare(place.plan())
    let other = try await place.prepare(place.plan(["epochs=5"]))
    let removal = try await RunRemoval([removed.path], in: runs)
    try removal.move()
    let trash = try #require(removal.moved.first?.to)
    var info = try other.readInfo()
    info.files = [RunInfo.File(key: "x", path: trash + "/resolved.yaml", sha256: "00")]
    try other.write(json: info, to: "run.json")
    #expect(try collection(place).find().isEmpty)
    info.files = nil
    try other.write(json: info, to: "run.json")
    #expect(try collection(place).find().map(\.path) == [trash])
    try freeAll(collection(place))
    #expect(!RunCatalog.isFolder(trash) && RunCatalog.isFolder(other.path))
  }

  @Test func frozenWeightsAreFreedWithTheLastRunThatHasThem() async throws {
    let place = try Workplace()
    let runs = place.path + "/runs"
    let all = [
      try await place.prepare(place.plan()), try await place.prepare(place.plan(["epochs=5"])),
    ]
    for run in all {
      _ = try SharedWeights(for: run).write(
        [Array("frozen".utf8)], to: "weights/frozen.safetensors", in: run)
    }
    #expect(try found(collection(place)).isEmpty)
    try await RunRemoval([all[0].path], in: runs).move()
    // The other run has them.
    #expect(try found(collection(place)).map { $0.split(separator: " ")[0] } == ["trash"])
    try await RunRemoval([all[1].path], in: runs).move()
    let kinds = try collection(place).find().map(\.kind)
    #expect(kinds == [.trash, .trash, .weights])
    // Not before the runs in the trash are deleted.
    let item = try #require(try collection(place).find().last)
    #expect(item.bytes == 6)
    #expect(try collection(place).free(item) == false)
    try freeAll(collection(place))
    #expect(try RootedDirectory(runs).names(in: SharedWeights.folder).isEmpty)
  }

  @Test func cachedImagesAreFreedByAge() async throws {
    let place = try Workplace()
    try AtomicFile.createFolder(place.path + "/cache/images")
    let images = RootedDirectory(place.path + "/cache/images")
    let name = String(repeating: "a", count: 64) + ".pack"
    try images.write([[UInt8](repeating: 0, count: 77)], to: name)
    try images.write("x", to: "note.txt")
    #expect(try found(collection(place, after: 60)).isEmpty)
    #expect(try found(collection(place)) == ["images 77"])
    let user = try #require(try LockedFile(images.file(name), .read))
    #expect(try user.tryLock(.shared))
    #expect(try collection(place).free(#require(try collection(place).find().first)) == false)
    withExtendedLifetime(user) {}
    #expect(images.isFile("note.txt"))
  }
}
