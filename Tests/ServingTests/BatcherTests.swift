import Dispatch
import Synchronization
import Testing
import WorkerProtocol

@testable import Serving

/// A model that answers each input with its own bytes, after a gate opens.
private final class Echo: LoadedModel {
  let batches = Mutex<[Int]>([])
  private let gate = DispatchSemaphore(value: 0)
  private let isOpen: Bool
  private let isDead = Mutex(false)
  let hasEnded = Mutex(false)

  struct Dead: Error {}

  init(isOpen: Bool = true) { self.isOpen = isOpen }

  /// Lets one batch pass.
  func pass() { gate.signal() }

  func answer(_ batch: [ServingInput], receive: (ServingReply) -> Void) throws {
    batches.withLock { $0.append(batch.count) }
    if !isOpen { gate.wait() }
    if isDead.withLock({ $0 }) { throw Dead() }
    // In another order than they came.
    for (index, input) in batch.enumerated().reversed() {
      receive(ServingReply(index, .answered, input.bytes))
    }
  }

  func kill() {
    isDead.withLock { $0 = true }
    gate.signal()
  }

  func end() async { hasEnded.withLock { $0 = true } }
}

/// How requests become batches.
@Suite(.timeLimit(.minutes(1))) struct BatcherTests {
  private static func limits(
    maxBatch: Int = 8, maxWait: Duration = .zero, queue: Int = 100, timeout: Duration = .seconds(20)
  ) -> Batcher.Limits {
    Batcher.Limits(maxBatch: maxBatch, maxWait: maxWait, queue: queue, timeout: timeout)
  }

  private static func input(_ number: Int) -> ServingInput {
    ServingInput(.picture, [UInt8(number % 256), UInt8(number / 256)])
  }

  /// Waits until a condition holds.
  private func until(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test func everyRequestGetsItsOwnReplies() async throws {
    let echo = Echo()
    let batcher = Batcher(Self.limits(), ServiceMetrics()) { echo }
    try await batcher.open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          let inputs = (0...(number % 3)).map { Self.input(number + 1000 * $0) }
          let replies = try await batcher.answer(inputs)
          #expect(replies.map(\.text) == inputs.map(\.bytes))
        }
        // The queue takes as many as there are here at once.
        if number % 30 == 29 { try await group.waitForAll() }
      }
      try await group.waitForAll()
    }
    #expect(echo.batches.withLock { $0.reduce(0, +) } == 600)
    #expect(echo.batches.withLock { $0.max() ?? 0 } <= 8)
    await batcher.close()
    #expect(echo.hasEnded.withLock { $0 })
  }

  @Test func whatArrivesMeanwhileIsOneBatch() async throws {
    let echo = Echo(isOpen: false)
    let batcher = Batcher(Self.limits(maxBatch: 4), ServiceMetrics()) { echo }
    try await batcher.open()
    let first = Task { try await batcher.answer([Self.input(0)]) }
    try await until { echo.batches.withLock { $0.count } == 1 }
    let others = (1...6).map { number in Task { try await batcher.answer([Self.input(number)]) } }
    try await until { batcher.waiting == 6 }
    for _ in 0..<3 { echo.pass() }
    #expect(try await first.value[0].text == [0, 0])
    for (number, task) in others.enumerated() {
      #expect(try await task.value[0].text == [UInt8(number + 1), 0])
    }
    #expect(echo.batches.withLock { $0 } == [1, 4, 2])
    await batcher.close()
  }

  @Test func aBatchWaitsForOthersIfAsked() async throws {
    let echo = Echo()
    let batcher = Batcher(
      Self.limits(maxBatch: 3, maxWait: .seconds(10)), ServiceMetrics()
    ) { echo }
    try await batcher.open()
    let tasks = (0..<3).map { number in Task { try await batcher.answer([Self.input(number)]) } }
    for task in tasks { _ = try await task.value }
    #expect(echo.batches.withLock { $0 } == [3])
    await batcher.close()
  }

  @Test func aFullQueueRefuses() async throws {
    let echo = Echo(isOpen: false)
    let batcher = Batcher(Self.limits(maxBatch: 1, queue: 2), ServiceMetrics()) { echo }
    try await batcher.open()
    let first = Task { try await batcher.answer([Self.input(0)]) }
    try await until { echo.batches.withLock { $0.count } == 1 }
    let waiting = (1...2).map { number in Task { try await batcher.answer([Self.input(number)]) } }
    try await until { batcher.waiting == 2 }
    do {
      _ = try await batcher.answer([Self.input(3)])
      Issue.record("the queue has no end")
    } catch let problem as ServiceProblem {
      #expect(problem.status == 503)
      #expect(problem.retryAfter == 1)
    }
    for _ in 0..<3 { echo.pass() }
    for task in [first] + waiting { _ = try await task.value }
    await batcher.close()
  }

  @Test func aLateAnswerIsARefusal() async throws {
    let echo = Echo(isOpen: false)
    let batcher = Batcher(
      Self.limits(timeout: .milliseconds(150)), ServiceMetrics()
    ) { echo }
    try await batcher.open()
    do {
      _ = try await batcher.answer([Self.input(0)])
      Issue.record("there is no limit")
    } catch let problem as ServiceProblem {
      #expect(problem.status == 503)
    }
    // The late answer harms nobody, and the next one comes.
    echo.pass()
    let next = Task { try await batcher.answer([Self.input(7)]) }
    echo.pass()
    #expect(try await next.value[0].text == [7, 0])
    await batcher.close()
  }

  @Test func aModelThatEndsIsReplaced() async throws {
    let all = Mutex<[Echo]>([])
    let batcher = Batcher(Self.limits(), ServiceMetrics()) {
      all.withLock { all in
        all.append(Echo(isOpen: !all.isEmpty))
        return all[all.count - 1]
      }
    }
    try await batcher.open()
    let lost = Task { try await batcher.answer([Self.input(0)]) }
    let first = try #require(all.withLock { $0.first })
    try await until { first.batches.withLock { $0.count } == 1 }
    first.kill()
    do {
      _ = try await lost.value
      Issue.record("the dead answer")
    } catch let problem as ServiceProblem {
      #expect(problem.status == 503)
      #expect(problem.retryAfter != nil)
    }
    try await until { batcher.phase == .ready && all.withLock { $0.count } == 2 }
    #expect(try await batcher.answer([Self.input(5)])[0].text == [5, 0])
    #expect(first.hasEnded.withLock { $0 })
    await batcher.close()
  }

  @Test func whatWaitsIsAnsweredBeforeTheEnd() async throws {
    let echo = Echo(isOpen: false)
    let batcher = Batcher(Self.limits(maxBatch: 1), ServiceMetrics()) { echo }
    try await batcher.open()
    let tasks = (0..<3).map { number in Task { try await batcher.answer([Self.input(number)]) } }
    try await until { batcher.waiting == 2 }
    let closed = Task { await batcher.close() }
    try await until { batcher.phase == .closing }
    for _ in 0..<3 { echo.pass() }
    for task in tasks { _ = try await task.value }
    await closed.value
    do {
      _ = try await batcher.answer([Self.input(9)])
      Issue.record("closed is open")
    } catch let problem as ServiceProblem {
      #expect(problem.status == 503)
    }
  }
}
