import Diagnostics
import ExperimentConfig
import RunRecord
import Sweeping

/// An MLflow server that receives a run or a sweep.
struct MLflowFormat: RecordFormat {
  static let name = "mlflow"
  static let doc =
    "Sends a run with its folds or seeds, or a sweep with its trials, to an MLflow server."
  static let options: Set<String> = ["--uri", "--experiment"]

  func export(_ request: RecordRequest) async throws -> ExportedRecord {
    if request.path != nil {
      throw InputError("an MLflow server is no file", hint: "leave out --output")
    }
    guard let uri = request.uri ?? request.environment["MLFLOW_TRACKING_URI"], !uri.isEmpty else {
      throw InputError(
        "no MLflow server is named", hint: "--uri http://127.0.0.1:5000, or set MLFLOW_TRACKING_URI"
      )
    }
    let server = MLflowServer(client: try MLflowClient(uri, variables: request.environment))
    let name = try request.experiment ?? Self.experiment(of: request.target)
    do {
      let experiment = try await server.experiment(named: name)
      var export = MLflowExport(server, experiment: experiment, progress: request.progress)
      let id =
        switch request.target {
        case .run(let run): try await export.send(run, in: Self.place(of: run))
        case .sweep(let path): try await export.send(sweep: path)
        }
      return record(export, server, name, experiment, id)
    } catch let refusal as MLflowClient.Refusal {
      let words = refusal.code.map { "\($0): \(refusal.message)" } ?? refusal.message
      throw InputError(
        "the MLflow server at \(server.client.address) refused with HTTP \(refusal.status): \(words)",
        hint: refusal.status == 401 || refusal.status == 403
          ? "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
          : "what was sent is kept; the same command continues")
    }
  }

  /// Where a fold, a seed or a trial lies, so that it is the same whether it or its whole is sent.
  private static func place(of run: RunDirectory) -> String {
    func name(_ path: String) -> String { RunDirectory(path: path).name }
    return switch RunReference.container(of: run) {
    case .run(let path): place(of: RunDirectory(path: path)) + name(path) + "/"
    case .sweep(let path): name(path) + "/trials/"
    case nil: ""
    }
  }

  /// The name of the run's experiment.
  private static func experiment(of target: RunReference.Target) throws -> String {
    switch target {
    case .run(let run): try run.readInfo().name
    case .sweep(let path): try SweepDirectory(path: path).read().name
    }
  }

  private func record(
    _ export: MLflowExport, _ server: MLflowServer, _ name: String, _ experiment: String,
    _ id: String
  ) -> ExportedRecord {
    let new = export.sent.count { $0.isNew }
    let all = export.sent.count
    var notes = [
      "experiment \(name)",
      new == 0
        ? "nothing to send: the server has all \(all) \(all == 1 ? "run" : "runs")"
        : "\(new) of \(all) \(all == 1 ? "run" : "runs") sent",
    ]
    if let problem = export.filesProblem { notes.append("without files: \(problem)") }
    return ExportedRecord(
      place: "\(server.client.address)/#/experiments/\(experiment)/runs/\(id)", notes: notes,
      details: [
        "uri": .string(server.client.address), "experiment": .string(name),
        "experiment_id": .string(experiment), "run_id": .string(id), "sent": .integer(new),
        "runs": .array(
          export.sent.map {
            ["directory": .string($0.path), "run_id": .string($0.id), "sent": .boolean($0.isNew)]
          }),
        "files_problem": export.filesProblem.map(JSONValue.string) ?? .null,
      ])
  }
}
