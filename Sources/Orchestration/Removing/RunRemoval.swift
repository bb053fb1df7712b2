import Diagnostics
import ExperimentConfig
import RunRecord
import Sweeping

/// Moves runs and sweeps to the trash, and locks them until then.
package final class RunRemoval {
  package struct Move: Equatable {
    package let from: String
    package let to: String
  }

  private let targets: [RunReference.Target]
  private var locks: [AnyObject] = []
  /// The runs and sweeps moved so far.
  package private(set) var moved: [Move] = []

  package var paths: [String] { targets.map(\.path) }

  /// Finds and locks the targets.
  ///
  /// - Parameter names: the names of runs or sweeps, as given by the user.
  /// - Throws: ``InputError`` if one of them cannot be removed.
  package init(_ names: [String], in runsDirectory: String) async throws {
    targets = try Self.resolve(names, runsDirectory)
    try Self.refuseNeeded(targets, runsDirectory)
    for target in targets { try await Self.refuseQueued(target) }
    do {
      for target in targets { locks.append(try Self.lock(target)) }
    } catch {
      release()
      throw error
    }
  }

  deinit { release() }

  private func release() {
    for case let lock as RunLock in locks { lock.release() }
    locks = []
  }

  /// Moves everything to the trash.
  ///
  /// - Throws: ``FileError``; runs that were already moved stay in the trash.
  package func move() throws {
    for target in targets {
      moved.append(Move(from: target.path, to: try RunTrash.move(target.path)))
    }
  }

  /// All named targets, without duplicates.
  private static func resolve(
    _ names: [String], _ runsDirectory: String
  ) throws -> [RunReference.Target] {
    var seen: Set<String> = []
    return try names.map { text in
      let target = try RunReference.resolveUnique(text, in: runsDirectory)
      guard case .run(let run) = target else { return target }
      switch RunReference.container(of: run) {
      case .run(let whole):
        throw InputError(
          "'\(run.path)' is a part of the run '\(whole)'", hint: "remove the whole run")
      case .sweep(let sweep):
        throw InputError(
          "'\(run.path)' is a trial of the sweep '\(sweep)'", hint: "remove the whole sweep")
      case nil: return target
      }
    }.filter { seen.insert(PathResolution.absolute($0.path)).inserted }
  }

  /// Refuses to remove a run that another run needs to be resumed or reproduced.
  private static func refuseNeeded(
    _ targets: [RunReference.Target], _ runsDirectory: String
  ) throws {
    guard RunCatalog.isFolder(runsDirectory) else { return }
    let paths = targets.map(\.path)
    if let dependent = try RunDependents(in: runsDirectory).first(on: paths) {
      let need =
        switch dependent.as {
        case .weights: "started from the weights of"
        case .parent: "continues"
        case .teacher: "was taught by"
        case .file: "reads a file of"
        }
      throw InputError(
        "'\(dependent.run)' \(need) '\(dependent.needs)'", hint: "remove both, or neither")
    }
  }

  /// Refuses to remove a directory that queued jobs still need.
  private static func refuseQueued(_ target: RunReference.Target) async throws {
    let jobs = try await SlurmJobs.active(in: target.path).map(String.init)
    if jobs.isEmpty { return }
    throw InputError(
      "jobs of '\(target.path)' are queued or running on the cluster: "
        + jobs.joined(separator: ", "),
      hint: "scancel \(jobs.joined(separator: " "))")
  }

  /// Locks a run or sweep so that no other process works on it while it is moved.
  private static func lock(_ target: RunReference.Target) throws -> AnyObject {
    switch target {
    case .run(let run):
      let held: RunLock
      do {
        held = try RunLock.acquire(run)
      } catch let error as InputError {
        throw InputError(error.diagnostics.first?.message ?? "'\(run.path)' is locked")
      }
      // The run's own lock is held by this process; check those of its workers and parts.
      if let lock = try RunActivity.heldLock(ofRun: run, besidesOwn: true) {
        held.release()
        throw InputError("a process is working on '\(run.path)' (\(lock))")
      }
      return held
    case .sweep(let path):
      if let lock = try RunActivity.heldLock(ofSweep: path) {
        throw InputError("a process is working on '\(path)' (\(lock))")
      }
      return try SweepLock(SweepDirectory(path: path))
    }
  }
}
