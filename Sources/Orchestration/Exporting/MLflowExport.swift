import Diagnostics
import ExperimentConfig
import Files
import RunRecord
import Sweeping

/// Sends a run with its folds or seeds, or a sweep with its trials, to an MLflow server.
///
/// What the server has already is recognised by tags and left as it is, so that an interrupted export is continued by
/// the same command, and a repeated one changes nothing.
struct MLflowExport {
  let server: MLflowServer
  let experiment: String
  let progress: @Sendable (String) -> Void
  private(set) var sent: [(path: String, id: String, isNew: Bool)] = []
  /// Why files are not on the server; `nil` if they are.
  private(set) var filesProblem: String?

  init(_ server: MLflowServer, experiment: String, progress: @escaping @Sendable (String) -> Void) {
    self.server = server
    self.experiment = experiment
    self.progress = progress
  }

  /// Sends a run and its folds or seeds.
  ///
  /// - Returns: its id on the server.
  mutating func send(
    _ run: RunDirectory, in path: String = "", below parent: String? = nil,
    with extra: [(key: String, value: String)] = []
  ) async throws -> String {
    let place = path + run.name
    var record = try MLflowRecord(run, path: place)
    record.tags += extra
    let id = try await send(record, place, below: parent)
    for part in RunParts.all(of: run) {
      _ = try await send(part, in: "\(place)/", below: id)
    }
    return id
  }

  /// Sends a sweep and the trials that have started.
  mutating func send(sweep path: String) async throws -> String {
    let sweep = SweepDirectory(path: path)
    let (file, table) = (try sweep.read(), SweepCatalog.table(of: path))
    let record = try MLflowRecord(sweep, file, table)
    let id = try await send(record, record.name, below: nil)
    for trial in file.trials {
      let run = sweep.trial(trial)
      guard run.isFile("run.json") else { continue }
      let row = table?.rows.first { $0.trial == trial.number }
      let values = zip(file.space.keys, trial.values).map {
        (key: MLflowText.key("runner.sweep.\($0.label)"), value: $1)
      }
      _ = try await send(
        run, in: "\(record.name)/trials/", below: id,
        with: [(key: "runner.trial", value: "\(trial.number)")] + values
          + (row.map { [(key: "runner.trial.status", value: $0.status)] } ?? []))
    }
    return id
  }

  private mutating func send(
    _ record: MLflowRecord, _ place: String, below parent: String?
  ) async throws -> String {
    var record = record
    if let parent { record.tags.append(("mlflow.parentRunId", parent)) }
    let state = try record.state()
    let found = try await server.run(in: experiment, tags: record.key)
    if let found, found.tags[MLflowRecord.sent] == state {
      sent.append((place, found.id, false))
      return found.id
    }
    progress("\(place): \(record.metrics.count) values, \(record.files.count) files")
    let run: MLflowServer.Run
    if let found {
      run = found
    } else {
      // The tags that link it come with it, so that an interrupted export leaves no loose runs.
      run = try await server.create(
        in: experiment, name: record.name, started: record.started,
        tags: record.key + record.tags.filter { $0.key == "mlflow.parentRunId" })
    }
    try await server.log(
      parameters: record.parameters.filter { !run.parameters.contains($0.key) }, to: run.id)
    try await server.log(tags: record.tags, to: run.id)
    var known: Set<MLflowMetric.Place> = []
    for key in Set(record.metrics.map(\.place.key)).intersection(run.metrics).sorted() {
      known.formUnion(try await server.history(of: key, in: run.id))
    }
    try await server.log(record.metrics.filter { !known.contains($0.place) }, to: run.id)
    let isComplete = try await store(record, in: run)
    try await server.update(run.id, status: record.status, ended: record.ended)
    if isComplete { try await server.log(tags: [(MLflowRecord.sent, state)], to: run.id) }
    sent.append((place, run.id, true))
    return run.id
  }

  /// Stores the files of a record.
  ///
  /// - Returns: whether they are on the server.
  private mutating func store(_ record: MLflowRecord, in run: MLflowServer.Run) async throws -> Bool
  {
    guard !record.files.isEmpty else { return true }
    guard let root = Self.proxied(run.artifacts) else {
      filesProblem =
        "the server stores files at \(run.artifacts), which only its own clients reach; "
        + "'mlflow server --serve-artifacts' takes them"
      return true
    }
    for file in record.files {
      // curl follows links, which a directory from elsewhere may hold.
      guard record.folder.isFile(file) else { continue }
      try await server.client.upload(
        PathResolution.absolute(record.folder.file(file)), to: "\(root)/\(file)")
    }
    return true
  }

  /// The path below the server's root of artifacts; `nil` if it does not take files itself.
  static func proxied(_ address: String) -> String? {
    let scheme = "mlflow-artifacts:"
    let route = "/api/2.0/mlflow-artifacts/artifacts/"
    var path: Substring
    if address.hasPrefix(scheme) {
      path = address.dropFirst(scheme.count)
      if path.hasPrefix("//") { path = path.dropFirst(2).drop { $0 != "/" } }
    } else if address.hasPrefix("http"), let place = address.firstRange(of: route) {
      path = address[place.upperBound...]
    } else {
      return nil
    }
    let parts = path.split(separator: "/")
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }
}
