import Synchronization
import WorkerProtocol

/// A request whose inputs wait for the model or are being computed.
final class PendingRequest: Sendable {
  private struct State {
    var replies: [ServingReply?]
    var missing: Int
    var continuation: CheckedContinuation<[ServingReply], any Error>?
    var result: Result<[ServingReply], any Error>?
  }

  let inputs: [ServingInput]
  let arrival = ContinuousClock.now
  private let state: Mutex<State>

  init(_ inputs: [ServingInput]) {
    self.inputs = inputs
    state = Mutex(
      State(replies: Array(repeating: nil, count: inputs.count), missing: inputs.count))
  }

  /// Whether nobody waits for its replies any more.
  var isOver: Bool { state.withLock { $0.result != nil } }

  /// Records the reply to an input. The last one ends the request.
  func receive(_ reply: ServingReply, at index: Int) {
    end {
      guard $0.replies[index] == nil else { return nil }
      $0.replies[index] = reply
      $0.missing -= 1
      return $0.missing == 0 ? .success($0.replies.compactMap(\.self)) : nil
    }
  }

  /// Ends the request without an answer, unless it has ended before.
  func fail(_ error: any Error) { end { _ in .failure(error) } }

  /// The replies, in the order of the inputs.
  func replies() async throws -> [ServingReply] {
    try await withCheckedThrowingContinuation { continuation in
      let result = state.withLock { state in
        if state.result == nil { state.continuation = continuation }
        return state.result
      }
      if let result { continuation.resume(with: result) }
    }
  }

  private typealias Continuation = CheckedContinuation<[ServingReply], any Error>

  private func end(_ change: (inout State) -> Result<[ServingReply], any Error>?) {
    let ended = state.withLock { state -> (Continuation, Result<[ServingReply], any Error>)? in
      if state.result != nil { return nil }
      guard let result = change(&state) else { return nil }
      state.result = result
      guard let continuation = state.continuation else { return nil }
      state.continuation = nil
      return (continuation, result)
    }
    if let (continuation, result) = ended { continuation.resume(with: result) }
  }
}
