import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import Planning
import RunRecord
import TaskRegistry
import Tasks

/// The readable contents of a run directory. Missing or damaged files are listed in ``problems``,
/// and their values are left empty.
package struct RunEvidence: Sendable {
  package let run: RunDirectory
  /// The contents of `run.json`; null if missing.
  package private(set) var info: JSONValue = .null
  /// The contents of `summary.json`; null if missing.
  package private(set) var summary: JSONValue = .null
  package private(set) var epochs: [EpochRecord] = []
  package private(set) var timings: [EpochTiming] = []
  /// By split: `validation` or `test`.
  package private(set) var predictions: [String: Predictions] = [:]
  /// Files that the task's report reads besides predictions, by name.
  private var taskFiles: [String: [UInt8]] = [:]
  /// What the data set contains; `nil` in directories of format 1.
  package private(set) var data: DataRecord?
  /// The task of the run with its fitted state; `nil` if it fitted nothing.
  private var fittedTask: (any Task)?
  package private(set) var configuration: ResolvedText?
  /// Why ``status`` differs from `run.json`, or how certain it is.
  package private(set) var statusNote: String?
  /// The unit activity of each training.
  package private(set) var activity: [PartActivity] = []
  /// What explains the answers of each training; empty if the experiment asks for none.
  package private(set) var explanations: [PartExplanations] = []
  /// The map of examples of the first training that has one; `nil` if there is none.
  private(set) var examples: MappedExamples?
  /// Why training ended, one value per training.
  package private(set) var ends: [TrainingEnd] = []
  /// Problems that a reader of the page must know about.
  package private(set) var problems: [String] = []
  /// Files edited since the run finished, whose hashes no longer match `MANIFEST.sha256`. Each is
  /// in ``problems`` as well.
  package private(set) var edits: [String] = []
  /// The hashes in a finished run's manifest, by path.
  private var hashes: [String: String] = [:]

  /// The `activity.json` of a training.
  package struct PartActivity: Sendable {
    /// `fold-2` or `seed-43`; `nil` for a run with a single training.
    package var name: String?
    package var activity: UnitActivity

    package init(name: String?, activity: UnitActivity) {
      self.name = name
      self.activity = activity
    }
  }

  /// The explanations of a training.
  package struct PartExplanations: Sendable {
    /// A picture with its map, as a `data:` address.
    struct Picture: Sendable {
      var facts: RunExplanations.Picture
      var address: String
    }

    /// `fold-2` or `seed-43`; `nil` for a run with a single training.
    package var name: String?
    package var record: RunExplanations
    var pictures: [Picture] = []
  }

  /// A map of examples with its pictures.
  struct MappedExamples: Sendable {
    /// `fold-2` or `seed-43`; `nil` for a run with a single training.
    var name: String?
    var map: ExampleMap
    /// The `data:` address of its pictures; `nil` if it has none.
    var pictures: String?
  }

  /// Larger files would make the page slow; they are listed as problems instead of being read.
  private static let limit = 1 << 28

  /// - Parameter predictions: those of earlier evidence of the run; `nil` to read them.
  package init(reading run: RunDirectory, predictions: [String: Predictions]? = nil) {
    self.run = run
    info = json("run.json")
    setStatus()
    // A missing or damaged manifest is reported with the list of files.
    if isFinished { hashes = (try? Manifest.hashes(of: run)) ?? [:] }
    summary = json("summary.json", whyMissing: isFinished ? nil : "the run has not finished")
    epochs = lines("metrics.jsonl", as: EpochRecord.self)
    timings = lines("timings.jsonl", as: EpochTiming.self)
    if let predictions {
      self.predictions = predictions
    } else if let bytes = bytes("predictions.csv") {
      do throws(FileError) {
        self.predictions = try PredictionsFile.parse(bytes, path: "predictions.csv")
      } catch {
        problems.append("\(error)")
      }
    }
    if run.isFile(DataRecord.name), let bytes = bytes(DataRecord.name) {
      do {
        data = try JSONText.decode(DataRecord.self, from: bytes)
      } catch {
        problems.append("\(DataRecord.name): is not in the expected format")
      }
    }
    readFitted()
    readTaskFiles()
    configuration = bytes("resolved.yaml").map { ResolvedText(String(decoding: $0, as: UTF8.self)) }
    if configuration != nil, let edit = RunVerification.summary(run) { problems.append(edit) }
    readActivity()
    readExplanations()
    readMap()
    readEnds()
  }

  private mutating func readTaskFiles() {
    for input in type(of: task).reportInputs {
      guard let bytes = bytes(input.name) else { continue }
      if let problem = input.problem(bytes) {
        problems.append("\(input.name): \(problem)")
      } else {
        taskFiles[input.name] = bytes
      }
    }
  }

  private mutating func readFitted() {
    guard let field = data?.target, let task = TaskRegistry.task(for: field),
      let name = type(of: task).fittedFile, run.isFile(name), let bytes = bytes(name)
    else { return }
    do {
      fittedTask = try task.fitted(asRecorded: bytes)
    } catch {
      problems.append("\(name): \(error)")
    }
  }

  /// The places of a file that each training writes, and the names of the trainings.
  private func places(of file: String) -> [(name: String?, path: String)] {
    [(nil, file)] + RunParts.all(of: run).map { ($0.name, "\($0.name)/\(file)") }
  }

  private mutating func readExplanations() {
    for (name, path) in places(of: RunExplanations.name) where run.isFile(path) {
      guard let bytes = bytes(path) else { continue }
      do throws(FileError) {
        let record = try RecordFile.decode(RunExplanations.self, from: bytes, path: path)
        var part = PartExplanations(name: name, record: record)
        for picture in record.pictures.prefix(PageContent.mostExplained) {
          let file = (name.map { "\($0)/" } ?? "") + picture.file
          if let address = self.picture(file) {
            part.pictures.append(PartExplanations.Picture(facts: picture, address: address))
          }
        }
        explanations.append(part)
      } catch {
        problems.append("\(path): \(error.reason)")
      }
    }
  }

  private mutating func readMap() {
    for (name, path) in places(of: ExampleMap.name) where run.isFile(path) {
      guard let bytes = bytes(path) else { continue }
      do throws(FileError) {
        let map = try RecordFile.decode(ExampleMap.self, from: bytes, path: path)
        var examples = MappedExamples(name: name, map: map)
        if !map.pictured.isEmpty {
          examples.pictures = picture((name.map { "\($0)/" } ?? "") + ExampleMap.pictures)
        }
        self.examples = examples
        return
      } catch {
        problems.append("\(path): \(error.reason)")
      }
    }
  }

  /// The `data:` address of a PNG; `nil` if it cannot be read, which is a problem.
  private mutating func picture(_ file: String) -> String? {
    guard let bytes = bytes(file, limit: EmbeddedPlots.limit) else { return nil }
    guard EmbeddedPlots.isPicture(bytes, "png") else {
      problems.append("\(file): is not a valid PNG image")
      return nil
    }
    return "data:image/png;base64,\(Data(bytes).base64EncodedString())"
  }

  private mutating func readActivity() {
    for (name, path) in places(of: UnitActivity.name) where run.isFile(path) {
      guard let bytes = bytes(path) else { continue }
      do {
        let value = try JSONText.decode(UnitActivity.self, from: bytes)
        activity.append(PartActivity(name: name, activity: value))
      } catch {
        problems.append("\(path): is not in the expected format")
      }
    }
  }

  /// A pruned trial records its end in `run.json`.
  private mutating func readEnds() {
    let parts = ["folds", "seeds"].flatMap { (summary[$0] ?? .null).list.map { $0["end"] } }
    for value in [summary["end"] ?? info["end"]] + parts {
      guard let value, value != .null else { continue }
      do {
        ends.append(try JSONText.decode(TrainingEnd.self, from: JSONText.encode(value)))
      } catch {
        problems.append("summary.json: 'end' is not in the expected format")
      }
    }
  }

  /// Replaces a status that is out of date.
  private mutating func setStatus() {
    guard let recorded = info["status"]?.text else { return }
    var object = info.object
    let status = RunStatus(recorded: recorded, of: run)
    statusNote = status.note
    object["status"] = .string(status.word)
    if status.word != recorded, object["failure"]?.text == nil, let note = status.note {
      object["failure"] = .string(note)
    }
    info = .object(object)
  }

  /// The current status; see ``RunStatus``.
  package var status: String { info["status"]?.text ?? "unknown" }
  package var isFinished: Bool { status == "finished" }

  /// The name of the directory itself.
  package var directoryName: String {
    let parts = run.path.split(separator: "/")
    let last = parts.last.map(String.init) ?? run.path
    return last == "." || last == ".." ? (info["name"]?.text ?? last) : last
  }

  package var name: String { info["name"]?.text ?? directoryName }

  package var warnings: [String] { (info["warnings"] ?? .null).list.compactMap(\.text) }

  /// The requested and the used data set if they differ; otherwise `nil`.
  package var fallback: (requested: String, used: String)? {
    guard let requested = info["dataset"]?["requested"]?.text,
      let used = info["dataset"]?["used"]?.text, requested != used
    else { return nil }
    return (requested, used)
  }

  /// Seconds from start to end; `nil` if either is unknown.
  package var duration: Int? {
    guard let start = info["started"]?.text.flatMap(UTCTime.seconds),
      let end = info["ended"]?.text.flatMap(UTCTime.seconds)
    else { return nil }
    return end - start
  }

  /// The best epoch of a single training; `nil` with folds or seeds, where each has its own.
  package var bestEpoch: Int? {
    // Earlier versions wrote 0 with folds or seeds.
    summary["best_epoch"]?.integer.flatMap { $0 > 0 && parts.isEmpty ? $0 : nil }
  }

  /// The predictions of the model, with the files that the task's report needs.
  package var answers: RunAnswers {
    RunAnswers(
      predictions: predictions,
      sources: Dictionary(
        uniqueKeysWithValues: ["validation", "test"].compactMap { split in
          basis(of: split).map { basis in
            (
              split,
              RunAnswers.Source(
                examples: basis.examples, models: basis.models, isEnsemble: basis.by == .ensemble)
            )
          }
        }), files: taskFiles)
  }

  /// The task of the run: from its `data.json` or, in directories of format 1, from its
  /// predictions.
  package var task: any Task {
    if let fittedTask { return fittedTask }
    if let field = data?.target, let task = TaskRegistry.task(for: field) { return task }
    let layout = predictions.values.first?.layout
    return (layout.map { TaskRegistry.task(of: $0) } ?? TaskRegistry.recorded).adopting(answers)
  }

  // MARK: Reading

  private mutating func bytes(
    _ name: String, whyMissing: String? = nil, limit: Int = Self.limit
  ) -> [UInt8]? {
    do throws(FileError) {
      let bytes = try run.bytes(of: name, limit: limit)
      if let hash = hashes[name], Digest.hex(of: bytes) != hash {
        edits.append("\(name): \(Manifest.edited)")
        problems.append("\(name): \(Manifest.edited)")
      }
      return bytes
    } catch {
      let isThere = error.code != ENOENT
      let reason = isThere ? error.reason : whyMissing.map { "is missing: \($0)" } ?? "is missing"
      problems.append("\(name): \(reason)")
      return nil
    }
  }

  private mutating func json(_ name: String, whyMissing: String? = nil) -> JSONValue {
    guard let bytes = bytes(name, whyMissing: whyMissing) else { return .null }
    do {
      return try JSONText.decode(JSONValue.self, from: bytes)
    } catch {
      problems.append("\(name): is not JSON; it may be incomplete or damaged")
      return .null
    }
  }

  /// Parses the readable lines. A last line without a line break was still being written.
  private mutating func lines<Line: CheckedRecord>(_ name: String, as type: Line.Type) -> [Line] {
    guard let bytes = bytes(name) else { return [] }
    let newline = UInt8(ascii: "\n")
    let whole = bytes.lastIndex(of: newline).map { bytes[...$0] } ?? []
    if whole.count < bytes.count { problems.append("\(name): its last line is incomplete") }
    var damaged = 0
    var result: [Line] = []
    for line in whole.split(separator: newline) {
      do {
        result.append(try RecordFile.decode(type, from: Array(line), path: name))
      } catch {
        damaged += 1
      }
    }
    if damaged > 0 {
      problems.append("\(name): \(damaged == 1 ? "a line" : "\(damaged) lines") cannot be read")
    }
    return result
  }
}
