import Diagnostics
import ExperimentConfig
import RunRecord
import Testing

@Suite struct RunReferenceTests {
  private func folder(_ names: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in names {
      var run = SampleRun()
      run.directory = name
      try run.write(to: folder)
    }
    try folder.write("not a run", "notes/readme.txt")
    try folder.write("x", "loose-file")
    return folder
  }

  private let names = [
    "net-20261123-011959-aaaaaa", "net-20261124-011959-bbbbbb", "zoo-20261123-020000-cccccc",
  ]

  private func name(_ text: String, _ folder: TemporaryFolder) throws -> Substring? {
    try RunReference.resolve(text, in: folder.path).path.split(separator: "/").last
  }

  private func failure(_ text: String, _ folder: TemporaryFolder) -> Diagnostic? {
    do throws(InputError) {
      _ = try RunReference.resolve(text, in: folder.path)
      return nil
    } catch {
      return error.diagnostics.first
    }
  }

  @Test func latestIsByTimeAndNotByName() throws {
    let folder = try folder(names)
    #expect(try name("latest", folder) == "net-20261124-011959-bbbbbb")
    #expect(try name("latest~0", folder) == "net-20261124-011959-bbbbbb")
    #expect(try name("latest~1", folder) == "zoo-20261123-020000-cccccc")
    #expect(try name("latest~2", folder) == "net-20261123-011959-aaaaaa")
    #expect(failure("latest~3", folder)?.message.contains("too far") == true)
    #expect(failure("latest~x", folder)?.message.contains("must be followed by a number") == true)
    #expect(failure("latest~", folder) != nil)
  }

  @Test func uniquePrefixes() throws {
    let folder = try folder(names)
    #expect(try name("z", folder) == "zoo-20261123-020000-cccccc")
    #expect(try name("net-20261124", folder) == "net-20261124-011959-bbbbbb")
    #expect(try name(names[0], folder) == "net-20261123-011959-aaaaaa")
  }

  @Test func directories() throws {
    let folder = try folder(names)
    let path = folder.path + "/" + names[2]
    #expect(try RunReference.resolve(path + "/", in: "/nowhere").path == path)
    #expect(failure(folder.path + "/notes", folder)?.message.contains("no run.json") == true)
    #expect(failure(folder.path + "/none", folder)?.message.contains("no run directory") == true)
  }

  @Test func ambiguousPrefixListsCandidatesYoungestFirst() throws {
    let folder = try folder(names)
    let found = failure("net", folder)
    #expect(found?.message.contains("matches 2 runs") == true)
    #expect(found?.notes.map(\.message) == [names[1], names[0]])
  }

  @Test func manyCandidatesAreCounted() throws {
    let many = (10..<30).map { "net-20261123-0119\($0)-aaaaaa" }
    let found = failure("n", try folder(many))
    #expect(found?.notes.count == 11)
    #expect(found?.notes.last?.message == "and 10 more")
  }

  @Test func nearestNameIsSuggested() throws {
    let folder = try folder(names)
    #expect(failure("zo0", folder)?.hint == "did you mean 'zoo'?")
    #expect(failure("latst", folder)?.hint == "did you mean 'latest'?")
    #expect(failure("something", folder)?.hint == nil)
  }

  @Test func foldersWithoutRuns() throws {
    let folder = try TemporaryFolder()
    #expect(failure("latest", folder)?.message.contains("no runs") == true)
    #expect(throws: InputError.self) {
      try RunReference.resolve("latest", in: folder.path + "/none")
    }
    #expect(failure("", folder) != nil)
    #expect(failure("a\u{0}b", folder) != nil)
  }

  @Test func renamedRunsAreOrderedByTheirStart() throws {
    let folder = try folder(names)
    var run = SampleRun()
    run.directory = "my favourite"
    run.info.started = "2026-11-23T12:00:00Z"
    try run.write(to: folder)
    #expect(try name("latest~1", folder) == "my favourite")
  }

  @Test func aTrialOfASweepIsFoundByItsNumber() throws {
    let folder = try folder(names)
    try folder.write("{}", "net-sweep-20261125-011959/sweep.json")
    for trial in ["1-aaaa", "2-bbbb", "12-cccc"] {
      try folder.write("{}", "net-sweep-20261125-011959/trials/\(trial)/run.json")
    }
    #expect(try name("net-sweep/1", folder) == "1-aaaa")
    #expect(try name("net-s/12", folder) == "12-cccc")
    #expect(
      failure("net-sweep/3", folder)?.message
        .hasSuffix("/net-sweep-20261125-011959' has not started, or does not exist") == true)
    #expect(failure("other/3", folder)?.message == "there is no run directory 'other/3'")
  }

  @Test func aPartOfARunIsFoundByTheRunsName() throws {
    let folder = try folder(names)
    for part in ["fold-1", "fold-2"] { try folder.write("{}", "\(names[0])/\(part)/run.json") }
    #expect(try name("net-20261123/fold-2", folder) == "fold-2")
    #expect(try name("latest~2/fold-1/", folder) == "fold-1")
    #expect(try name("\(folder.path)/\(names[0])/fold-1", folder) == "fold-1")
    #expect(failure("latest~2/fold-3", folder)?.message.hasSuffix("has no part 'fold-3'") == true)
    #expect(failure("latest~2/fold-3", folder)?.hint?.contains("fold-") == true)
    #expect(failure("latest/seed-3", folder)?.hint == "it is a single training")
    #expect(failure("none/fold-1", folder)?.message.contains("there is no run 'none'") == true)
  }

  @Test func runsThatOthersNeed() throws {
    let folder = try folder([names[0]])
    let parent = folder.path + "/" + names[0]
    func need(_ name: String, _ edit: (inout RunInfo) -> Void) throws {
      var run = SampleRun()
      run.directory = name
      edit(&run.info)
      try run.write(to: folder)
    }
    let id = String(repeating: "b", count: 64)
    // Training at once gives the same run, without this one.
    try need(names[1]) { $0.parent = .init(run: parent, identity: id, epochs: 3) }
    #expect(try RunDependents(in: folder.path).first(on: [parent]) == nil)
    try need(names[2]) {
      $0.parent = .init(run: parent, identity: id, epochs: 3)
      $0.identifiedBy = Identity.Parts(
        configuration: .null, dataset: "f", weights: nil, engine: "2.13.0",
        parent: .init(identity: id, epochs: 3))
    }
    let found = try #require(try RunDependents(in: folder.path).first(on: [parent]))
    #expect(found.run.hasSuffix(names[2]))
    #expect(found.needs == parent)
    #expect(found.as == .parent)
    let both = [parent, folder.path + "/" + names[2]]
    #expect(try RunDependents(in: folder.path).first(on: both) == nil)
  }
}
