/// Progress of another program, which is known by the files that it writes.
package enum PolledProgress {
  /// Awaits `body`, and meanwhile reports a count five times a second. Nothing is reported after the return.
  package static func watching<Result>(
    count: @escaping @Sendable () -> Int, report: @escaping @Sendable (Int) -> Void,
    _ body: () async throws -> Result
  ) async throws -> Result {
    let watcher = Task {
      while !Task.isCancelled {
        report(count())
        try? await Task.sleep(for: .milliseconds(200))
      }
    }
    do {
      let result = try await body()
      watcher.cancel()
      await watcher.value
      return result
    } catch {
      watcher.cancel()
      await watcher.value
      throw error
    }
  }
}
