import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord

/// Collects work into arrays, submits them and waits for them to end.
actor SlurmQueue {
  private let folder: RootedDirectory
  private let name: String
  private let program: String
  private let options: SlurmOptions
  private let maxConcurrent: Int?
  private let patience: Duration
  private let tell: @Sendable (Int, Int) -> Void
  private let tools: SlurmTools

  private var arrays: [SlurmArray] = []
  private var waiting: [SlurmArray.Work: CheckedContinuation<TrialEnding, any Error>] = [:]
  /// Work that has not been submitted yet.
  private var pending: [SlurmArray.Work] = []
  /// The array and task of each work item that is being waited for.
  private var places: [SlurmArray.Work: (array: SlurmArray, index: Int)] = [:]
  /// How often a task was missing from the queue without having recorded its exit code.
  private var absences: [SlurmArray.Work: Int] = [:]
  /// The number of consecutive queries that Slurm did not answer.
  private var silences = 0
  /// How often arrays with unknown job numbers have been searched for.
  private var searches = 0
  private var isSubmitting = false
  private var watcher: Task<Void, Never>?
  private var lastArrival = ContinuousClock.now
  private var hasLeft = false

  init(
    _ directory: String, program: String, options: SlurmOptions, maxConcurrent: Int?,
    patience: Duration, tools: SlurmTools, submitted tell: @escaping @Sendable (Int, Int) -> Void
  ) throws {
    self.tell = tell
    self.tools = tools
    folder = RootedDirectory(ExperimentLoader.place(directory)).directory("slurm")
    name = Self.jobName(directory)
    self.program = program
    self.options = options
    self.maxConcurrent = maxConcurrent
    self.patience = patience
    if try folder.kind(of: Self.record) != nil {
      do {
        arrays = try JSONText.decode(
          [SlurmArray].self, from: folder.bytes(of: Self.record, limit: 1 << 28))
      } catch let error as DecodingError {
        throw FileError(path: folder.file(Self.record), reason: "is damaged: \(error.place)")
      }
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

  /// Stops waiting for the jobs, which continue.
  func leave() async {
    // A submission in progress soon ends and returns the job number. A second interrupt does not
    // wait for it: the next call finds the job by its comment.
    let limit = ContinuousClock.now + (hasLeft ? .zero : .seconds(10))
    hasLeft = true
    while isSubmitting, ContinuousClock.now < limit {
      try? await Task.sleep(for: .milliseconds(20))
    }
    for continuation in waiting.values { continuation.resume(returning: .interrupted) }
    waiting = [:]
  }

  private func watch() async {
    do {
      while !hasLeft {
        // Work that arrives together is submitted as one array.
        if !pending.isEmpty, ContinuousClock.now - lastArrival > .milliseconds(400) {
          try await submit()
        }
        if !places.isEmpty { try await look() }
        let isUnsure = silences > 0 || searches > 0
        let isFresh = !isUnsure && (places.isEmpty || !pending.isEmpty)
        try await Task.sleep(for: isFresh ? .milliseconds(200) : patience)
      }
    } catch {
      for continuation in waiting.values { continuation.resume(throwing: error) }
      waiting = [:]
      watcher = nil
    }
  }

  private func submit() async throws {
    guard let there = try await heard(tools.queue(name: name)), try settle(there) else { return }
    // Directory names start with the trial number, so sorting shorter names first puts 9 before 10.
    let all = pending.sorted { ($0.run.utf8.count, $0.run) < ($1.run.utf8.count, $1.run) }
    pending = []
    var rest: [SlurmArray.Work] = []
    for work in all {
      switch try await standing(of: work, there) {
      case .place(let array, let index): places[work] = (array, index)
      case .nowhere: rest.append(work)
      case .unknown: pending.append(work)
      }
    }
    let limit = try await tools.arrayLimit()
    var before = there.jobs
    var start = 0
    while start < rest.count, !hasLeft {
      let chunk = Array(rest[start..<min(start + limit, rest.count)])
      before.insert(try await submit(chunk, after: before))
      start += chunk.count
    }
  }

  /// Counts unanswered queries. A query without an answer is repeated later, but not forever.
  private func heard<Answer>(_ answer: Answer?) throws -> Answer? {
    silences = answer == nil ? silences + 1 : 0
    if silences > 100 {
      throw InputError(
        "Slurm's controller does not respond",
        hint: "the jobs may still be running; the same command waits for them again")
    }
    return answer
  }

  /// Adopts arrays whose submission was interrupted.
  ///
  /// - Returns: `false` if a submission may still be in progress.
  private func settle(_ there: SlurmTools.Queue) throws -> Bool {
    guard arrays.contains(where: { $0.job == 0 }) else { return true }
    for index in arrays.indices where arrays[index].job == 0 {
      arrays[index].job = arrays[index].mark.flatMap { there.marks[$0] } ?? 0
    }
    searches += 1
    guard searches >= 3 || !arrays.contains(where: { $0.job == 0 }) else { return false }
    searches = 0
    // An array that was not found was never submitted, or has ended.
    arrays.removeAll { $0.job == 0 }
    try save()
    return true
  }

  private func save() throws {
    try folder.write([JSONText.encode(arrays, pretty: true)], to: Self.record)
  }

  /// The record of submissions, in the folder `slurm`.
  static let record = "jobs.json"

  /// The name of a directory's jobs.
  static func jobName(_ directory: String) -> String {
    "runner-" + (directory.split(separator: "/").last.map(String.init) ?? "")
  }

  /// The state of work that an earlier call submitted.
  private enum Standing {
    case place(SlurmArray, Int)
    case nowhere
    /// Slurm does not report it.
    case unknown
  }

  private func standing(
    of work: SlurmArray.Work, _ there: SlurmTools.Queue
  ) async throws -> Standing {
    for array in arrays.reversed() {
      guard let index = array.tasks.firstIndex(where: { $0.run == work.run }) else { continue }
      guard array.tasks[index].untilEpoch == work.untilEpoch else { return .nowhere }
      let task = SlurmTools.TaskID(job: array.job, index: index)
      if there.tasks.contains(task) { return .place(array, index) }
      if SlurmArray.ending(index, in: folder.directory("\(array.number)")) != nil {
        return Self.isDone(work) ? .place(array, index) : .nowhere
      }
      guard let fate = try await heard(tools.fate(of: task)) else { return .unknown }
      return fate.isEnd ? .nowhere : .place(array, index)
    }
    return .nowhere
  }

  /// Whether work is done whose run had not finished when it was handed over: its task may have ended since then.
  private static func isDone(_ work: SlurmArray.Work) -> Bool {
    let run = RunDirectory(path: work.run)
    if (try? run.readInfo().status) == .finished { return true }
    guard let epochs = work.untilEpoch else { return false }
    return ((try? run.readEpochs().count) ?? 0) >= epochs
  }

  /// Submits tasks as one array.
  ///
  /// - Returns: the array's job number.
  private func submit(_ tasks: [SlurmArray.Work], after earlier: Set<Int>) async throws -> Int {
    var number = arrays.count + 1
    while try folder.kind(of: "\(number)") != nil { number += 1 }
    var array = SlurmArray(number: number, tasks: tasks, mark: UUID().uuidString)
    let place = folder.directory("\(number)")
    try array.write(to: place, program: program)
    // Recorded before Slurm receives it, so that Slurm never has an array without a record.
    arrays.append(array)
    try save()
    isSubmitting = true
    defer { isSubmitting = false }
    array.job = try await tools.submit(
      array.arguments(
        in: place.path, name: name, maxConcurrent: maxConcurrent, after: earlier,
        options: options.arguments))
    arrays[arrays.count - 1] = array
    try save()
    for (index, work) in tasks.enumerated() { places[work] = (array, index) }
    tell(array.job, tasks.count)
    return array.job
  }

  private func look() async throws {
    guard let there = try await heard(tools.queue(name: name)) else { return }
    for (work, place) in places {
      let task = SlurmTools.TaskID(job: place.array.job, index: place.index)
      if there.tasks.contains(task) {
        // Also finds a task that is being requeued, whatever its earlier attempt recorded.
        absences[work] = nil
        continue
      }
      let codes = folder.directory("\(place.array.number)")
      let ending = SlurmArray.ending(place.index, in: codes)
      if let ending, ending != .interrupted {
        end(work, ending)
        continue
      }
      // Either between two attempts of a requeued task, or before files from other nodes become
      // visible.
      absences[work, default: 0] += 1
      guard ending != nil || absences[work, default: 0] >= 3 else { continue }
      guard let fate = try await heard(tools.fate(of: task)) else { continue }
      if fate.isEnd {
        // It may have ended between the two queries.
        let last = SlurmArray.ending(place.index, in: codes)
        end(work, last ?? .lost("left the queue without a result (\(fate))"))
      } else {
        // The job was renamed, or it is being requeued at this moment.
        absences[work] = nil
      }
    }
  }

  private func end(_ work: SlurmArray.Work, _ ending: TrialEnding) {
    places[work] = nil
    absences[work] = nil
    waiting.removeValue(forKey: work)?.resume(returning: ending)
  }
}
