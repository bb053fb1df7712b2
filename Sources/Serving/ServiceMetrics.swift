import ExperimentConfig
import Orchestration
import Synchronization

/// What has been counted since the service started, for `GET /metrics`.
final class ServiceMetrics: Sendable {
  /// Counts of values up to each bound, as Prometheus has them.
  private struct Histogram {
    let bounds: [Double]
    var counts: [Int]
    var sum = 0.0
    var count = 0

    init(_ bounds: [Double]) {
      self.bounds = bounds
      counts = Array(repeating: 0, count: bounds.count)
    }

    mutating func add(_ value: Double) {
      for index in bounds.indices where value <= bounds[index] { counts[index] += 1 }
      sum += value
      count += 1
    }

    func text(_ name: String, _ help: String) -> String {
      var text = "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
      for (bound, count) in zip(bounds, counts) {
        text += "\(name)_bucket{le=\"\(NumberText.short(bound))\"} \(count)\n"
      }
      return text
        + "\(name)_bucket{le=\"+Inf\"} \(count)\n\(name)_sum \(sum)\n\(name)_count \(count)\n"
    }
  }

  private struct Key: Hashable {
    let path: String
    let status: Int
  }

  private struct State {
    var requests: [Key: Int] = [:]
    var running = 0
    var latency = Histogram([
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ])
    var explanationLatency = Histogram([
      0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ])
    var batches = Histogram([1, 2, 4, 8, 16, 32, 64, 128, 256])
    var restarts: [ServedModel.Service: Int] = [:]
    var malformed = 0
  }

  private let state = Mutex(State())

  func begin() { state.withLock { $0.running += 1 } }

  /// - Parameters:
  ///   - path: one of the service's own; others are counted together.
  ///   - duration: between the head of the request and the end of the response.
  func end(path: String, status: Int, _ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    state.withLock {
      $0.running -= 1
      $0.requests[Key(path: path, status: status), default: 0] += 1
      let time = Double(seconds) + Double(attoseconds) / 1e18
      if path == "/predict" { $0.latency.add(time) }
      if path == "/explain" { $0.explanationLatency.add(time) }
    }
  }

  /// Counts a batch of predictions; explanations are computed one by one.
  func addBatch(_ size: Int, of service: ServedModel.Service) {
    if service == .predictions { state.withLock { $0.batches.add(Double(size)) } }
  }
  func addRestart(of service: ServedModel.Service) {
    state.withLock { $0.restarts[service, default: 0] += 1 }
  }
  /// Counts a request that is no HTTP.
  func addMalformed() { state.withLock { $0.malformed += 1 } }

  /// In the text format of Prometheus, version 0.0.4.
  ///
  /// - Parameters:
  ///   - waiting: the inputs in the queue.
  ///   - toExplain: the pictures that wait to be explained.
  func text(waiting: Int, toExplain: Int, isReady: Bool) -> String {
    let state = self.state.withLock { $0 }
    var text = "# HELP runner_requests_total Requests by path and status.\n"
    text += "# TYPE runner_requests_total counter\n"
    for (key, count) in state.requests.sorted(by: {
      ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status)
    }) {
      text += "runner_requests_total{path=\"\(key.path)\",status=\"\(key.status)\"} \(count)\n"
    }
    func add(_ name: String, _ type: String, _ help: String, _ value: Int) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(value)\n"
    }
    add(
      "runner_malformed_requests_total", "counter", "Connections that sent no HTTP.",
      state.malformed)
    add("runner_requests_running", "gauge", "Requests that are being answered.", state.running)
    add("runner_queue_inputs", "gauge", "Inputs that wait for the model.", waiting)
    add(
      "runner_explain_queue_inputs", "gauge", "Pictures whose answers wait to be explained.",
      toExplain)
    add("runner_ready", "gauge", "1 if the model is loaded.", isReady ? 1 : 0)
    add(
      "runner_worker_restarts_total", "counter", "Starts of the worker after the first.",
      state.restarts[.predictions] ?? 0)
    add(
      "runner_explain_worker_restarts_total", "counter",
      "Starts of the worker that explains after one that ended.",
      state.restarts[.explanations] ?? 0)
    text += state.latency.text(
      "runner_predict_seconds", "Time to answer requests to /predict, in seconds.")
    text += state.explanationLatency.text(
      "runner_explain_seconds", "Time to answer requests to /explain, in seconds.")
    text += state.batches.text("runner_batch_inputs", "Inputs that the model answered together.")
    return text
  }
}
