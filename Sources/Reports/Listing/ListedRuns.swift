import ExperimentConfig
import Files
import RunRecord

/// One run of a listing, with everything that it can be filtered by.
package struct ListedRun: Sendable {
  package var entry: RunCatalog.Entry
  package var annotations = RunAnnotations()
  /// The places of its configuration's values in ``ListedRuns/leaves``.
  package var leaves: [UInt32] = []
  /// The size of its directory in bytes; `nil` until it is measured.
  package var bytes: Int?

  init(_ entry: RunCatalog.Entry) { self.entry = entry }
}

/// The runs of a listing. Values of their configurations that are equal are stored once.
package struct ListedRuns: Sendable {
  /// Newest first, unless sorted otherwise.
  package var runs: [ListedRun] = []
  /// All paths of configurations.
  package private(set) var paths: [String] = []
  /// All values of configurations: a place in ``paths``, and a text.
  package private(set) var leaves: [(path: UInt32, text: String)] = []
  private var pathPlaces: [String: UInt32] = [:]
  private var leafPlaces: [ConfigurationLeaf: UInt32] = [:]

  init() {}

  /// The trials of a sweep, or any other runs.
  package init(_ entries: [RunCatalog.Entry]) {
    for entry in entries { runs.append(read(entry)) }
  }

  /// The runs and sweeps in a folder, newest first. Those that no process can change any more are read from
  /// the folder's index, if it has one.
  ///
  /// - Throws: ``FileError`` if the folder cannot be listed.
  package init(in folder: String) throws(FileError) {
    var named: [(name: String, isRun: Bool)] = []
    for name in try RunCatalog.folders(in: folder) {
      let path = "\(folder)/\(name)"
      if RunCatalog.isRun(path) {
        named.append((name, true))
      } else if SweepCatalog.isSweep(path) {
        named.append((name, false))
      }
    }
    var index = named.count >= RunIndex.fewest ? RunIndex(in: folder) : nil
    let known = index?.take(into: &self) ?? [:]
    var isIndexed = known.count
    var places: [String: RunSignature] = [:]
    for (name, isRun) in named {
      let path = "\(folder)/\(name)"
      guard isRun else {
        var sweep = ListedRun(SweepCatalog.entry(name: name, path: path))
        sweep.annotations = Self.annotations(RootedDirectory(path))
        runs.append(sweep)
        continue
      }
      guard index != nil else {
        runs.append(read(RunCatalog.entry(name: name, path: path)))
        continue
      }
      // The signature is taken first: what changes while the run is read differs from it.
      let signature = RunSignature(of: path)
      if let (run, old) = known[name], old == signature {
        runs.append(run)
        places[name] = signature
        continue
      }
      let run = read(RunCatalog.entry(name: name, path: path))
      runs.append(run)
      if RunIndex.keeps(run.entry) {
        places[name] = signature
        isIndexed = -1
      }
    }
    index?.update(with: self, places, isChanged: isIndexed != places.count)
    sortByTime()
  }

  /// A run that was just read from its directory.
  private mutating func read(_ entry: RunCatalog.Entry) -> ListedRun {
    var run = ListedRun(entry)
    let directory = RunDirectory(path: entry.path)
    run.annotations = Self.annotations(directory.folder)
    run.leaves = ConfigurationLeaf.all(of: directory).map { intern($0) }
    return run
  }

  /// Damaged annotations do not keep a run from being listed; `runner show` reports them.
  private static func annotations(_ folder: RootedDirectory) -> RunAnnotations {
    (try? RunAnnotations.read(in: folder)) ?? RunAnnotations()
  }

  mutating func intern(_ leaf: ConfigurationLeaf) -> UInt32 {
    if let place = leafPlaces[leaf] { return place }
    let path: UInt32
    if let known = pathPlaces[leaf.path] {
      path = known
    } else {
      path = UInt32(paths.count)
      pathPlaces[leaf.path] = path
      paths.append(leaf.path)
    }
    let place = UInt32(leaves.count)
    leafPlaces[leaf] = place
    leaves.append((path, leaf.text))
    return place
  }

  private mutating func sortByTime() {
    // The time in the name, as in the catalogue: a directory that was renamed has only its record.
    let keyed = runs.map { run in
      (
        time: RunName(run.entry.name).time ?? RunCatalog.compact(run.entry.started ?? ""), run: run
      )
    }
    runs = keyed.sorted { ($0.time, $0.run.entry.name) > ($1.time, $1.run.entry.name) }.map(\.run)
  }

  /// Measures the directories of all runs, without the frozen weights that they share.
  package mutating func measure() {
    for place in runs.indices where runs[place].bytes == nil {
      // What cannot be listed has no size; opening one of its files reports why.
      runs[place].bytes = try? RootedDirectory(runs[place].entry.path)
        .usedBytes(counting: { !SharedWeights.isShared($0, links: $1) })
    }
  }
}
