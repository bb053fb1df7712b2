import Diagnostics
import ExperimentConfig
import Files
import Glibc
import Orchestration
import RunRecord
import Signals
import Testing
import WorkerProtocol

/// How a new run ends, and what its record says of it. Scripts stand for the worker.
@Suite struct RunSessionTests {
  /// Runs a script after the worker's first word.
  ///
  /// - Returns: the run, and the error that ended it.
  private func run(
    _ place: Workplace, _ script: String, _ overrides: [String] = [], jobs: Int? = nil,
    interrupts: Interrupts = Interrupts(.none, watching: [])
  ) async throws -> (RunDirectory, (any Error)?) {
    var session = RunSession(
      plan: try place.plan(overrides), experimentPath: place.path + "/small.yaml",
      runsDirectory: place.path + "/runs", places: PartPlaces(jobs: jobs),
      context: try place.context(worker: Workplace.opening + "\n" + script))
    session.interrupts = interrupts
    var failure: (any Error)?
    do {
      _ = try await session.run()
    } catch {
      failure = error
    }
    let names = try RunCatalog.names(in: place.path + "/runs")
    return (RunDirectory(path: place.path + "/runs/" + (try #require(names.first))), failure)
  }

  @Test func aKilledWorkerLeavesARunThatCanBeResumed() async throws {
    let place = try Workplace()
    let (run, error) = try await run(place, "kill -KILL $$")
    let killed = try #require(error as? WorkerKilled)
    #expect(killed.hint == "to resume: runner resume \(run.path)")
    let info = try run.readInfo()
    #expect(info.status == .interrupted)
    #expect(info.failure?.hasPrefix("the worker was killed (signal 9)") == true)
    // Nobody holds it.
    try RunLock.acquire(run).release()
  }

  @Test(arguments: [(ExitStatus.wrongInput, "the loss is NaN"), (ExitStatus.programFault, "what?")])
  func aFailureIsRecordedWithItsReason(_ code: Int32, _ message: String) async throws {
    let place = try Workplace()
    let report = try Workplace.send(.failure(WorkerFailure(exitCode: code, message: message)))
    let (run, error) = try await run(place, "\(report)\nexit \(code)")
    #expect(CommandFailure(try #require(error))?.status == code)
    let info = try run.readInfo()
    #expect(info.status == .failed)
    #expect(info.failure == message)
  }

  @Test func aPersonsInterruptReachesTheWorker() async throws {
    let place = try Workplace()
    let interrupts = Interrupts(.none, watching: [])
    place.console.watch { if $0.contains("ready") { interrupts.arrived(SIGINT) } }
    let (run, error) = try await run(
      place,
      """
      trap 'exit 75' TERM
      \(try Workplace.send(.warning("ready")))
      sleep 30 &
      wait $!
      """, interrupts: interrupts)
    #expect((error as? QuietExit)?.status == ExitStatus.resumable)
    let info = try run.readInfo()
    #expect(info.status == .interrupted)
    #expect(info.failure == "interrupted")
    #expect(info.warnings == ["ready"])
    #expect(place.console.text.contains("to resume: runner resume \(run.path)"))
  }

  @Test func afterAFailureNoFurtherSeedBegins() async throws {
    let place = try Workplace()
    let report = try Workplace.send(
      .failure(WorkerFailure(exitCode: ExitStatus.wrongInput, message: "too hot")))
    let (run, error) = try await run(place, "\(report)\nexit 2", ["train.seeds=3"], jobs: 1)
    #expect((error as? InputError)?.diagnostics.first?.message == "too hot")
    #expect(try run.readInfo().status == .failed)
    let parts = try RunParts.all(of: run).map { try $0.readInfo() }
    #expect(parts.map(\.status) == [.failed, .queued, .queued])
    #expect(parts[0].failure == "too hot")
  }

  @Test func oneTrainingDoesNotGoToACluster() async throws {
    let place = try Workplace()
    let session = RunSession(
      plan: try place.plan(), experimentPath: "small.yaml", runsDirectory: place.path + "/runs",
      places: PartPlaces(slurm: try LauncherChoice(.slurm).options()),
      context: try place.context(worker: "exit 3"))
    let problem = await refusal { _ = try await session.run() }
    #expect(problem?.message.hasPrefix("--launcher slurm is for the folds or seeds") == true)
    #expect(problem?.hint == "srun runner small.yaml")
    #expect(!RunCatalog.isFolder(place.path + "/runs"))
  }
}
