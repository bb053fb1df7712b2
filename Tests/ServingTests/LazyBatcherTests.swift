import Diagnostics
import Synchronization
import Testing
import WorkerProtocol

@testable import Serving

/// A worker that is started for the first request.
@Suite(.timeLimit(.minutes(1))) struct LazyBatcherTests {
  private static let limits = Batcher.Limits(
    maxBatch: 1, maxWait: .zero, queue: 8, timeout: .seconds(20))

  /// A model that answers each input with its own bytes.
  private final class Echo: LoadedModel {
    let hasEnded = Mutex(false)

    func answer(_ batch: [ServingInput], receive: (ServingReply) -> Void) throws {
      for (index, input) in batch.enumerated() {
        receive(ServingReply(index, .answered, input.bytes))
      }
    }

    func kill() {}
    func end() async { hasEnded.withLock { $0 = true } }
  }

  private static func lazy(
    timeout: Duration = .seconds(20), start: @escaping @Sendable () async throws -> any LoadedModel
  ) -> LazyBatcher {
    LazyBatcher(timeout: timeout) { Batcher(limits, ServiceMetrics(), start: start) }
  }

  @Test func theFirstRequestsStartOneWorker() async throws {
    let echoes = Mutex<[Echo]>([])
    let batcher = Self.lazy {
      try await Task.sleep(for: .milliseconds(50))
      let echo = Echo()
      echoes.withLock { $0.append(echo) }
      return echo
    }
    #expect(echoes.withLock { $0.isEmpty })
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in UInt8(0)..<8 {
        group.addTask {
          let reply = try await batcher.answer(ServingInput(.picture, [number]))
          #expect(reply.text == [number])
        }
      }
      try await group.waitForAll()
    }
    #expect(echoes.withLock { $0.count } == 1)
    await batcher.close()
    let echo = try #require(echoes.withLock { $0.first })
    #expect(echo.hasEnded.withLock { $0 })
    await #expect(throws: ServiceProblem.self) {
      try await batcher.answer(ServingInput(.picture, [1]))
    }
  }

  @Test func aFailedStartIsSaidAndTriedAgain() async throws {
    let attempts = Mutex(0)
    let batcher = Self.lazy {
      let number = attempts.withLock {
        $0 += 1
        return $0
      }
      if number == 1 { throw InputError("no memory is left") }
      return Echo()
    }
    do {
      _ = try await batcher.answer(ServingInput(.picture, [1]))
      Issue.record("an answer without a worker")
    } catch let problem as ServiceProblem {
      #expect(problem.status == 503 && problem.message.contains("no memory is left"))
    }
    #expect(try await batcher.answer(ServingInput(.picture, [2])).text == [2])
    await batcher.close()
  }

  @Test func aSlowStartIsWaitedForNoLongerThanAllowed() async throws {
    let echo = Echo()
    let batcher = Self.lazy(timeout: .milliseconds(60)) {
      try await Task.sleep(for: .milliseconds(400))
      return echo
    }
    do {
      _ = try await batcher.answer(ServingInput(.picture, [1]))
      Issue.record("there is no limit")
    } catch let problem as ServiceProblem {
      #expect(problem.status == 503 && problem.retryAfter == 2)
    }
    // Closed meanwhile, it ends as soon as it has started.
    await batcher.close()
    #expect(echo.hasEnded.withLock { $0 })
  }
}
