import Datasets
import Diagnostics
import ExampleStore
import ExperimentConfig
import FeatureCache
import Files
import FoundationEssentials
import Glibc
import RunRecord

/// Finds and frees what is safe to free. Whatever a process works on, and whatever another run needs, is not
/// found. Before anything but the trash is freed, it is checked again under its lock.
package struct GarbageCollection: Sendable {
  /// Files younger than this may belong to a program that still writes them, in seconds.
  static let grace = 3600

  private let runsDirectory: String
  private let environment: [String: String]
  /// How long an entry of a cache must not have been used, in seconds.
  private let cacheAge: Int
  private let now: Int

  /// - Parameter now: the time, in seconds since 1970.
  package init(
    in runsDirectory: String, cacheAge: Int,
    environment: [String: String] = ProcessInfo.processInfo.environment, now: Int = UTCTime.now()
  ) {
    self.runsDirectory = runsDirectory
    self.cacheAge = cacheAge
    self.environment = environment
    self.now = now
  }

  // MARK: Finding

  /// Everything that can be freed, by kind and path.
  ///
  /// - Throws: ``FileError`` if a folder cannot be listed.
  package func find() throws -> [Garbage] {
    var found: [Garbage] = []
    if RunCatalog.isFolder(runsDirectory) {
      let trash = try trash()
      found += try trash + weights(besides: trash)
      for name in try RunCatalog.folders(in: runsDirectory).sorted() {
        let path = "\(runsDirectory)/\(name)"
        if RunCatalog.isRun(path) {
          found += try leftovers(in: RunDirectory(path: path))
        } else if SweepCatalog.isSweep(path) {
          let trials = RootedDirectory(path).directory("trials")
          guard RootedDirectory(path).isFolder("trials") else { continue }
          for trial in try trials.names() where RunCatalog.isRun(trials.file(trial)) {
            found += try leftovers(in: RunDirectory(trials.directory(trial)))
          }
        } else if try isAbandonedStart(name) {
          found.append(
            Garbage(kind: .start, path: path, bytes: try RootedDirectory(path).freedBytes()))
        }
      }
    }
    found += try features() + images()
    let order = Garbage.Kind.allCases
    return found.enumerated().sorted { left, right in
      let a = (order.firstIndex(of: left.element.kind) ?? 0, left.offset)
      return a < (order.firstIndex(of: right.element.kind) ?? 0, right.offset)
    }.map(\.element)
  }

  /// Removed runs, except those that another run has come to need since.
  private func trash() throws -> [Garbage] {
    let names = try RunTrash.names(in: runsDirectory)
    if names.isEmpty { return [] }
    let dependents = try RunDependents(in: runsDirectory)
    return try names.compactMap { name in
      let path = "\(runsDirectory)/\(RunTrash.folder)/\(name)"
      if dependents.first(on: [path]) != nil { return nil }
      let bytes =
        RunCatalog.isFolder(path) ? try RootedDirectory(path).freedBytes() : size(of: path) ?? 0
      return Garbage(kind: .trash, path: path, bytes: bytes)
    }
  }

  /// Stored frozen weights that no run has any more, once what is found in the trash is deleted.
  private func weights(besides trash: [Garbage]) throws -> [Garbage] {
    let gone = trash.map(\.path).filter(RunCatalog.isFolder).map { RootedDirectory($0) }
    return try SharedWeights.unused(in: runsDirectory, besides: gone).map {
      Garbage(kind: .weights, path: $0.path, bytes: $0.bytes)
    }
  }

  /// What a killed program left in a run that no process works on.
  private func leftovers(in run: RunDirectory) throws -> [Garbage] {
    if try RunActivity.heldLock(ofRun: run) != nil { return [] }
    var found: [Garbage] = []
    let folders = staleCheckpoints(of: run)
    if !folders.isEmpty {
      let bytes = try folders.reduce(0) { try $0 + run.folder.directory($1).freedBytes() }
      found.append(Garbage(kind: .checkpoints, path: run.path, bytes: bytes, names: folders))
    }
    let files = try temporaries(in: run).filter { name in
      !folders.contains { name.hasPrefix($0 + "/") }
    }
    if !files.isEmpty {
      let bytes = try files.reduce(0) { try $0 + (run.folder.size(of: $1) ?? 0) }
      found.append(Garbage(kind: .temporary, path: run.path, bytes: bytes, names: files))
    }
    return found
  }

  /// The folders of checkpoints of a finished run: its end removes them, and `runner resume RUN epochs=N` begins
  /// with its final state instead.
  private func staleCheckpoints(of run: RunDirectory) -> [String] {
    guard let info = try? run.readInfo(), info.status == .finished, run.isFile(Manifest.name)
    else { return [] }
    return (["checkpoints"] + RunParts.all(of: run).map { "\($0.name)/checkpoints" })
      .filter { run.isFolder($0) }
  }

  private func temporaries(in run: RunDirectory) throws(FileError) -> [String] {
    try run.folder.files().filter { name in
      guard let last = name.split(separator: "/").last else { return false }
      return AtomicFile.isTemporary(String(last)) && isOld(run.file(name))
    }
  }

  /// Whether a folder was made for a run that was killed before it had a record.
  private func isAbandonedStart(_ name: String) throws -> Bool {
    let path = "\(runsDirectory)/\(name)"
    guard RunDirectory.shortIdentity(inName: name) != nil, isOld(path) else { return false }
    let folder = RootedDirectory(path)
    let known = [
      "experiment.yaml", "resolved.yaml", "source.patch", "modules", ".lock", "data.json",
    ]
    let isOwn = try folder.names().allSatisfy { known.contains($0) || AtomicFile.isTemporary($0) }
    return try isOwn && RunActivity.heldLock(ofRun: RunDirectory(path: path)) == nil
  }

  private func isOld(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && now - status.st_mtim.tv_sec >= Self.grace
  }

  private func size(of path: String) -> Int? {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  // MARK: Caches

  private var cache: String? {
    DataEnvironment(variables: environment, workingDirectory: PathResolution.workingDirectory)
      .cacheFolder
  }

  private func features() throws -> [Garbage] {
    if cache == nil { return [] }
    let store = try UserFeatures(environment: environment)
    return try store.entries().filter { !$0.isInUse && now - $0.lastUsed >= cacheAge }.map {
      Garbage(kind: .features, path: "\(store.folder)/\($0.key)", bytes: $0.bytes, names: [$0.key])
    }
  }

  private func images() throws -> [Garbage] {
    guard let store = try imageStore() else { return [] }
    return try store.files.scan().filter { now - $0.used.seconds >= cacheAge }.map {
      Garbage(kind: .images, path: "\(store.folder)/\($0.name)", bytes: $0.bytes, names: [$0.name])
    }
  }

  private func imageStore() throws -> PackStore? {
    try cache.map { PackStore(folder: $0 + "/images", limit: try CacheLimit.bytes(environment)) }
  }

  // MARK: Freeing

  /// Frees one finding.
  ///
  /// - Returns: whether it was freed; `false` if a process has begun to use it.
  /// - Throws: ``FileError``; what was already removed stays removed.
  package func free(_ garbage: Garbage) throws -> Bool {
    switch garbage.kind {
    case .trash:
      let name = garbage.path.split(separator: "/").last.map(String.init) ?? ""
      try RootedDirectory("\(runsDirectory)/\(RunTrash.folder)").remove(name)
      return true
    case .weights:
      let name = garbage.path.split(separator: "/").last.map(String.init) ?? ""
      return try SharedWeights.remove(name, in: runsDirectory)
    case .start:
      let name = garbage.path.split(separator: "/").last.map(String.init) ?? ""
      guard try isAbandonedStart(name) else { return false }
      // Renamed first, so that nothing but the trash is ever half removed.
      let moved = try RunTrash.move(garbage.path)
      let last = moved.split(separator: "/").last.map(String.init) ?? ""
      try RootedDirectory("\(runsDirectory)/\(RunTrash.folder)").remove(last)
      return true
    case .checkpoints, .temporary:
      let run = RunDirectory(path: garbage.path)
      let lock: RunLock
      do {
        lock = try RunLock.acquire(run)
      } catch is InputError {
        // Somebody works on it.
        return false
      }
      defer { lock.release() }
      if try RunActivity.heldLock(ofRun: run, besidesOwn: true) != nil { return false }
      let names = garbage.kind == .checkpoints ? staleCheckpoints(of: run) : garbage.names
      for name in names {
        if garbage.kind == .temporary, !isOld(run.file(name)) { continue }
        try run.folder.remove(name)
      }
      return true
    case .features:
      let cleared = try UserFeatures(environment: environment)
        .clear(keys: garbage.names, unusedForSeconds: cacheAge)
      return !cleared.removed.isEmpty
    case .images:
      guard let store = try imageStore(),
        let entry = try store.files.scan().first(where: { $0.name == garbage.names.first }),
        let lock = try LockedFile(store.folder + "/.lock", .readWrite)
      else { return false }
      try lock.lock(.exclusive)
      defer { withExtendedLifetime(lock) {} }
      return try store.files.removeIfIdle(entry)
    }
  }
}
