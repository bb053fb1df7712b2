import Diagnostics
import ExperimentConfig
import Planning
import RunRecord
import Signals
import WorkerProtocol

/// A new run, from the checked plan to the finished directory.
package struct RunSession {
  private let plan: Plan
  private let experimentPath: String
  private let runsDirectory: String
  private let places: PartPlaces
  private let context: RunContext
  /// The record of the run that this one reproduces; `nil` if it reproduces none.
  var recorded: RunInfo?
  package var interrupts = Interrupts()

  package init(
    plan: Plan, experimentPath: String, runsDirectory: String, places: PartPlaces,
    context: RunContext
  ) {
    self.plan = plan
    self.experimentPath = experimentPath
    self.runsDirectory = runsDirectory
    self.places = places
    self.context = context
  }

  package func run() async throws -> (RunDirectory, RunSummary) {
    if places.slurm != nil, plan.experiment.parts == nil {
      throw InputError(
        "--launcher slurm is for the folds or seeds of a run, but this one is a single training",
        hint: "srun runner \(experimentPath)")
    }
    var prepared: (execution: RunExecution, lock: RunLock)?
    defer { prepared?.lock.release() }
    do {
      return try await carryOut { prepared = $0 }
    } catch {
      prepared?.execution.recordFailure(error, isNew: true)
      throw error
    }
  }

  /// - Parameter keep: receives the run and its lock, which are needed even if an error is thrown.
  private func carryOut(
    _ keep: ((execution: RunExecution, lock: RunLock)) -> Void
  ) async throws -> (RunDirectory, RunSummary) {
    interrupts.start()
    let worker = try WorkerProcess(environment: context.environment, interrupts)
    if plan.experiment.parts != nil {
      async let description = worker.describe()
      let preparation = try preparation()
      let inputs = try await preparation.acquireInputs(recorded)
      try preparation.checkSplit(of: inputs)
      context.profile.cut("start-up: data found and checked")
      let engine = try await description
      context.profile.cut("start-up: LibTorch, after that")
      let prepared = try prepare(inputs, preparation, engine)
      keep(prepared)
      context.profile.cut("preparation")
      return (prepared.execution.run, try await prepared.execution.carryOutParts())
    }
    // The worker loads LibTorch while the data is located.
    var execution: RunExecution?
    let ending = try await worker.run { events, send in
      var events = events
      let preparation = try preparation()
      let inputs = try await preparation.acquireInputs(recorded)
      try preparation.checkSplit(of: inputs)
      context.profile.cut("start-up: data found and checked")
      let engine = try await events.engine(interrupts)
      context.profile.cut("start-up: LibTorch, after that")
      let made = try prepare(inputs, preparation, engine)
      keep(made)
      execution = made.execution
      try made.execution.begin(made.execution.run)
      context.profile.cut("preparation")
      try await made.execution.follow(events, send)
    }
    guard let execution else { throw ProgramFault("no run was prepared") }
    return (execution.run, try await execution.finish(ending))
  }

  private func preparation() throws -> RunPreparation {
    var preparation = try RunPreparation(plan, experimentPath: experimentPath, context)
    preparation.isElsewhere = places.slurm != nil
    // The runs that the weights come from may not be on this machine.
    preparation.parentLeakage = recorded?.leakage
    preparation.isInterrupted = { [interrupts] in await interrupts.wasInterruptedByNow }
    return preparation
  }

  private func prepare(
    _ inputs: RunPreparation.Inputs, _ preparation: RunPreparation, _ engine: EngineDescription
  ) throws -> (execution: RunExecution, lock: RunLock) {
    // Lock the directory before it becomes a run, so that nobody can resume it while it is being
    // prepared.
    var made: RunLock?
    let run: RunDirectory
    do {
      run = try preparation.prepare(inputs, engine) { identity in
        let run = try RunDirectory.create(
          in: runsDirectory, name: plan.experiment.name, identity: identity)
        do {
          made = try RunLock.acquire(run)
        } catch {
          run.remove()
          throw error
        }
        return run
      }
    } catch {
      made?.release()
      throw error
    }
    guard let lock = made else { throw ProgramFault("the run is not locked") }
    interrupts.isPrepared()
    preparation.announce(inputs, device: try run.readInfo().device)
    let execution = RunExecution(
      run, plan, context, interrupts, parts: places)
    return (execution, lock)
  }
}
