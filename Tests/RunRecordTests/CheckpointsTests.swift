import Files
import Foundation
import Glibc
import RunRecord
import TestSupport
import Testing

/// Only what is proven to be damaged is removed, and only once something better is there.
@Suite struct CheckpointsTests {
  private let folder: TemporaryFolder
  private let run: RunDirectory

  init() throws {
    folder = try TemporaryFolder()
    run = RunDirectory(path: folder.path)
  }

  private func write(_ steps: Int..., to checkpoints: inout Checkpoints) throws {
    for step in steps {
      try checkpoints.write(step: step, state: Array("\(step)".utf8), tensors: [[UInt8(step)]])
    }
  }

  private func names() throws -> [String] { try run.folder.names(in: "checkpoints") }

  private func damage(_ name: String) throws {
    try folder.write([99], "checkpoints/\(name)/state.safetensors")
  }

  /// A file that cannot be read, also by root.
  private func makeUnreadable(_ name: String) throws {
    let path = folder.path + "/checkpoints/\(name)/state.safetensors"
    #expect(unlink(path) == 0 && mkdir(path, 0o777) == 0)
  }

  private let one = "000000000001"
  private let two = "000000000002"

  @Test func theNewestWholeOneIsFound() throws {
    var checkpoints = Checkpoints(run)
    #expect(try !checkpoints.exist())
    try write(1, 2, to: &checkpoints)
    #expect(try checkpoints.exist())
    let search = try checkpoints.search()
    let found = try #require(search.newest)
    #expect(found.step == 2 && found.state == Array("2".utf8))
    #expect(try found.tensors.open().contents(limit: 10) == [2])
    #expect(search.damage.isEmpty && search.readErrors.isEmpty)
    try write(3, to: &checkpoints)
    #expect(try names() == [two, "000000000003"])
  }

  @Test func searchingRemovesNothing() throws {
    var checkpoints = Checkpoints(run)
    try write(1, 2, to: &checkpoints)
    try damage(two)
    var search = try checkpoints.search()
    #expect(search.newest?.step == 1)
    #expect(search.damage.map(\.reason) == ["is damaged"])
    #expect(try names() == [one, two])
    try damage(one)
    search = try checkpoints.search()
    #expect(search.newest == nil && search.damage.count == 2)
    #expect(try names() == [one, two])
  }

  @Test func damagedOnesGoOnceTheNextIsWhole() throws {
    var checkpoints = Checkpoints(run)
    try write(1, 2, to: &checkpoints)
    try damage(one)
    try damage(two)
    var resumed = Checkpoints(run)
    try resumed.resume(from: resumed.search())
    #expect(try names() == [one, two])
    // Before the steps that the damaged ones are of.
    try resumed.write(step: 0, state: [], tensors: [[0]])
    #expect(try names() == ["000000000000"])
    #expect(try resumed.search().newest?.step == 0)
  }

  @Test func aMissingFileIsDamage() throws {
    var checkpoints = Checkpoints(run)
    try write(1, 2, to: &checkpoints)
    #expect(unlink(folder.path + "/checkpoints/\(two)/state.json") == 0)
    let search = try checkpoints.search()
    #expect(search.newest?.step == 1 && search.readErrors.isEmpty)
    #expect(search.damage.map(\.reason) == ["is missing"])
  }

  @Test func whatCannotBeReadIsKept() throws {
    var checkpoints = Checkpoints(run)
    try write(1, 2, to: &checkpoints)
    try makeUnreadable(two)
    var resumed = Checkpoints(run)
    let search = try resumed.search()
    #expect(search.newest?.step == 1)
    #expect(search.damage.isEmpty && search.readErrors.count == 1)
    try resumed.resume(from: search)
    #expect(try names() == [one, "\(two).unreadable"])
    // Training gets past it, and nothing takes its place.
    try write(2, 3, 4, to: &resumed)
    #expect(try names() == ["\(two).unreadable", "000000000003", "000000000004"])
    #expect(try Checkpoints(run).search().newest?.step == 4)
  }

  @Test func whereNoneCanBeReadAllStay() throws {
    var checkpoints = Checkpoints(run)
    try write(1, 2, to: &checkpoints)
    try makeUnreadable(one)
    try makeUnreadable(two)
    let search = try Checkpoints(run).search()
    #expect(search.newest == nil && search.readErrors.count == 2 && search.damage.isEmpty)
    #expect(try names() == [one, two])
  }

  /// No descriptors left, so that not even the folder can be listed.
  @Test func noMoreFilesCanBeOpened() async throws {
    var checkpoints = Checkpoints(run)
    try write(1, 2, to: &checkpoints)
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      var limit = rlimit(rlim_cur: 3, rlim_max: 1 << 10)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      #expect(throws: FileError.self) {
        _ = try Checkpoints(RunDirectory(path: path)).search()
      }
    }
    #expect(try names() == [one, two])
  }

  @Test func aCheckpointThatIsALinkIsNotRead() throws {
    var checkpoints = Checkpoints(run)
    try write(1, 2, to: &checkpoints)
    #expect(rename(folder.path + "/checkpoints/\(two)", folder.path + "/elsewhere") == 0)
    #expect(symlink(folder.path + "/elsewhere", folder.path + "/checkpoints/\(two)") == 0)
    let search = try checkpoints.search()
    #expect(search.newest?.step == 1)
    #expect(search.readErrors.first?.reason.contains("symbolic link") == true)
    try checkpoints.removeAll()
    #expect(try folder.names() == ["elsewhere"])
    #expect(try run.folder.names(in: "elsewhere").count == 3)
  }
}
