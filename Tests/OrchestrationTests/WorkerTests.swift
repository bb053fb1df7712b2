import Diagnostics
import ExperimentConfig
import Orchestration
import RunRecord
import Signals
import Testing
import WorkerProtocol

/// What a worker's end means. Scripts stand for the worker.
@Suite struct WorkerTests {
  private func describe(
    _ script: String, _ interrupts: Interrupts = Interrupts(.none)
  ) async throws -> CommandFailure? {
    let place = try Workplace()
    do {
      let worker = try WorkerProcess(
        environment: place.environment(worker: script), interrupts)
      _ = try await worker.describe()
      return nil
    } catch {
      guard let failure = CommandFailure(error) else { throw error }
      return failure
    }
  }

  @Test func itSaysWhatItComputesWith() async throws {
    let place = try Workplace()
    let worker = try WorkerProcess(
      environment: place.environment(worker: Workplace.opening), Interrupts(.none))
    #expect(try await worker.describe() == Workplace.engine)
  }

  @Test func oneThatIsKilledFromOutsideIsNoFailureOfTheProgram() async throws {
    let failure = try #require(try await describe("kill -KILL $$"))
    #expect(failure.status == ExitStatus.resumable)
    #expect(failure.diagnostics[0].message.hasPrefix("the worker was killed (signal 9), perhaps"))
    #expect(failure.diagnostics[0].hint == "run the same command again")
  }

  @Test func oneThatCrashesIsABug() async throws {
    let failure = try #require(try await describe("kill -SEGV $$"))
    #expect(failure.status == ExitStatus.programFault)
    #expect(
      failure.diagnostics[0].message.hasPrefix("internal error: the worker crashed (signal 11"))
  }

  @Test func oneThatDoesNotStartIsForTheDoctor() async throws {
    let failure = try #require(try await describe("exit 3"))
    #expect(failure.status == ExitStatus.wrongInput)
    #expect(
      failure.diagnostics[0].message
        == "'runner-worker' does not start; run 'runner doctor' to find out why")
  }

  @Test func oneThatIsMissingIsNamed() async throws {
    let problem = await refusal {
      _ = try WorkerProcess.locate(["RUNNER_WORKER": "/nowhere/worker"])
    }
    #expect(problem?.message == "no program at /nowhere/worker")
    #expect(problem?.hint == "RUNNER_WORKER sets its path")
  }

  @Test func oneThatEndsAfterAnInterruptIsInterrupted() async throws {
    let place = try Workplace()
    let interrupts = Interrupts(.none)
    interrupts.arrived(2)
    let worker = try WorkerProcess(environment: place.environment(worker: "sleep 20"), interrupts)
    do {
      _ = try await worker.describe()
      Issue.record("it said something")
    } catch let exit as QuietExit {
      #expect(exit.status == ExitStatus.interrupted)
    }
  }

  @Test(arguments: [
    ("exit 0", WorkerProcess.Ending.success), ("exit 75", .interrupted),
    ("exit 1", .failure("ended with code 1")),
    ("kill -TERM $$", .killed("was terminated by signal 15 (Terminated)")),
  ])
  func itsEndAfterTheFirstWord(_ script: String, _ expected: WorkerProcess.Ending) async throws {
    let place = try Workplace()
    let interrupts = Interrupts(.none)
    let worker = try WorkerProcess(
      environment: place.environment(worker: Workplace.opening + "\n" + script), interrupts)
    let ending = try await worker.run { events, send in
      var events = events
      _ = try await events.engine(interrupts)
      try await send(.train(TrainingRequest(RunDirectory(path: place.path))))
      if let event = try await events.next() { Issue.record("\(event)") }
    }
    #expect(ending == expected)
  }
}
