import Diagnostics
import ExperimentConfig
import Report

/// What is asked of an MLflow server.
struct MLflowServer: Sendable {
  let client: MLflowClient

  /// A run on the server.
  struct Run: Sendable {
    let id: String
    /// The experiment that it belongs to.
    let experiment: String
    /// Where its artifacts are stored.
    let artifacts: String
    let parameters: Set<String>
    let metrics: Set<String>
    let tags: [String: String]

    init?(_ value: JSONValue?) {
      guard let info = value?["info"], let id = info["run_id"]?.text,
        let experiment = info["experiment_id"]?.text
      else { return nil }
      (self.id, self.experiment) = (id, experiment)
      artifacts = info["artifact_uri"]?.text ?? ""
      let data = value?["data"]
      func keys(_ name: String) -> [String] {
        (data?[name] ?? .null).list.compactMap { $0["key"]?.text }
      }
      parameters = Set(keys("params"))
      metrics = Set(keys("metrics"))
      tags = Dictionary(
        (data?["tags"] ?? .null).list.compactMap { tag in
          tag["key"]?.text.map { ($0, tag["value"]?.text ?? "") }
        }
      ) { first, _ in first }
    }
  }

  /// The id of an experiment, which is created if there is none.
  ///
  /// - Throws: ``InputError`` if it was deleted, or the server is none of MLflow's.
  func experiment(named name: String) async throws -> String {
    let found: JSONValue
    do {
      found = try await client.call(
        .get, "experiments/get-by-name", query: [("experiment_name", name)])
    } catch let refusal as MLflowClient.Refusal where refusal.code == "RESOURCE_DOES_NOT_EXIST" {
      do {
        let made = try await client.call(.post, "experiments/create", ["name": .string(name)])
        if let id = made["experiment_id"]?.text { return id }
        throw notMLflow
      } catch let refusal as MLflowClient.Refusal where refusal.code == "RESOURCE_ALREADY_EXISTS" {
        // Another process was faster.
        found = try await client.call(
          .get, "experiments/get-by-name", query: [("experiment_name", name)])
      }
    } catch let refusal as MLflowClient.Refusal where refusal.code == nil {
      if refusal.status == 401 || refusal.status == 403 { throw refusal }
      throw notMLflow
    }
    guard let experiment = found["experiment"], let id = experiment["experiment_id"]?.text else {
      throw notMLflow
    }
    guard experiment["lifecycle_stage"]?.text != "deleted" else {
      throw InputError(
        "the MLflow experiment '\(name)' was deleted",
        hint: "restore it, or name another: --experiment NAME")
    }
    return id
  }

  private var notMLflow: InputError {
    InputError("\(client.address) does not answer as an MLflow server")
  }

  /// The run of an experiment with these tags; `nil` if there is none.
  func run(in experiment: String, tags: [(key: String, value: String)]) async throws -> Run? {
    let filter = tags.map { "tags.`\($0.key)` = '\($0.value)'" }.joined(separator: " and ")
    let found = try await client.call(
      .post, "runs/search",
      [
        "experiment_ids": [.string(experiment)], "filter": .string(filter),
        "max_results": 1, "run_view_type": "ACTIVE_ONLY",
      ])
    return Run((found["runs"] ?? .null).list.first)
  }

  func create(
    in experiment: String, name: String, started: Int, tags: [(key: String, value: String)]
  ) async throws -> Run {
    let made = try await client.call(
      .post, "runs/create",
      [
        "experiment_id": .string(experiment), "run_name": .string(name),
        "start_time": .integer(started), "tags": Self.pairs(tags),
      ])
    guard let run = Run(made["run"]) else { throw notMLflow }
    return run
  }

