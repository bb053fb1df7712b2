import DequeModule
import Diagnostics
import Dispatch
import Orchestration
import Synchronization
import WorkerProtocol

/// What has a model loaded: ``ServingWorker``, or a stand-in of the tests.
protocol LoadedModel: AnyObject, Sendable {
  /// Has a batch answered; blocks.
  ///
  /// - Parameter receive: called with each reply as it arrives.
  /// - Throws: if it ended before it had answered all inputs.
  func answer(_ batch: [ServingInput], receive: (ServingReply) -> Void) throws
  /// Makes ``answer(_:receive:)`` throw.
  func kill()
  /// Ends it and waits for that.
  func end() async
}

extension ServingWorker: LoadedModel {
  package func end() async { await close() }
}

/// Has the inputs of concurrent requests answered together by one worker, which it keeps running.
///
/// One thread takes what has arrived while the worker computed, at most ``Limits/maxBatch`` inputs, and waits for
/// the replies. A worker that ends, or is silent for too long, is replaced; the requests that it had are refused
/// with status 503.
final class Batcher: Sendable {
  struct Limits: Sendable {
    /// The most inputs of a batch.
    var maxBatch: Int
    /// How long the first input of a batch waits for others.
    var maxWait: Duration
    /// The most inputs that wait.
    var queue: Int
    /// How long a request takes at most.
    var timeout: Duration
  }

  enum Phase: Sendable, Equatable {
    /// The models are being loaded, at first or again.
    case loading
    case ready
    /// New requests are refused.
    case closing
  }

  /// The bytes of inputs of one batch, unless a single input has more.
  private static let mostBytes = 256 << 20
  /// Between two looks at the clock.
  private static let tick = Duration.milliseconds(100)

  private struct Entry {
    let request: PendingRequest
    let index: Int
  }

  private struct State {
    var phase = Phase.loading
    var waiting = Deque<Entry>()
    /// The requests that have neither been answered nor refused.
    var requests: [ObjectIdentifier: PendingRequest] = [:]
    var worker: (any LoadedModel)?
    /// When the worker that has a batch was last heard of.
    var lastHeard: ContinuousClock.Instant?
  }

  private let start: @Sendable () async throws -> any LoadedModel
  private let limits: Limits
  private let metrics: ServiceMetrics
  private let service: ServedModel.Service
  private let state = Mutex(State())
  private let arrivals = DispatchSemaphore(value: 0)
  private let closing = DispatchSemaphore(value: 0)
  private let ended = AsyncStream.makeStream(of: Void.self)

  /// - Parameter start: starts a worker and waits until it has loaded the models.
  init(
    _ limits: Limits, _ metrics: ServiceMetrics, of service: ServedModel.Service = .predictions,
    start: @escaping @Sendable () async throws -> any LoadedModel
  ) {
    self.limits = limits
    self.metrics = metrics
    self.service = service
    self.start = start
  }

  var phase: Phase { state.withLock { $0.phase } }
  /// The inputs that wait.
  var waiting: Int { state.withLock { $0.waiting.count } }

  /// Loads the models.
  ///
  /// - Throws: what starting the worker throws.
  func open() async throws {
    let worker = try await start()
    state.withLock {
      $0.worker = worker
      if $0.phase == .loading { $0.phase = .ready }
    }
    DispatchQueue(label: "batches").async { self.work() }
    Task { await self.watchClock() }
  }

  /// Has inputs answered.
  ///
  /// - Returns: a reply for each.
  /// - Throws: ``ServiceProblem`` with status 503 if there is no room or no answer in time; `CancellationError`.
  func answer(_ inputs: [ServingInput]) async throws -> [ServingReply] {
    let request = PendingRequest(inputs)
    let key = ObjectIdentifier(request)
    try state.withLock { state throws(ServiceProblem) in
      switch state.phase {
      case .ready: break
      case .loading: throw .unavailable("the model is being loaded", retryAfter: 2)
      case .closing: throw .unavailable("the service is about to end")
      }
      guard state.waiting.isEmpty || state.waiting.count + inputs.count <= limits.queue else {
        throw .unavailable(
          "\(state.waiting.count) inputs are waiting, so there is no room for more")
      }
      state.requests[key] = request
      for index in inputs.indices { state.waiting.append(Entry(request: request, index: index)) }
    }
    defer { state.withLock { $0.requests[key] = nil } }
    arrivals.signal()
    return try await withTaskCancellationHandler {
      try await request.replies()
    } onCancel: {
      request.fail(CancellationError())
    }
  }

