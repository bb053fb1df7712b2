import Downloads
import Files
import Foundation
import Pretrained
import Synchronization
import TestSupport
import Testing

/// A file of a few bytes in place of the published ones, from a server in this process.
struct PretrainedTests {
  private let folder: TemporaryFolder
  private let log = ProgressLog()
  private static let contents = Array("weights, as far as this test is concerned".utf8)
  private static let hash = Digest.hex(of: contents)
  private static let file = "tiny-\(hash.prefix(8)).pth"
  private static let served = ["/tiny/" + file: contents]

  init() throws { folder = try TemporaryFolder() }

  private final class ProgressLog: Sendable {
    private let state = Mutex<[PretrainedProgress]>([])
    var events: [PretrainedProgress] { state.withLock { $0 } }
    func add(_ event: PretrainedProgress) { state.withLock { $0.append(event) } }
  }

  private func weights(_ patience: Patience = Patience()) -> PretrainedWeights {
    PretrainedWeights(model: "tiny", file: Self.file, patience: patience)
  }

  private func folders(_ variables: [String: String] = [:]) -> LocalFolders {
    let base = [
      "RUNNER_CACHE": folder.path + "/cache", "HOME": folder.path + "/home",
      "PATH": "/usr/local/bin:/usr/bin:/bin",
    ]
    return LocalFolders(
      variables: base.merging(variables) { $1 }, workingDirectory: folder.path)
  }

  private func acquire(
    _ server: LoopbackServer, _ variables: [String: String] = [:], patience: Patience = Patience()
  ) async throws -> FoundWeights {
    defer { server.stop() }
    let folders = folders(variables.merging(["RUNNER_WEIGHTS_URL": server.base]) { $1 })
    return try await weights(patience).acquire(in: folders) { [log] in log.add($0) }
  }

  @discardableResult
  private func put(_ bytes: [UInt8], _ place: String) throws -> String {
    let path = "\(folder.path)/\(place)/\(Self.file)"
    try AtomicFile.createFolder("\(folder.path)/\(place)")
    try AtomicFile.write(bytes, to: path)
    return path
  }

  private var cached: String { "\(folder.path)/cache/weights/\(Self.file)" }

  @Test func knowsThoseOfTorchvision() {
    #expect(Set(PretrainedWeights.all.map(\.model)).count == 27)
    #expect(PretrainedWeights.of("resnet50").map(\.name) == ["imagenet", "imagenet_v2"])
    let weights = PretrainedWeights.named("imagenet", of: "resnet50")
    #expect(weights?.file == "resnet50-0676ba61.pth")
    #expect(weights?.hashStart == "0676ba61")
    #expect(weights?.top1 == 76.13)
    #expect(PretrainedWeights.named("imagenet_v2", of: "alexnet") == nil)
    #expect(PretrainedWeights.of("resnet51").isEmpty)
  }

  /// A name or digit that is wrong would only show in a download.
  @Test func everyFileHasItsHashInItsName() {
    for weights in PretrainedWeights.all {
      #expect(weights.file.hasSuffix("-\(weights.hashStart).pth"), "\(weights.file)")
      #expect((8...10).contains(weights.hashStart.count), "\(weights.file)")
      #expect(weights.hashStart.allSatisfy { $0.isHexDigit && !$0.isUppercase })
      let score = weights.top1 ?? weights.segmentation?.meanIoU ?? weights.boxMAP
      #expect((30...90).contains(score ?? 0), "\(weights.file)")
    }
    #expect(Set(PretrainedWeights.all.map(\.file)).count == PretrainedWeights.all.count)
  }

