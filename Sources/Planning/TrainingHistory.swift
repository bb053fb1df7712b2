import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import RunRecord
import Tasks

/// The examples that given weights were trained on, according to the records of runs: the run that
/// wrote them, the run from which that one started, and so on.
package struct TrainingHistory: Sendable {
  /// The run directories, most recent first.
  package private(set) var runs: [String] = []
  /// What the records do not tell; `nil` if they are complete.
  package private(set) var unknown: String?
  /// The SHA-256 hashes of the image files that appear in the data of any of the runs.
  private var known: Set<String> = []
  /// Indices of examples, by the SHA-256 hash of their image file.
  private var seen: [String: Set<Int>] = [:]
  /// The SHA-256 hashes of the relevant image files.
  private let images: Set<String>
  /// Targets that were already read, by the SHA-256 hash of their file.
  private let targets: [String: Targets]

  /// Chains with more runs are not followed further.
  private static let longest = 100

  /// - Parameters:
  ///   - path: the path of a weights file.
  ///   - images: the image files to look for.
  ///   - targets: targets that were already read, by the SHA-256 hash of their file.
  /// - Returns: `nil` if the file is not in a run directory, so its training data is not recorded.
  package init?(
    ofWeights path: String, among images: [DataFile], targets: [String: Targets] = [:]
  ) {
    self.images = Set(images.map(\.sha256))
    self.targets = targets
    guard let run = RecordedWeights.run(of: path) else { return nil }
    follow(run, weights: path)
  }

  /// The number of the given examples of an image file that were trained on.
  package func overlap(_ images: DataFile, _ indices: some Sequence<Int>) -> Int {
    guard let seen = seen[images.sha256] else { return 0 }
    return indices.count { seen.contains($0) }
  }

  /// Whether it is known which examples of a file were trained on. Data sets of the same name may
  /// differ.
  package func knows(_ images: DataFile) -> Bool { known.contains(images.sha256) }

  /// Merges in the training data of other weights.
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
        unknown = "'\(run.path)' and the runs before it were not checked"
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

  /// Throws if the weights are not those that the run recorded.
  private static func check(_ path: String, of run: RunDirectory) throws {
    guard RunCatalog.isFile(path) else { return }
    let recorded = try RecordedWeights.hash(of: path, in: run)
    if let recorded, try Digest.hex(ofFile: path) != recorded {
      throw Unknown(reason: "'\(path)' does not match what its run wrote")
    }
  }

  /// The weights from which the run started, and their run; `nil` if they were random or published.
  private static func origin(
    of info: RunInfo, _ run: RunDirectory
  ) throws -> (run: RunDirectory, weights: String)? {
    guard let path = info.weights?.path else { return nil }
    if let earlier = RecordedWeights.run(of: path) { return (earlier, path) }
    // Published weights are in the cache under their name; anything else is a user's file.
    let isRun = path.split(separator: "/").dropLast().last == "weights"
    if isRun || info.weights?.source == path {
      throw Unknown(
        reason: "'\(run.path)' started from '\(path)', which no record describes any more")
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
    guard let images = data.inputs(.train)?.sha256 else {
      throw Unknown(reason: "run.json of '\(run.path)' names no training examples")
    }
    let own = self.images.intersection(info.dataset.files.map(\.sha256))
    known.formUnion(own)
    if own.count < self.images.count {
      unknown =
        unknown ?? "'\(run.path)' trained on different data, which was not compared with this data"
    }
    // For example, a run did not train on its test set.
    guard self.images.contains(images) else { return }
    seen[images, default: []].formUnion(try trained(info, run, data))
  }

  /// The examples that a run trained on. The held-out examples it recorded take precedence over
  /// those that its settings yield now, since a file of groups may have changed.
  private func trained(
    _ info: RunInfo, _ run: RunDirectory, _ dataset: AcquiredDataset
  ) throws -> Set<Int> {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: run, processors: 1, needsWeights: false,
      diagnostics: diagnostics)
    func unknown(_ reason: String) -> Unknown {
      Unknown(
        reason: "it is no longer known which examples '\(run.path)' trained on: \(reason)")
    }
    guard let plan else { throw unknown("its resolved.yaml cannot be read") }
    let columns: SplitColumns
    do {
      let known = dataset.file(.train, .targets).flatMap { self.targets[$0.sha256] }
      columns =
        if let known, plan.splitsByTargets {
          try plan.splitColumns(of: known)
        } else {
          try plan.splitColumns(of: plan.open(.train, of: dataset))
        }
    } catch {
      throw unknown("its data cannot be found (\(error))")
    }
    let data = plan.experiment.data
    let recorded = (try? run.readPredictions())?["validation"].map { Set($0.indices) }
    let part = try? plan.allocation(of: columns)
      .part(data.split.folds == nil ? 1 : info.fold ?? 1)
    if let part, recorded.map({ $0 == Set(part.validation) }) ?? true { return Set(part.train) }
    guard let recorded else {
      throw Unknown(reason: "it is no longer known which examples '\(run.path)' trained on")
    }
    guard data.classLimit == nil else {
      throw unknown("its split has changed")
    }
    let count = min(columns.count, data.trainLimit ?? columns.count)
    return Set(0..<count).subtracting(recorded)
  }
}
