internal import CTorch

/// Operations that a device repeats in a single launch, on the same memory: a CUDA graph. On the CPU, where a launch
/// costs nothing, they are called again.
///
/// The operations must be the same each time: what changes from one time to the next has to be in tensors, which are
/// overwritten between two calls.
package final class RecordedOperations {
  private let body: () throws -> Void
  /// `nil` on the CPU.
  private let graph: OpaquePointer?
  private var failure: (any Error)?

  /// Whether operations can be recorded on the device. On CUDA that needs a build with CUDA's headers.
  package static func areAvailable(on device: Device) -> Bool {
    device == .cpu || ct_graphs_available(device.code)
  }

  /// - Throws: If operations cannot be recorded on the device.
  package init(on device: Device, _ body: @escaping () throws -> Void) throws(TorchError) {
    self.body = body
    var graph: OpaquePointer?
    if device != .cpu { try ct_graph_new(device.code, &graph).check("recording") }
    self.graph = graph
  }

  deinit { if let graph { ct_graph_free(graph) } }

  /// Runs the operations without recording them. Before they are recorded, they have to have run a few times.
  package func run() throws { try call(recording: false) }

  /// Records the operations without running them.
  ///
  /// - Throws: If one of them cannot be recorded, such as one that the CPU waits for.
  package func record() throws { if graph != nil { try call(recording: true) } }

  /// Runs what was recorded.
  package func replay() throws {
    guard let graph else { return try body() }
    try withExtendedLifetime(self) { ct_graph_replay(graph) }.check("replaying")
  }

  private func call(recording: Bool) throws {
    guard let graph else { return try body() }
    failure = nil
    let status = ct_graph_run(
      graph, recording,
      { context in
        let operations = Unmanaged<RecordedOperations>.fromOpaque(context).takeUnretainedValue()
        do {
          try operations.body()
          return true
        } catch {
          operations.failure = error
          return false
        }
      }, Unmanaged.passUnretained(self).toOpaque())
    if let failure { throw failure }
    try status.check(recording ? "recording" : "running what will be recorded")
  }
}

@available(*, unavailable)
extension RecordedOperations: Sendable {}