  @Test func isDownloadedOnce() async throws {
    let server = try LoopbackServer(Self.served)
    let found = try await acquire(server)
    #expect(found == FoundWeights(path: cached, sha256: Self.hash, origin: .download))
    #expect(try FileReading.bytes(of: cached) == Self.contents)
    #expect(server.requests.map(\.path) == ["/tiny/" + Self.file])
    let size = Self.contents.count
    #expect(
      log.events.contains(.transfer(.received(file: Self.file, bytes: size, total: size))))
    #expect(
      weights().find(in: folders())
        == FoundWeights(path: cached, sha256: Self.hash, origin: .cache))
    let again = try await acquire(try LoopbackServer([:]))
    #expect(again.origin == .cache)
  }

  @Test func isNotFoundWhereItIsNot() {
    #expect(weights().find(in: folders()) == nil)
    #expect(weights().find(in: LocalFolders(variables: [:], workingDirectory: "/")) == nil)
  }

  @Test func goesOnWhereAConnectionBroke() async throws {
    let server = try LoopbackServer(Self.served, script: [.dropAfter(10)])
    #expect(try await acquire(server).origin == .download)
    #expect(server.requests.map(\.start) == [nil, 10])
  }

  @Test(arguments: [
    (["TORCH_HOME": "torch"], "torch/hub/checkpoints"),
    (["XDG_CACHE_HOME": "PATH/xdg"], "xdg/torch/hub/checkpoints"),
    ([:], "home/.cache/torch/hub/checkpoints"),
  ])
  func isFoundInTheHub(_ variables: [String: String], _ place: String) async throws {
    let variables = variables.mapValues { $0.replacing("PATH", with: folder.path) }
    let path = try put(Self.contents, place)
    let server = try LoopbackServer(Self.served)
    let found = try await acquire(server, variables)
    #expect(found == FoundWeights(path: path, sha256: Self.hash, origin: .hub))
    #expect(server.requests.isEmpty)
    #expect(log.events.isEmpty)
  }

  @Test func aDamagedFileInTheCacheIsSaidAndReplaced() async throws {
    try put([1, 2, 3], "cache/weights")
    let found = try await acquire(try LoopbackServer(Self.served))
    #expect(found.origin == .download)
    #expect(try FileReading.bytes(of: cached) == Self.contents)
    let wrong = Digest.hex(of: [1, 2, 3])
    #expect(
      log.events.first
        == .damaged(
          path: cached,
          reason: "has the SHA-256 \(wrong), expected one that starts with \(Self.hash.prefix(8))"))
  }

  @Test func aWrongFileInTheHubIsLeftAlone() async throws {
    let path = try put([1, 2, 3], "home/.cache/torch/hub/checkpoints")
    let found = try await acquire(try LoopbackServer(Self.served))
    #expect(found.path == cached)
    #expect(try FileReading.bytes(of: path) == [1, 2, 3])
    guard case .passedOver(path, _) = log.events.first else {
      Issue.record("\(log.events)")
      return
    }
  }

  @Test func aDamagedFileInTheCacheIsNoHindranceToTheHub() async throws {
    try put([1], "cache/weights")
    try put(Self.contents, "home/.cache/torch/hub/checkpoints")
    #expect(try await acquire(try LoopbackServer(Self.served)).origin == .hub)
    #expect(log.events.count == 1)
  }

  private func failure(
    _ variables: [String: String], patience: Patience = Patience()
  ) async -> PretrainedError? {
    await #expect(throws: PretrainedError.self) {
      try await weights(patience).acquire(in: folders(variables)) { [log] in log.add($0) }
    }
  }

  @Test func aServerWithAnotherFileIsRefused() async throws {
    let server = try LoopbackServer([:], script: [.send(Array("<html>".utf8))])
    defer { server.stop() }
    let error = await failure(["RUNNER_WEIGHTS_URL": server.base])
    #expect(error?.kind == .unavailable)
    #expect(error?.path == cached)
    let wrong = Digest.hex(of: Array("<html>".utf8))
    #expect(
      error?.reason
        == "cannot be downloaded (\(server.base)/\(Self.file): sent the wrong file, which "
        + "has the SHA-256 \(wrong), expected one that starts with \(Self.hash.prefix(8))); put "
        + "\(Self.file) "
        + "into \(folder.path)/cache/weights yourself, or set RUNNER_WEIGHTS_URL to a server "
        + "that has it"
    )
    #expect(!FileManager.default.fileExists(atPath: cached))
  }

  @Test func withoutANetworkItIsUnavailable() async throws {
    let (listener, port) = try LoopbackServer.listen(backlog: 1)
    close(listener)
    let error = await failure(["RUNNER_WEIGHTS_URL": "http://127.0.0.1:\(port)"])
    #expect(error?.kind == .unavailable)
    #expect(error?.reason.contains("(7) Failed to connect") == true)
  }

  @Test func aSilentServerIsNotWaitedForLong() async throws {
    let server = try LoopbackServer(Self.served, script: [.hang])
    defer { server.stop() }
    let error = await failure(
      ["RUNNER_WEIGHTS_URL": server.base],
      patience: Patience(attempt: .seconds(1), total: .seconds(2)))
    #expect(error?.kind == .unavailable)
    #expect(error?.reason.contains("nothing was received for") == true)
  }

  @Test func withoutCurlItIsUnavailable() async throws {
    let error = await failure(["PATH": folder.path])
    #expect(error?.kind == .unavailable)
    #expect(error?.reason.contains("curl is not installed") == true)
  }

  @Test func withoutAFolderItIsUnavailable() async throws {
    let error = await failure(["RUNNER_CACHE": "", "HOME": ""])
    #expect(error?.kind == .unavailable)
    #expect(
      error?.reason == "there is no folder for downloads: set HOME or RUNNER_CACHE")
  }

  @Test func withoutARightToWriteItIsUnavailable() async throws {
    try folder.write([], "cache")
    let error = await failure([:])
    #expect(error?.kind == .unavailable)
    #expect(error?.path.hasPrefix(folder.path + "/cache") == true)
  }

  @Test func aServerMustBeAURL() async {
    let error = await failure(["RUNNER_WEIGHTS_URL": "file:///etc"])
    #expect(error?.kind == .invalid)
    #expect(
      error?.description
        == "RUNNER_WEIGHTS_URL: 'file:///etc' does not begin with https:// or http://")
  }

  @Test func twoAskAndOneDownloads() async throws {
    let server = try LoopbackServer(Self.served, script: [.delay(0.5)])
    defer { server.stop() }
    let folders = folders(["RUNNER_WEIGHTS_URL": server.base])
    let weights = weights()
    let found = try await withThrowingTaskGroup(of: FoundWeights.self) { [log] group in
      for _ in 0..<2 {
        group.addTask { try await weights.acquire(in: folders) { log.add($0) } }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(server.requests.count == 1)
    #expect(Set(found.map(\.origin)) == [.download, .cache])
  }
}