  /// The step and time of every value of a metric that the server has.
  func history(of metric: String, in run: String) async throws -> Set<MLflowMetric.Place> {
    var places: Set<MLflowMetric.Place> = []
    var token: String?
    repeat {
      let page = try await client.call(
        .get, "metrics/get-history",
        query: [("run_id", run), ("metric_key", metric), ("max_results", "25000")]
          + (token.map { [("page_token", $0)] } ?? []))
      for value in (page["metrics"] ?? .null).list {
        // 64-bit integers may be strings in JSON.
        guard let time = value["timestamp"]?.text.flatMap({ Int($0) }) else { continue }
        let step = value["step"]?.text.flatMap { Int($0) } ?? 0
        places.insert(MLflowMetric.Place(key: metric, step: step, time: time))
      }
      token = page["next_page_token"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    } while token != nil
    return places
  }

  // MARK: Values

  /// The largest numbers of entries in one request.
  private static let mostMetrics = 1000
  private static let mostPairs = 100

  func log(_ metrics: [MLflowMetric], to run: String) async throws {
    for start in stride(from: 0, to: metrics.count, by: Self.mostMetrics) {
      let values = metrics[start..<min(start + Self.mostMetrics, metrics.count)].map { metric in
        JSONValue.object([
          "key": .string(metric.place.key), "value": metric.json,
          "timestamp": .integer(metric.place.time), "step": .integer(metric.place.step),
        ])
      }
      _ = try await client.call(
        .post, "runs/log-batch", ["run_id": .string(run), "metrics": .array(values)])
    }
  }

  func log(parameters: [(key: String, value: String)], to run: String) async throws {
    try await log(parameters, as: "params", to: run)
  }

  func log(tags: [(key: String, value: String)], to run: String) async throws {
    try await log(tags, as: "tags", to: run)
  }

  private func log(
    _ pairs: [(key: String, value: String)], as field: String, to run: String
  ) async throws {
    for start in stride(from: 0, to: pairs.count, by: Self.mostPairs) {
      let some = Array(pairs[start..<min(start + Self.mostPairs, pairs.count)])
      _ = try await client.call(
        .post, "runs/log-batch",
        .object(["run_id": .string(run), field: Self.pairs(some)]))
    }
  }

  func update(_ run: String, status: String, ended: Int?) async throws {
    var body: [String: JSONValue] = ["run_id": .string(run), "status": .string(status)]
    if let ended { body["end_time"] = .integer(ended) }
    _ = try await client.call(.post, "runs/update", .object(body))
  }

  private static func pairs(_ pairs: [(key: String, value: String)]) -> JSONValue {
    .array(pairs.map { .object(["key": .string($0.key), "value": .string($0.value)]) })
  }
}

/// One value of a metric.
struct MLflowMetric: Sendable {
  struct Place: Hashable, Sendable {
    var key: String
    var step: Int
    /// Milliseconds since 1970.
    var time: Int
  }

  var place: Place
  var value: Double

  init(_ key: String, _ value: Double, step: Int, time: Int) {
    place = Place(key: MLflowText.key(key), step: step, time: time)
    self.value = value
  }

  /// Numbers that JSON cannot represent as protocol buffers write them.
  var json: JSONValue {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
    return .number(value)
  }
}

/// Keys and values within MLflow's limits.
enum MLflowText {
  /// Of keys.
  private static let longestKey = 250
  /// Of values of parameters.
  static let longestParameter = 6000
  /// Of values of tags.
  static let longestTag = 5000

  /// The key with everything that MLflow does not allow replaced: letters, digits, `_`, `-`, `.`, space, `:` and `/`
  /// are allowed.
  static func key(_ text: String) -> String {
    var key = ""
    for scalar in text.unicodeScalars {
      let isAllowed =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
          || "_-. :/".unicodeScalars.contains(scalar))
      key.unicodeScalars.append(isAllowed ? scalar : "_")
    }
    // A key must not look like a path out of its folder.
    let parts = key.split(separator: "/").map { $0.allSatisfy { $0 == "." } ? "_" : String($0) }
    let plain = parts.joined(separator: "/")
    return plain.isEmpty ? "_" : String(plain.prefix(longestKey))
  }

  /// The text, cut to a number of UTF-16 units, which MLflow's databases count at most.
  static func value(_ text: String, _ limit: Int) -> String {
    if text.utf16.count <= limit { return text }
    var cut = ""
    var count = 0
    for scalar in text.unicodeScalars {
      count += UTF16.width(scalar)
      if count > limit - 1 { break }
      cut.unicodeScalars.append(scalar)
    }
    return cut + "…"
  }
}
