import DataSchema
import Datasets
import Downloads
import Foundation
import TestSupport
import Testing

/// Downloads from a server in this process. All expectations hold for the real mirrors too.
struct DownloadTests {
  private let folder: TemporaryFolder
  private let log = ProgressLog()
  private static let cached = "cache/datasets/tiny"
  private static let first = "train-images-idx3-ubyte.gz"

  init() throws { folder = try TemporaryFolder() }

  private func acquire(
    _ servers: LoopbackServer..., variables: [String: String] = [:]
  ) async throws -> AcquiredDataset {
    defer { for server in servers { server.stop() } }
    return try await Tiny.images.acquire(
      environment: folder.environment(variables), mirrors: servers.map(\.base)
    ) { [log] in log.add($0) }
  }

  /// The error that a download ends with; it must allow another data set to replace it.
  private func failure(
    _ servers: LoopbackServer..., variables: [String: String] = [:],
    location: SourceLocation = #_sourceLocation
  ) async -> DataError? {
    defer { for server in servers { server.stop() } }
    return await failure(
      mirrors: servers.map(\.base), variables: variables, location: location)
  }

  private func failure(
    mirrors: [String], variables: [String: String] = [:],
    patience: Patience = .init(),
    location: SourceLocation = #_sourceLocation
  ) async -> DataError? {
    let error = await #expect(throws: DataError.self, sourceLocation: location) {
      try await Tiny.images(patience: patience).acquire(
        environment: folder.environment(variables), mirrors: mirrors
      ) { [log] in log.add($0) }
    }
    #expect(error?.kind == .unavailable, sourceLocation: location)
    return error
  }

  private func expectComplete(
    _ found: AcquiredDataset, location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(found.origin == .download, sourceLocation: location)
    #expect(
      try folder.names(in: Self.cached)
        == [".lock"] + IDXRole.allCases.map { $0.fileName + ".gz" }.sorted(),
      sourceLocation: location)
    #expect(try found.load(.train).count == 6, sourceLocation: location)
    #expect(try found.load(.test).count == 4, sourceLocation: location)
  }

  @Test func bringsAllFilesOnce() async throws {
    let server = try LoopbackServer(Tiny.served)
    try expectComplete(await acquire(server))
    #expect(server.requests.map(\.path) == IDXRole.allCases.map { "/tiny/\($0.fileName).gz" })
    let size = Tiny.gzipped(.trainImages).count
    #expect(log.events.contains(.received(file: Self.first, bytes: size, total: size)))

    let again = try await acquire()
    #expect(again.origin == .cache)
  }

  @Test func onlyWhatIsMissingIsBrought() async throws {
    try folder.write(Tiny.gzipped(.trainImages), "data/train-images-idx3-ubyte.gz")
    try folder.write(Tiny.gzipped(.testLabels), Self.cached + "/t10k-labels-idx1-ubyte.gz")
    let server = try LoopbackServer(Tiny.served)
    let found = try await acquire(server, variables: ["RUNNER_DATA": folder.path + "/data"])
    #expect(found.origin == .download)
    #expect(found.files[0].path.hasSuffix("/data/train-images-idx3-ubyte.gz"))
    #expect(server.requests.count == 2)
  }

  @Test func goesToTheNextMirror() async throws {
    let broken = try LoopbackServer(
      Tiny.served, script: [.status(404), .send(Array("<html>".utf8)), .redirect("file:///etc")])
    let server = try LoopbackServer(Tiny.served)
    try expectComplete(await acquire(broken, server))
    #expect(server.requests.count == 3)
    let reasons = log.events.compactMap { event in
      if case .failed(_, let reason) = event { reason } else { nil }
    }
    #expect(reasons.count == 3)
    #expect(reasons.first == "(22) The requested URL returned error: 404")
    #expect(
      reasons.dropFirst().first
        == "sent the wrong file, which is not an IDX file: it begins with 3c68746d,"
        + " which looks like a web page")
    #expect(reasons.last?.hasPrefix("(1) Protocol") == true)
  }

  /// What cannot be read is not proven to be damaged.
  @Test func whatCannotBeReadInTheCacheIsKept() async throws {
    let name = "train-images-idx3-ubyte"
    try folder.write([1, 2, 3], Self.cached + "/t10k-labels-idx1-ubyte")
    let path = folder.path + "/\(Self.cached)/\(name)"
    try #require(symlink(path, path) == 0)
    let server = try LoopbackServer(Tiny.served)
    let found = try await acquire(server)
    #expect(try found.load(.train).count == 6)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/\(Self.cached)")
    #expect(names.contains(name))
    // This one has been read, and is wrong.
    #expect(!names.contains("t10k-labels-idx1-ubyte"))
  }

  @Test func goesOnWhereAConnectionBroke() async throws {
    let server = try LoopbackServer(Tiny.served, script: [.dropAfter(10), .dropAfter(5)])
    try expectComplete(await acquire(server))
    #expect(server.requests.prefix(3).map(\.start) == [nil, 10, 15])
    let size = Tiny.gzipped(.trainImages).count
    #expect(log.events.contains(.received(file: Self.first, bytes: 15, total: size)))
  }

  @Test func goesOnWhereAnEarlierProcessStopped() async throws {
    let dying = try LoopbackServer(Tiny.served, script: [.dropAfter(20), .status(500)])
    let error = await failure(dying)
    #expect(error?.path == folder.path + "/\(Self.cached)/\(Self.first)")
    #expect(try folder.read("\(Self.cached)/\(Self.first).part").count == 20)
    let server = try LoopbackServer(Tiny.served)
    try expectComplete(await acquire(server))
    #expect(server.requests.first?.start == 20)
  }

  @Test func startsAnewWhereHalvesDoNotFit() async throws {
    // As from a mirror that packs differently: the checksum of the whole is wrong.
    let other = gzip(Tiny.contents[.trainImages] ?? [], level: 1)
    var half = Array(other.prefix(20))
    half[15] ^= 0xff
    try folder.write(half, "\(Self.cached)/\(Self.first).part")
    let server = try LoopbackServer(Tiny.served)
    try expectComplete(await acquire(server))
    #expect(server.requests.prefix(2).map(\.start) == [20, nil])
  }

  @Test func startsAnewWhereTheServerCannotGoOn() async throws {
    try folder.write([1, 2, 3], "\(Self.cached)/\(Self.first).part")
    let server = try LoopbackServer(Tiny.served, script: [.ignoreRange])
    try expectComplete(await acquire(server))
    #expect(server.requests.prefix(2).map(\.start) == [3, nil])
  }

  @Test func startsAnewWhereThereIsTooMuch() async throws {
    try folder.write(
      [UInt8](repeating: 1, count: 4000), "\(Self.cached)/\(Self.first).part")
    try folder.write(
      [UInt8](repeating: 1, count: 5000), "\(Self.cached)/train-labels-idx1-ubyte.gz.part")
    let server = try LoopbackServer(Tiny.served)
    try expectComplete(await acquire(server))
    #expect(server.requests.prefix(3).map(\.start) == [4000, nil, nil])
  }

  @Test func aCompletePartNeedsNoServer() async throws {
    for role in IDXRole.allCases {
      try folder.write(Tiny.gzipped(role), "\(Self.cached)/\(role.fileName).gz.part")
    }
    try expectComplete(await acquire())
  }

  @Test func aDamagedFileInTheCacheIsSaidAndReplaced() async throws {
    let plain = try folder.write([0, 0, 8], "\(Self.cached)/train-labels-idx1-ubyte")
    let packed = try folder.write(
      Array(Tiny.gzipped(.testImages).dropLast()), "\(Self.cached)/t10k-images-idx3-ubyte.gz")
    for role in [IDXRole.trainImages, .testLabels] {
      try folder.write(Tiny.gzipped(role), "\(Self.cached)/\(role.fileName).gz")
    }
    let server = try LoopbackServer(Tiny.served)
    try expectComplete(await acquire(server))
    #expect(server.requests.count == 2)
    let damage = log.events.compactMap { event in
      if case .damaged(let error) = event { error } else { nil }
    }
    #expect(
      damage == [
        DataError(path: plain, reason: "is truncated within its IDX header"),
        DataError(
          path: packed, reason: "the gzip data is truncated: the file is incomplete"),
      ])
  }

  @Test func eachMirrorAndItsErrorAreListed() async throws {
    let (listener, port) = try LoopbackServer.listen(backlog: 1)
    close(listener)
    let server = try LoopbackServer([:])
    let refusing = "http://127.0.0.1:\(port)/tiny/"
    let error = await failure(mirrors: [refusing, server.base])
    server.stop()
    let reason = try #require(error?.reason)
    let refused = "cannot be downloaded (\(refusing)\(Self.first): (7) Failed to connect"
    #expect(reason.hasPrefix(refused))
    let absent = "; \(server.base)/\(Self.first): (22) The requested URL returned error: 404)"
    #expect(reason.contains(absent))
    let advice = "set RUNNER_DATA to a folder that holds tiny's files to avoid the download"
    #expect(reason.hasSuffix(advice))
    // One file that fails everywhere is enough.
    #expect(server.requests.count == 1)
    #expect(try folder.names(in: Self.cached) == [".lock"])
  }

  @Test(arguments: [true, false])
  func aServerCannotFillTheDisk(announced: Bool) async throws {
    let flood = [UInt8](repeating: 0, count: 1 << 20)
    let server = try LoopbackServer(
      [:], script: [announced ? .send(flood) : .endless])
    let error = await failure(server)
    let reason = try #require(error?.reason)
    #expect(
      reason.contains(announced ? "(63) Maximum file size" : "sent more than the 4096 bytes"))
    #expect(try folder.names(in: Self.cached) == [".lock"])
  }

  @Test func withoutCurl() async throws {
    let server = try LoopbackServer(Tiny.served)
    let error = await failure(server, variables: ["PATH": folder.path])
    let reason = try #require(error?.reason)
    #expect(reason.contains("install it with `sudo apt-get install curl`"))
    #expect(server.requests.isEmpty)
  }

  @Test func withoutARightToWrite() async throws {
    try folder.write([], "cache")  // a file where a folder should be
    let error = await failure(try LoopbackServer([:]))
    #expect(error?.path.hasPrefix(folder.path + "/cache") == true)
    #expect(error?.reason.hasPrefix("cannot ") == true)
  }

  @Test func twoAskAndOneDownloads() async throws {
    let server = try LoopbackServer(Tiny.served, script: [.delay(0.5)])
    defer { server.stop() }
    let environment = folder.environment()
    let found = try await withThrowingTaskGroup(of: AcquiredDataset.self) { [log] group in
      for _ in 0..<2 {
        group.addTask {
          try await Tiny.images.acquire(environment: environment, mirrors: [server.base]) {
            log.add($0)
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(server.requests.count == 4)
    #expect(Set(found.map(\.origin)) == [.download, .cache])
    #expect(Set(found.map(\.fingerprint)).count == 1)
    let lock = "\(folder.path)/\(Self.cached)/.lock"
    #expect(log.events.filter { $0 == .waiting(lock: lock) }.count == 1)
  }

  @Test func silenceOfAllMirrorsTogetherIsBounded() async throws {
    let start = ContinuousClock.now
    let servers = try (0..<4).map { _ in try LoopbackServer(Tiny.served, script: [.hang]) }
    defer { for server in servers { server.stop() } }
    let error = await failure(
      mirrors: servers.map(\.base), patience: .init(attempt: .seconds(1), total: .seconds(2.5)))
    #expect(start.duration(to: .now) < .seconds(10))
    let reason = try #require(error?.reason)
    #expect(
      reason.contains("\(servers[0].base)/\(Self.first): nothing was received for 1.0 seconds;"))
    #expect(reason.contains("\(Self.first): not tried, because no mirror has answered so far)"))
    #expect(servers[3].requests.isEmpty)
  }

  /// A full queue drops what comes, as some firewalls do.
  @Test func droppedPacketsEndWithin20Seconds() async throws {
    let (listener, port) = try LoopbackServer.listen(backlog: 0)
    defer { close(listener) }
    var fillers: [Int32] = []
    defer { for filler in fillers { close(filler) } }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    for _ in 0..<4 {
      let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
      let filler = socket(AF_INET, type, 0)
      fillers.append(filler)
      let length = socklen_t(MemoryLayout<sockaddr_in>.size)
      _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(filler, $0, length) }
      }
    }
    let start = ContinuousClock.now
    let error = await failure(
      mirrors: ["http://127.0.0.1:\(port)/a", "http://127.0.0.1:\(port)/b"])
    #expect(start.duration(to: .now) < .seconds(20))
    #expect(error?.reason.contains("(28) ") == true)
  }

  @Test func aCancelledTaskStopsAtOnce() async throws {
    let server = try LoopbackServer(Tiny.served, script: [.hang])
    defer { server.stop() }
    let environment = folder.environment()
    let start = ContinuousClock.now
    let task = Task {
      try await Tiny.images.acquire(environment: environment, mirrors: [server.base]) { _ in }
    }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(start.duration(to: .now) < .seconds(5))
  }
}
