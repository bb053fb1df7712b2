import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import RunRecord
import Tasks

/// The examples that some weights have been trained on, according to the records of runs: by the run that
/// wrote them, by the run that this one started from, and so on.
package struct TrainingHistory: Sendable {
  /// The run directories, most recent first.
  package private(set) var runs: [String] = []
  /// What the records do not say; `nil` if they say everything.
  package private(set) var unknown: String?
  /// The files that the data of any of the runs have, by their SHA-256.
  private var known: Set<String> = []
  /// Positions of examples, by the SHA-256 of the file of images that they lie in.
  private var seen: [String: Set<Int>] = [:]
  /// The files of images that matter, by their SHA-256.
  private let images: Set<String>
  /// Labels that need not be read again, by the SHA-256 of their file.
  private let targets: [String: Targets]

  /// Longer chains of runs are not followed.
  private static let longest = 100

  /// - Parameters:
  ///   - path: of a state dict.
  ///   - images: the files whose examples are asked about.
  ///   - targets: known ones, by the SHA-256 of their file.
  /// - Returns: `nil` if the file is not in the directory of a run: then its training data is not recorded.
  package init?(
    ofWeights path: String, among images: [DataFile], targets: [String: Targets] = [:]
  ) {
    self.images = Set(images.map(\.sha256))
    self.targets = targets
    guard let run = RecordedWeights.run(of: path) else { return nil }
    follow(run, weights: path)
  }

  /// The number of examples of an image file that were trained on.
  package func overlap(_ images: DataFile, _ indices: some Sequence<Int>) -> Int {
    guard let seen = seen[images.sha256] else { return 0 }
    return indices.count { seen.contains($0) }
  }

  /// Whether it is known which examples of a file were trained on: data of the same name may differ.
  package func knows(_ images: DataFile) -> Bool { known.contains(images.sha256) }

  /// Adds the training data of other weights.
  package mutating func merge(_ other: TrainingHistory) {
    runs += other.runs.filter { !runs.contains($0) }
    unknown = unknown ?? other.unknown
    known.formUnion(other.known)
    seen.merge(other.seen) { $0.union($1) }
  }

  // MARK: Following the records

  private mutating func follow(_ first: RunDirectory, weights path: String) {
    var next: (run: RunDirectory, weights: String)? = (first, path)
    while let (run, weights) = next, !runs.contains(run.path) {
      guard runs.count < Self.longest else {
        unknown = "'\(run.path)' and the runs before it were not looked at"
        return
      }
      runs.append(run.path)
      do {
        try Self.check(weights, of: run)
        let info = try run.readInfo()
        try add(info, of: run)
        next = try Self.origin(of: info, run)
      } catch {
        let reason = (error as? Unknown)?.reason ?? "the record of '\(run.path)' cannot be read"
        unknown = unknown ?? reason
        return
      }
    }
  }

  private struct Unknown: Error {
    var reason: String
  }

  /// Rejects weights that are not those of the record.
  private static func check(_ path: String, of run: RunDirectory) throws {
    guard RunCatalog.isFile(path) else { return }
    let recorded = try RecordedWeights.hash(of: path, in: run)
    if let recorded, try Digest.hex(ofFile: path) != recorded {
      throw Unknown(reason: "'\(path)' is not what its run wrote")
    }
  }

  /// The run's own initial weights; `nil` if they were random or published ones.
  private static func origin(
    of info: RunInfo, _ run: RunDirectory
  ) throws -> (run: RunDirectory, weights: String)? {
    guard let path = info.weights?.path else { return nil }
    if let earlier = RecordedWeights.run(of: path) { return (earlier, path) }
    // Published weights are in the cache under their name; anything else is a user's file.
    let isRun = path.split(separator: "/").dropLast().last == "weights"
    if isRun || info.weights?.source == path {
      throw Unknown(
        reason: "'\(run.path)' began with '\(path)', which no record describes any more")
    }
    return nil
  }

  private mutating func add(_ info: RunInfo, of run: RunDirectory) throws {
    let data: AcquiredDataset
    do {
      data = try AcquiredDataset(info.dataset, in: run)
    } catch {
      throw Unknown(reason: "run.json of '\(run.path)' does not name its data (\(error.reason))")
    }
    guard let images = data.file(.train, .inputs)?.sha256 else {
      throw Unknown(reason: "run.json of '\(run.path)' names no training examples")
    }
    let own = self.images.intersection(info.dataset.files.map(\.sha256))
    known.formUnion(own)
    if own.count < self.images.count {
      unknown =
        unknown ?? "'\(run.path)' trained on other data, which were not compared with these"
    }
    // It did not train on its test set, for example.
    guard self.images.contains(images) else { return }
    seen[images, default: []].formUnion(try trained(info, run, data))
  }

  /// The examples that a run trained on. What it recorded as held out takes precedence over what its settings
  /// yield today: a file of groups may have changed since.
  private func trained(
    _ info: RunInfo, _ run: RunDirectory, _ dataset: AcquiredDataset
  ) throws -> Set<Int> {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: run, processors: 1, needsWeights: false,
      diagnostics: diagnostics)
    func unknown(_ reason: String) -> Unknown {
      Unknown(
        reason: "which examples '\(run.path)' trained on cannot be told any more: \(reason)")
    }
    guard let plan else { throw unknown("its resolved.yaml cannot be read") }
    let targets: Targets
    do {
      let known = dataset.file(.train, .targets).flatMap { self.targets[$0.sha256] }
      targets = try known ?? plan.open(.train, of: dataset).targets
    } catch {
      throw unknown("its data are not there (\(error))")
    }
    let data = plan.experiment.data
    let recorded = (try? run.readPredictions())?["validation"].map { Set($0.indices) }
    let part = try? plan.allocation(of: targets)
      .part(data.split.folds == nil ? 1 : info.fold ?? 1)
    if let part, recorded.map({ $0 == Set(part.validation) }) ?? true { return Set(part.train) }
    guard let recorded else {
      throw Unknown(reason: "which examples '\(run.path)' trained on cannot be told any more")
    }
    let count = min(targets.count, data.trainLimit ?? targets.count)
    return Set(0..<count).subtracting(recorded)
  }
}
