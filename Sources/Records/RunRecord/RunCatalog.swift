import ExperimentConfig
import Files
import Glibc
import TaskRegistry
import Tasks

/// The runs in a folder.
package enum RunCatalog {
  /// One run in a listing. Values missing from its files are `nil`.
  package struct Entry: Sendable, Equatable {
    /// The directory's name.
    package var name: String
    package var path: String
    /// The current status (``RunStatus``), or `damaged`.
    package var status = "damaged"
    /// Why that differs from `run.json`, or how certain it is.
    package var statusNote: String?
    /// Why the run is damaged.
    package var damage: String?
    package var experiment: String?
    package var started: String?
    package var ended: String?
    package var epochs: Int?
    /// The key of the score by which the run is ranked.
    package var primary = TaskRegistry.recordedPrimary
    package var facts = MetricFacts(unit: .share, higherIsBetter: true)
    package var validationScore: Double?
    package var validationLoss: Double?
    package var testScore: Double?
    /// The models that the test score is based on; `nil` if the run does not record it.
    package var testBasis: ScoreBasis?
    package var dataset: String?
    package var isFallback = false
    package var seed: UInt64?
    /// All scores by their dotted names, such as `validation.f1_macro`.
    package var scores: [String: Double] = [:]
    /// The run's own description of its scores, by key.
    package var metrics: [String: MetricFacts] = [:]
    /// The trial's number, for a trial of a sweep.
    package var trial: Int?
    /// The trial's values, such as `lr=1e-3, batch_size=64`, for a trial of a sweep.
    package var values: String?

    package init(name: String, path: String) {
      self.name = name
      self.path = path
    }

    /// - Parameter metrics: the run's description of its scores.
    mutating func setPrimary(_ key: String?, _ metrics: [String: MetricRecord]?) {
      guard let key else { return }
      primary = key
      let known = metrics?[key]?.facts
      if let facts = known ?? TaskRegistry.facts(ofPrimary: key) { self.facts = facts }
    }

    /// The seconds from start to end.
    package var duration: Int? {
      guard let start = started.flatMap(UTCTime.seconds), let end = ended.flatMap(UTCTime.seconds)
      else { return nil }
      return end - start
    }
  }

  /// The names of the runs in a folder, newest first. A directory without `run.json` is not a run.
  package static func names(in folder: String) throws(FileError) -> [String] {
    let named = try folders(in: folder).filter { isRun("\(folder)/\($0)") }
      .map { name in (name: name, time: RunName(name).time ?? startTime("\(folder)/\(name)")) }
    return named.sorted { ($0.time, $0.name) > ($1.time, $1.name) }.map(\.name)
  }

  /// All runs and sweeps in a folder, newest first; those that cannot be read are `damaged`.
  package static func entries(in folder: String) throws(FileError) -> [Entry] {
    let sweeps = try SweepCatalog.names(in: folder).map {
      SweepCatalog.entry(name: $0, path: "\(folder)/\($0)")
    }
    let runs = try names(in: folder).map { entry(name: $0, path: "\(folder)/\($0)") }
    if sweeps.isEmpty { return runs }
    func time(_ entry: Entry) -> String { RunName(entry.name).time ?? compact(entry.started ?? "") }
    return (sweeps + runs).sorted { (time($0), $0.name) > (time($1), $1.name) }
  }

  package static func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }
  /// Whether there is a file or a folder.
  package static func isThere(_ path: String) -> Bool { isFile(path) || isFolder(path) }
  package static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }
  /// Whether there is a `run.json`, even an invalid one.
  package static func isRun(_ path: String) -> Bool {
    var status = stat()
    return lstat(path + "/run.json", &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  package static func folders(in folder: String) throws(FileError) -> [String] {
    guard let names = try FolderListing.names(in: folder) else {
      throw FileError(
        path: folder,
        reason: "there is no such folder, so there are no runs (--runs-dir selects another)")
    }
    return names.filter { !$0.hasPrefix(".") }
  }

  /// The start time as `yyyymmdd-hhmmss`, for a directory that was renamed.
  package static func startTime(_ path: String) -> String {
    do throws(FileError) {
      return compact(
        try read(InfoLine.self, "run.json", of: RunDirectory(path: path)).started ?? "")
    } catch {
      // The listing itself reports problems with it.
      return ""
    }
  }

  package static func compact(_ iso: String) -> String {
    iso.replacing("-", with: "").replacing(":", with: "").replacing("T", with: "-")
      .replacing("Z", with: "")
  }

  // MARK: One run

  /// The listing entry for one run.
  package static func entry(name: String, path: String) -> Entry {
    var entry = Entry(name: name, path: path)
    let run = RunDirectory(path: path)
    do throws(FileError) {
      let info = try read(InfoLine.self, "run.json", of: run)
      let status = RunStatus(recorded: info.status, of: run)
      entry.status = status.word
      entry.statusNote = status.note
      entry.experiment = info.name
      entry.started = info.started
      entry.ended = info.ended
      entry.dataset = info.dataset?.used
      entry.isFallback = info.dataset.map { $0.used != $0.requested } ?? false
      entry.seed = info.seed
      if try run.folder.kind(of: "summary.json") == nil {
        if info.status == RunInfo.Status.finished.rawValue {
          throw FileError(
            path: run.file("summary.json"), reason: "is missing, although the run has finished")
        }
        addEpochs(of: run, to: &entry)
        return entry
      }
      let summary = try read(SummaryLine.self, "summary.json", of: run)
      entry.epochs = summary.epochs
      entry.setPrimary(summary.primary, summary.metrics)
      entry.validationScore = summary.validation?[entry.primary]
      entry.validationLoss = summary.validation?["loss"]
      entry.testScore = summary.test?[entry.primary]
      entry.metrics = (summary.metrics ?? [:]).mapValues(\.facts)
      for (split, scores) in [
        ("validation", summary.validation), ("test", summary.test),
        ("train_sample", summary.trainSample),
      ] {
        for (key, value) in scores ?? [:] { entry.scores["\(split).\(key)"] = value }
      }
      entry.testBasis = summary.testBasis
    } catch {
      entry.status = "damaged"
      entry.damage = "\(error)"
    }
    return entry
  }

  /// Adds the progress of a run without a summary, from `metrics.jsonl`.
  private static func addEpochs(of run: RunDirectory, to entry: inout Entry) {
    guard let bytes = try? run.bytes(of: "metrics.jsonl", limit: 1 << 28) else { return }
    entry.epochs = 0
    let newline = UInt8(ascii: "\n")
    for line in bytes.split(separator: newline) where line.endIndex < bytes.endIndex {
      entry.epochs = (entry.epochs ?? 0) + 1
      if let loss = EpochScan.number("val_loss", in: line),
        loss < entry.validationLoss ?? .infinity
      {
        entry.validationLoss = loss
        for key in TaskRegistry.primaries {
          guard let score = EpochScan.number("val_\(key)", in: line) else { continue }
          entry.setPrimary(key, nil)
          entry.validationScore = score
        }
      }
    }
  }

  private static func read<Value: Decodable>(
    _ type: Value.Type, _ name: String, of run: RunDirectory
  ) throws(FileError) -> Value {
    let bytes = try run.bytes(of: name, limit: 1 << 26)
    do {
      return try JSONText.decode(type, from: bytes)
    } catch {
      throw FileError(path: run.file(name), reason: "is not in the expected format")
    }
  }
}

/// The part of `run.json` that a listing needs; everything but the status is optional.
private struct InfoLine: Decodable {
  struct Dataset: Decodable {
    var requested: String?
    var used: String?
  }

  var status: String
  var name: String?
  var started: String?
  var ended: String?
  var seed: UInt64?
  var dataset: Dataset?
}

/// The part of `summary.json` that a listing needs.
private struct SummaryLine: Decodable {
  struct Examples: Decodable { var test: Int? }
  struct Part: Decodable {}

  var epochs: Int?
  var primary: String?
  var metrics: [String: MetricRecord]?
  var validation: [String: Double]?
  var test: [String: Double]?
  var trainSample: [String: Double]?
  var scored: [String: ScoreBasis]?
  var examples: Examples?
  var folds: [Part]?
  var seeds: [Part]?

  enum CodingKeys: String, CodingKey {
    case epochs, primary, metrics, validation, test, scored, examples, folds, seeds
    case trainSample = "train_sample"
  }

  /// Earlier summaries record only whether there are folds or seeds.
  var testBasis: ScoreBasis? {
    if let recorded = scored?["test"] { return recorded }
    let count = examples?.test ?? 0
    if let folds { return ScoreBasis(examples: count, models: folds.count, by: .ensemble) }
    return seeds.map { ScoreBasis(examples: count, models: $0.count, by: .mean) }
  }
}

/// Finds a number in a line of `metrics.jsonl` without parsing JSON, which would take a hundred
/// times as long.
private enum EpochScan {
  static func number(_ key: String, in line: ArraySlice<UInt8>) -> Double? {
    let wanted = Array("\"\(key)\":".utf8)
    guard let start = end(of: wanted, in: line) else { return nil }
    let digits = line[start...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
    return Double(String(decoding: digits.filter { $0 != UInt8(ascii: " ") }, as: UTF8.self))
  }

  /// The end of the first occurrence of `key`.
  private static func end(of key: [UInt8], in line: ArraySlice<UInt8>) -> Int? {
    var position = line.startIndex
    while position + key.count <= line.endIndex {
      if line[position] == key[0], line[position..<(position + key.count)].elementsEqual(key) {
        return position + key.count
      }
      position += 1
    }
    return nil
  }
}

extension UTCTime {
  /// Seconds since 1970 for a time such as `2026-11-23T01:19:59Z`; `nil` for any other text.
  package static func seconds(_ text: String) -> Int? {
    let pattern = "0000-00-00T00:00:00Z".utf8
    guard text.utf8.count == pattern.count,
      zip(text.utf8, pattern).allSatisfy({ byte, sample in
        sample == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == sample
      })
    else { return nil }
    let numbers = text.split { !$0.isNumber }.compactMap { Int32($0) }
    var parts = tm()
    parts.tm_year = numbers[0] - 1900
    parts.tm_mon = numbers[1] - 1
    parts.tm_mday = numbers[2]
    parts.tm_hour = numbers[3]
    parts.tm_min = numbers[4]
    parts.tm_sec = numbers[5]
    return timegm(&parts)
  }
}
