import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord

/// Trials of a sweep, or folds of a run, as the tasks of job arrays of a Slurm cluster. The machine that submits may leave: what was
/// submitted is in `slurm/jobs.json`, and the next call waits for it instead of submitting it again.
package final class SlurmLauncher: TrialLauncher {
  package let capacity = 10_000
  private let queue: SlurmQueue

  /// - Parameters:
  ///   - directory: of the sweep or the run.
  ///   - program: the path of `runner` on the cluster's nodes.
  ///   - atOnce: how many tasks run at the same time; nothing leaves it to Slurm.
  ///   - submitted: called with Slurm's number of an array and how many tasks it has.
  /// - Throws: ``FileError`` where what was submitted earlier cannot be read.
  package init(
    in directory: String, program: String, options: SlurmOptions, atOnce: Int?,
    patience: Duration = .seconds(3), submitted: @escaping @Sendable (Int, Int) -> Void
  ) throws {
    queue = try SlurmQueue(
      directory, program: program, options: options, atOnce: atOnce, patience: patience,
      submitted: submitted)
  }

  package func run(
    _ run: RunDirectory, untilEpoch: Int?, log: String
  ) async throws -> TrialEnding {
    let work = SlurmArray.Work(
      run: ExperimentLoader.place(run.path), untilEpoch: untilEpoch,
      log: ExperimentLoader.place(log))
    return try await queue.run(work)
  }

  package func interrupt() { Task { await queue.leave() } }
}

/// Collects work into arrays, submits them and watches for their ends.
private actor SlurmQueue {
  private let folder: String
  private let name: String
  private let program: String
  private let options: SlurmOptions
  private let atOnce: Int?
  private let patience: Duration
  private let tell: @Sendable (Int, Int) -> Void
  private let tools = SlurmTools()

  private var arrays: [SlurmArray] = []
  private var waiting: [SlurmArray.Work: CheckedContinuation<TrialEnding, any Error>] = [:]
  /// Not submitted yet.
  private var pending: [SlurmArray.Work] = []
  /// Where the work that is waited for stands.
  private var places: [SlurmArray.Work: (array: SlurmArray, index: Int)] = [:]
  /// How often a task was not in the queue although it has not said its code.
  private var absences: [SlurmArray.Work: Int] = [:]
  private var silences = 0
  private var watcher: Task<Void, Never>?
  private var lastArrival = ContinuousClock.now
  private var hasLeft = false

  init(
    _ directory: String, program: String, options: SlurmOptions, atOnce: Int?,
    patience: Duration, submitted tell: @escaping @Sendable (Int, Int) -> Void
  ) throws {
    self.tell = tell
    folder = ExperimentLoader.place("\(directory)/slurm")
    name = "runner-" + (directory.split(separator: "/").last.map(String.init) ?? "")
    self.program = program
    self.options = options
    self.atOnce = atOnce
    self.patience = patience
    let record = "\(folder)/jobs.json"
    if FileManager.default.fileExists(atPath: record) {
      arrays = try JSONText.decode(
        [SlurmArray].self, from: FileReading.bytes(of: record, limit: 1 << 28))
    }
  }

  func run(_ work: SlurmArray.Work) async throws -> TrialEnding {
    if hasLeft { return .interrupted }
    return try await withCheckedThrowingContinuation { continuation in
      waiting[work] = continuation
      pending.append(work)
      lastArrival = .now
      if watcher == nil { watcher = Task { await watch() } }
    }
  }

  /// The jobs go on; nobody here waits for them.
  func leave() {
    hasLeft = true
    for continuation in waiting.values { continuation.resume(returning: .interrupted) }
    waiting = [:]
  }

  private func watch() async {
    do {
      while !hasLeft {
        // What comes together goes together into one array.
        if !pending.isEmpty, ContinuousClock.now - lastArrival > .milliseconds(400) {
          try await submit()
        }
        if !places.isEmpty { try await look() }
        let isFresh = places.isEmpty || !pending.isEmpty
        try await Task.sleep(for: isFresh ? .milliseconds(200) : patience)
      }
    } catch {
      for continuation in waiting.values { continuation.resume(throwing: error) }
      waiting = [:]
      watcher = nil
    }
  }

  private func submit() async throws {
    // Numbers stand at the start of names of one length otherwise.
    let all = pending.sorted { ($0.run.utf8.count, $0.run) < ($1.run.utf8.count, $1.run) }
    pending = []
    var rest: [SlurmArray.Work] = []
    let there = try await tools.queue(name: name) ?? []
    for work in all {
      if let place = submitted(work, there) {
        places[work] = place
      } else {
        rest.append(work)
      }
    }
    let limit = try await tools.arrayLimit()
    var start = 0
    while start < rest.count {
      let chunk = Array(rest[start..<min(start + limit, rest.count)])
      try await submit(chunk)
      start += chunk.count
    }
  }

  /// Work of an earlier call that Slurm still has.
  private func submitted(
    _ work: SlurmArray.Work, _ there: Set<SlurmTools.TaskID>
  ) -> (array: SlurmArray, index: Int)? {
    for array in arrays.reversed() {
      guard let index = array.tasks.firstIndex(where: { $0.run == work.run }) else { continue }
      let isThere = there.contains(.init(job: array.job, index: index))
      return isThere && array.tasks[index].untilEpoch == work.untilEpoch ? (array, index) : nil
    }
    return nil
  }

  private func submit(_ tasks: [SlurmArray.Work]) async throws {
    var number = arrays.count + 1
    while FileManager.default.fileExists(atPath: "\(folder)/\(number)") { number += 1 }
    var array = SlurmArray(number: number, job: 0, tasks: tasks)
    let place = "\(folder)/\(number)"
    try array.write(to: place, program: program)
    let limit = atOnce.map { "%\($0)" } ?? ""
    array.job = try await tools.submit(
      [
        "--parsable", "--array=0-\(tasks.count - 1)\(limit)", "--job-name=\(name)", "--requeue",
        "--open-mode=append", "--signal=B:TERM@60", "--output=\(place)/%a.out",
      ] + options.arguments + ["\(place)/job.sh"])
    arrays.append(array)
    try AtomicFile.write(JSONText.encode(arrays, pretty: true), to: "\(folder)/jobs.json")
    for (index, work) in tasks.enumerated() { places[work] = (array, index) }
    tell(array.job, tasks.count)
  }

  private func look() async throws {
    let there = try await tools.queue(name: name)
    silences = there == nil ? silences + 1 : 0
    if silences > 100 {
      throw InputError(
        "Slurm's controller does not answer",
        hint: "the jobs may still run; the same command waits for them again")
    }
    for (work, place) in places {
      guard let there else { continue }
      let task = SlurmTools.TaskID(job: place.array.job, index: place.index)
      if there.contains(task) {
        // Also a task that is just being put back, whatever its last life said.
        absences[work] = nil
        continue
      }
      if let ending = SlurmArray.ending(place.index, in: "\(folder)/\(place.array.number)") {
        end(work, ending)
        continue
      }
      // Between two lives of a requeued task, and before files of other nodes are seen.
      absences[work, default: 0] += 1
      if absences[work, default: 0] >= 3 {
        let fate = try await tools.fate(of: task)
        end(work, .lost("left the queue without an end (\(fate ?? "Slurm has forgotten why"))"))
      }
    }
  }

  private func end(_ work: SlurmArray.Work, _ ending: TrialEnding) {
    places[work] = nil
    absences[work] = nil
    waiting.removeValue(forKey: work)?.resume(returning: ending)
  }
}
