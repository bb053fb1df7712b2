import ExperimentConfig
import FoundationEssentials
import RunRecord
import TestSupport
import Testing

/// `runner export RUN mlflow`, against a server in this process. `make test-mlflow` does the same with MLflow itself.
@Suite struct MLflowTests {
  private func trained(_ arguments: [String] = []) async throws -> (Program, String) {
    let program = try Program()
    try SmallExperiment.write(into: program)
    let outcome = try await program.run(["small.yaml"] + arguments)
    #expect(outcome.code == 0, "\(outcome.error)")
    return (program, try #require(program.runs().first))
  }

  private func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  @Test func runArrivesWithEveryDigitAndTwiceChangesNothing() async throws {
    let (program, path) = try await trained()
    defer { program.remove() }
    let server = try TrackingServer()
    defer { server.stop() }
    let first = try await program.run(
      ["export", "latest", "mlflow", "--uri", server.address + "/", "--experiment", "digits"])
    #expect(first.code == 0, "\(first.error)")
    #expect(first.output.contains("1 of 1 run sent"), "\(first.output)")

    let run = RunDirectory(path: path)
    let (info, summary) = (try run.readInfo(), try run.readSummary())
    let sent = try #require(server.contents.runs.first)
    #expect(server.contents.experiments.values.sorted() == ["digits"])
    #expect(sent.name == run.name && sent.status == "FINISHED")
    #expect(sent.tags["runner.identity"] == info.identity)
    #expect(sent.tags["runner.directory"] == run.name)
    #expect(sent.parameters["optimizer.adam.lr"] == "0.01")
    #expect(sent.parameters["train.epochs"] == "3")
    for record in try run.readEpochs() {
      for (key, value) in record.values {
        let found = sent.metrics.filter { $0.key == key && $0.step == record.epoch }
        #expect(found.map { number($0.value)?.bitPattern } == [value.bitPattern], "\(key)")
      }
    }
    for (key, value) in summary.test {
      let found = sent.metrics.filter { $0.key == "test.\(key)" }
      #expect(found.map { number($0.value)?.bitPattern } == [value.bitPattern], "\(key)")
    }
    let times = sent.metrics.filter { $0.key == "val_loss" }.map(\.timestamp)
    #expect(times == times.sorted() && times.allSatisfy { $0 >= sent.start ?? .max })
    for name in ["card.md", "summary.json", "weights/best.safetensors"] {
      #expect(sent.artifacts[name] == (try run.bytes(of: name)), "\(name)")
    }
    #expect(!sent.artifacts.keys.contains { $0.hasPrefix("final_checkpoint") })

    let before = server.contents
    let second = try await program.run(
      ["export", "latest", "mlflow", "--uri", server.address, "--experiment", "digits"])
    #expect(second.code == 0 && second.output.contains("nothing to send"), "\(second.text)")
    #expect(server.contents.changes == before.changes && server.contents.runs == before.runs)
  }

  @Test func interruptedExportContinuesAndFoldsAreChildren() async throws {
    let (program, path) = try await trained(["data.split.folds=2", "epochs=2"])
    defer { program.remove() }
    let server = try TrackingServer()
    defer { server.stop() }
    let arguments = ["export", path, "mlflow", "--uri", server.address]
    // Wherever the server breaks off, the next call continues.
    for count in [3, 5, 9, 14, 30] {
      server.fail(after: count)
      let broken = try await program.run(arguments)
      #expect(broken.code == 2, "\(broken.text)")
      #expect(broken.error.contains("HTTP 500: INTERNAL_ERROR: out of order"), "\(broken.error)")
    }
    server.fail(after: nil)
    let last = try await program.run(arguments + ["--json"])
    #expect(last.code == 0, "\(last.error)")
    #expect(last.output.contains("\"files_problem\" : null"), "\(last.output)")

    let runs = server.contents.runs
    let whole = try #require(server.run(RunDirectory(path: path).name))
    #expect(runs.count == 3)
    for place in 1...2 {
      let fold = try #require(server.run("fold-\(place)"))
      #expect(fold.tags["mlflow.parentRunId"] == whole.id)
      let part = RunDirectory(path: path).part("fold-\(place)")
      let epochs = try part.readEpochs()
      #expect(fold.metrics.count { $0.key == "val_loss" } == epochs.count)
      for record in epochs {
        let values = fold.metrics.filter { $0.key == "val_loss" && $0.step == record.epoch }
        #expect(values.map { number($0.value) } == [record.values["val_loss"]])
      }
    }
    for run in runs {
      let places = run.metrics.map { "\($0.key) \($0.step) \($0.timestamp)" }
      #expect(Set(places).count == places.count, "\(run.name)")
      #expect(run.status == "FINISHED" && run.tags["runner.sent"] != nil)
    }
    #expect(!whole.artifacts.keys.contains { $0.hasPrefix("fold-") })
  }

  @Test func sweepHasItsTrialsAsChildren() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let outcome = try await program.run(["sweep", "small.yaml", "lr=[1e-2,1e-3]", "epochs=1"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let server = try TrackingServer()
    defer { server.stop() }
    program.expectSuccess(
      try await program.run(["export", "sweep", "mlflow", "--uri", server.address]))
    let runs = server.contents.runs
    #expect(runs.count == 3)
    let sweep = try #require(runs.first { $0.tags["runner.kind"] == "sweep" })
    let trials = runs.filter { $0.tags["mlflow.parentRunId"] == sweep.id }
    #expect(Set(trials.map { $0.parameters["optimizer.adam.lr"] }) == ["0.01", "0.001"])
    #expect(sweep.artifacts["results.csv"] != nil && sweep.status == "FINISHED")
  }

  @Test func credentialsAndOtherServers() async throws {
    let (program, _) = try await trained(["epochs=1"])
    defer { program.remove() }
    try await sendsCredentials(program)
    try await reportsFilesThatAreNotTaken(program)
    for (uri, message) in [
      ("http://127.0.0.1:9", "cannot be reached"),
      ("127.0.0.1:5000", "is not the address of an MLflow server"),
      ("http://ada:secret@127.0.0.1:9", "contains a user name"),
      ("file:///tmp/mlruns", "is not the address of an MLflow server"),
    ] {
      let outcome = try await program.run(["export", "mlflow", "--uri", uri])
      #expect(outcome.code == 2 && outcome.error.contains(message), "\(outcome.error)")
      #expect(!outcome.text.contains("secret"))
    }
    let server = try LoopbackServer(["/": Array("hello".utf8)])
    defer { server.stop() }
    let uri = "http://127.0.0.1:\(server.port)"
    let outcome = try await program.run(["export", "mlflow", "--uri", uri])
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("does not answer as an MLflow server"), "\(outcome.error)")
    let none = try await program.run(["export", "mlflow"])
    #expect(none.code == 2 && none.error.contains("no MLflow server is named"))
    let wrong = try await program.run(["export", "card", "--uri", uri])
    #expect(wrong.code == 64 && wrong.error.contains("--uri does not belong to card"))
  }

  private func sendsCredentials(_ program: Program) async throws {
    let server = try TrackingServer()
    defer { server.stop() }
    var withToken = program
    withToken.environment = [
      "MLFLOW_TRACKING_TOKEN": "a\"b", "MLFLOW_TRACKING_URI": server.address,
    ]
    program.expectSuccess(try await withToken.run(["export", "mlflow"]))
    #expect(server.contents.authorizations == ["Bearer a\"b"])
    var withPassword = program
    withPassword.environment = [
      "MLFLOW_TRACKING_USERNAME": "ada", "MLFLOW_TRACKING_PASSWORD": "secret",
    ]
    program.expectSuccess(
      try await withPassword.run(["export", "mlflow", "--uri", server.address]))
    let basic = "Basic " + Data("ada:secret".utf8).base64EncodedString()
    #expect(server.contents.authorizations == ["Bearer a\"b", basic])
  }

  private func reportsFilesThatAreNotTaken(_ program: Program) async throws {
    let server = try TrackingServer(artifacts: "s3://bucket")
    defer { server.stop() }
    let outcome = try await program.run(["export", "mlflow", "--uri", server.address])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("without files: the server stores files at s3://bucket"))
    #expect(server.contents.runs.first?.artifacts == [:])
  }
}

extension Program {
  func expectSuccess(_ outcome: Outcome) { #expect(outcome.code == 0, "\(outcome.error)") }
}