  /// Ends the worker after what waits has been answered.
  func close() async {
    let isOpen = state.withLock { state in
      defer { state.phase = .closing }
      return state.worker != nil || state.phase == .loading
    }
    closing.signal()
    arrivals.signal()
    if isOpen { for await _ in ended.stream { break } }
  }

  /// Kills the worker at once.
  func kill() { state.withLock { $0.worker }?.kill() }

  // MARK: The thread

  private func work() {
    while true {
      arrivals.wait()
      let batch = next()
      if !batch.isEmpty {
        compute(batch)
        // What arrived meanwhile has its own signals, but may be more than one batch.
        arrivals.signal()
      } else if phase == .closing {
        break
      }
    }
    let worker = state.withLock { state in
      defer { state.worker = nil }
      return state.worker
    }
    if let worker { Self.wait { await worker.end() } }
    ended.continuation.yield()
    ended.continuation.finish()
  }

  /// The next inputs that somebody waits for; none if there are none.
  private func next() -> [Entry] {
    while limits.maxWait > .zero {
      let rest = state.withLock { state -> Duration in
        guard let first = state.waiting.first, state.waiting.count < limits.maxBatch,
          state.phase != .closing
        else { return .zero }
        return limits.maxWait - (ContinuousClock.now - first.request.arrival)
      }
      if rest <= .zero { break }
      let (seconds, attoseconds) = rest.components
      _ = arrivals.wait(
        timeout: .now()
          + .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)))
    }
    return state.withLock { state in
      var batch: [Entry] = []
      var bytes = 0
      while batch.count < limits.maxBatch, let entry = state.waiting.first {
        if entry.request.isOver {
          state.waiting.removeFirst()
          continue
        }
        bytes += entry.request.inputs[entry.index].bytes.count
        if !batch.isEmpty && bytes > Self.mostBytes { break }
        batch.append(state.waiting.removeFirst())
      }
      return batch
    }
  }

  private func compute(_ batch: [Entry]) {
    guard let worker = state.withLock({ $0.worker }) else { return refuse(batch) }
    metrics.addBatch(batch.count, of: service)
    state.withLock { $0.lastHeard = .now }
    do {
      try worker.answer(batch.map { $0.request.inputs[$0.index] }) { reply in
        state.withLock { $0.lastHeard = .now }
        let entry = batch[reply.index]
        entry.request.receive(reply, at: entry.index)
      }
      state.withLock { $0.lastHeard = nil }
    } catch {
      state.withLock {
        $0.lastHeard = nil
        $0.worker = nil
        if $0.phase == .ready { $0.phase = .loading }
      }
      worker.kill()
      refuse(batch)
      Self.wait { await worker.end() }
      replace()
    }
  }

  private func refuse(_ batch: [Entry]) {
    for entry in batch {
      entry.request.fail(
        ServiceProblem.unavailable("the process with the model ended, and is started again"))
    }
  }

  /// Starts another worker, and tries that again and again until the service ends.
  private func replace() {
    var pause = 0.25
    while phase != .closing {
      metrics.addRestart(of: service)
      let found = Mutex<(any LoadedModel)?>(nil)
      Self.wait { [start] in
        let worker = try? await start()
        found.withLock { $0 = worker }
      }
      if let worker = found.withLock({ $0 }) {
        state.withLock {
          $0.worker = worker
          if $0.phase == .loading { $0.phase = .ready }
        }
        return
      }
      _ = closing.wait(timeout: .now() + pause)
      pause = min(2 * pause, 10)
    }
  }

  /// Runs asynchronous work on a thread that may block.
  private static func wait(_ body: @escaping @Sendable () async -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task {
      await body()
      done.signal()
    }
    done.wait()
  }

  // MARK: The clock

  /// Refuses requests that have waited too long, and kills a worker that has been silent for too long.
  private func watchClock() async {
    while (try? await Task.sleep(for: Self.tick)) != nil {
      let now = ContinuousClock.now
      var late: [PendingRequest] = []
      var silent: (any LoadedModel)?
      var isOver = false
      state.withLock { state in
        late = state.requests.values.filter { now - $0.arrival > limits.timeout }
        if let heard = state.lastHeard, now - heard > max(limits.timeout, .seconds(5)) {
          silent = state.worker
        }
        isOver = state.phase == .closing && state.worker == nil
      }
      for request in late {
        request.fail(
          ServiceProblem.unavailable("there was no answer within \(limits.timeout)", retryAfter: 5))
      }
      silent?.kill()
      if isOver { return }
    }
  }
}
