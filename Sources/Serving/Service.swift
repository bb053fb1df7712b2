import Diagnostics
import ExperimentConfig
import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Orchestration
import Reporting
import Signals

/// `runner serve`: the server with the worker behind it, from start to end.
package enum Service {
  private static let mostConnections = 1024
  /// How long an idle connection stays open, and how long the head of a request may take.
  private static let idleTimeout = TimeAmount.seconds(60)
  /// Bodies of all requests that are in memory at once: this many of the largest.
  private static let mostBodies = 8
  /// Pictures that wait to be explained.
  private static let mostExplanations = 32

  /// Serves until a signal asks to end.
  ///
  /// - Throws: ``InputError`` if the run cannot be served or the port is taken.
  package static func run(
    _ settings: ServiceSettings, environment: [String: String], terminal: Terminal
  ) async throws {
    raiseFileLimit()
    let token = try ServiceToken.find(for: settings, in: environment)
    let model = try ServedModel(settings)
    let metrics = ServiceMetrics()
    let warn: @Sendable (String) -> Void = { text in
      terminal.write(terminal.yellow("warning: ") + text + "\n")
    }
    let batcher = Batcher(
      Batcher.Limits(
        maxBatch: settings.maxBatch, maxWait: .microseconds(Int(settings.maxWait * 1000)),
        queue: settings.queue, timeout: .milliseconds(Int(settings.timeout * 1000))), metrics
    ) {
      try await ServingWorker.start(model, environment: environment, warn: warn)
    }
    let timeout = Duration.milliseconds(Int(settings.timeout * 1000))
    let explainer = LazyBatcher(timeout: timeout) {
      Batcher(
        Batcher.Limits(maxBatch: 1, maxWait: .zero, queue: mostExplanations, timeout: timeout),
        metrics, of: .explanations
      ) {
        // What it warns of has been said by the other worker.
        try await ServingWorker.start(model, for: .explanations, environment: environment) { _ in }
      }
    }
    let router = ServiceRouter(
      settings: settings, model: model, token: token, batcher: batcher, explainer: explainer,
      metrics: metrics,
      reader: RequestReader(
        limit: settings.maxBody, timeout: .milliseconds(Int(settings.timeout * 1000)),
        budget: ByteBudget(mostBodies * settings.maxBody)),
      page: ServicePage.bytes,
      document: try OpenAPIDocument(model, settings).bytes)
    let interrupts = Interrupts(.none)
    interrupts.start()
    try await serve(router, interrupts, terminal)
  }

  private static func serve(
    _ router: ServiceRouter, _ interrupts: Interrupts, _ terminal: Terminal
  ) async throws {
    let (settings, batcher, metrics) = (router.settings, router.batcher, router.metrics)
    let bound = AsyncStream.makeStream(of: Int.self)
    let server = Server(
      childChannelSetup: HTTP1Channel(
        responder: { request, writer, channel in
          try await router.answer(request, writer, channel)
        },
        configuration: HTTP1Channel.Configuration(
          additionalChannelHandlers: [MalformedRequestHandler(metrics)],
          idleTimeout: idleTimeout,
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 200))),
      configuration: ServerConfiguration(
        address: .hostname(settings.host, port: settings.port), backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(mostConnections)),
      onServerRunning: { channel in
        bound.continuation.yield(channel.localAddress?.port ?? settings.port)
        bound.continuation.finish()
      }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
      logger: Logger(label: "runner.serve") { _ in SwiftLogNoOpLogHandler() })
    interrupts.add { isFirst in
      if !isFirst { _exit(ExitStatus.interrupted) }
      terminal.write("ending: the requests that are running are answered first\n")
      Task { try? await server.shutdownGracefully() }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { bound.continuation.finish() }
        do {
          try await server.run()
        } catch {
          throw problem(error, settings)
        }
      }
      var port: Int?
      for await number in bound.stream { port = number }
      guard let port else {
        // The server has not started, or a signal ended it at once.
        return try await group.waitForAll()
      }
      do {
        try await batcher.open()
      } catch {
        try await server.shutdownGracefully()
        throw error
      }
      if !interrupts.wasInterrupted { try announce(router, port) }
      // The server ends when a signal arrives and every connection is closed.
      try await group.waitForAll()
      await batcher.close()
      await router.explainer.close()
    }
  }

  private static func announce(_ router: ServiceRouter, _ port: Int) throws {
    let address = router.settings.address(port: port)
    if router.settings.printsJSON {
      let object: JSONValue = [
        "url": .string(address), "port": .integer(port), "run": .string(router.model.path),
      ]
      try StandardOutput.write(
        String(decoding: try JSONText.encode(object), as: UTF8.self) + "\n")
    } else {
      try StandardOutput.write("serving \(router.model.path) at \(address)\n")
    }
  }

  private static func problem(_ error: any Error, _ settings: ServiceSettings) -> InputError {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE:
      InputError(
        "port \(settings.port) of \(settings.host) is in use by another program",
        hint: "--port N takes another one, --port 0 any that is free")
    case EACCES:
      InputError(
        "port \(settings.port) of \(settings.host) needs the rights of an administrator",
        hint: "ports from 1024 on do not")
    case EADDRNOTAVAIL: InputError("there is no address '\(settings.host)' on this machine")
    default: InputError("'\(settings.host)' is no address to listen on: \(error)")
    }
  }

  /// Allows as many open files as the system permits, since each connection is one.
  private static func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, 65_536)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
