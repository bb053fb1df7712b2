import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Glibc
import Orchestration
import Reporting
import Signals
import Synchronization
import Testing

/// How commands end: errors, and signals.
@Suite struct EndingTests {
  private struct Unforeseen: Error {}

  @Test func everyKindOfErrorHasItsStatus() throws {
    func status(_ error: any Error) -> Int32? { CommandFailure(error)?.status }
    #expect(status(InputError("wrong")) == 2)
    #expect(status(FileError(path: "x", reason: "is gone")) == 2)
    #expect(status(ProgramFault("contradiction")) == 70)
    #expect(status(WorkerKilled("the worker was killed", hint: "again")) == 75)
    // Somebody else's: the program decides.
    #expect(status(Unforeseen()) == nil)
    #expect(status(QuietExit(1)) == nil)
    #expect(CommandFailure(bug: Unforeseen()).status == 70)
    #expect(CommandFailure(wrongUsage: "what?").status == 64)
  }

  @Test func aScriptGetsOneLineOfJSON() throws {
    let console = Workplace.Console()
    let terminal = Terminal(environment: [:], isTerminal: false, sink: { console.write($0) })
    let failure = try #require(CommandFailure(FileError(path: "a/b", reason: "is gone")))
    failure.report(on: terminal, asJSON: true)
    #expect(console.text.hasSuffix("}\n") && console.text.count { $0 == "\n" } == 1)
    guard
      case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(console.text.utf8)),
      case .array(let errors)? = object["errors"], case .object(let error)? = errors.first
    else { throw ProgramFault(console.text) }
    #expect(object["exit_code"] == .integer(2))
    #expect(error["file"] == .string("a/b") && error["line"] == .null)
  }

  @Test func aPersonGetsTheErrorsAndTheirNumber() throws {
    let console = Workplace.Console()
    let terminal = Terminal(environment: [:], isTerminal: false, sink: { console.write($0) })
    let problems = ["one", "another"].map { Diagnostic(.error, $0, at: nil) }
    CommandFailure(InputError(problems))?.report(on: terminal, asJSON: false)
    #expect(console.text.contains("one") && console.text.contains("another"))
    #expect(console.text.hasSuffix("2 errors\n"))
  }

  // MARK: Signals

  /// What handlers are told.
  private final class Calls: Sendable {
    private let list = Mutex<[Bool]>([])
    var all: [Bool] { list.withLock { $0 } }
    func add(_ isFirst: Bool) { list.withLock { $0.append(isFirst) } }
  }

  @Test func handlersHearOfEverySignalAndWhetherItIsTheFirst() {
    let (interrupts, calls) = (Interrupts(.none, watching: []), Calls())
    let token = interrupts.add { calls.add($0) }
    #expect(!interrupts.wasInterrupted)
    interrupts.arrived(SIGINT)
    interrupts.arrived(SIGINT)
    #expect(calls.all == [true, false])
    #expect(interrupts.wasInterrupted)
    // One that comes late is told at once.
    let late = Calls()
    interrupts.add { late.add($0) }
    #expect(late.all == [true])
    interrupts.remove(token)
    interrupts.arrived(SIGINT)
    #expect(calls.all == [true, false] && late.all == [true, false])
  }

  /// A cluster tells every process of a job, and the job's script tells the program once more.
  @Test func aTerminationThatComesTwiceIsOneWishOfARun() throws {
    let (interrupts, calls) = (Interrupts(.endsProgram, watching: []), Calls())
    interrupts.isPrepared()
    interrupts.add { calls.add($0) }
    interrupts.arrived(SIGINT)
    interrupts.arrived(SIGTERM)
    // A third signal would end the program.
    try #require(calls.all == [true])
    // A person's second Ctrl-C is another one.
    interrupts.arrived(SIGINT)
    #expect(calls.all == [true, false])
  }
}
