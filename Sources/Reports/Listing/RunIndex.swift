import ExperimentConfig
import Files
import RunRecord
import Tasks

/// `.index`: what a listing needs of the runs in a folder, so that ten thousand of them are listed without
/// opening forty thousand files. It is a cache: every entry is used only while the files that it was made from are
/// unchanged, and without a valid index the runs themselves are read.
struct RunIndex {
  static let name = ".index"
  /// The fewest runs for which a folder gets an index.
  static let fewest = 200
  private static let limit = 1 << 30
  private static let magic = Array("runner index 1 \(Version.runner)\n".utf8)

  private let folder: String
  private var known: [String: (run: ListedRun, signature: RunSignature)] = [:]
  private var table = ListedRuns()

  /// Reads the index of a folder. A missing or damaged one is empty.
  init(in folder: String) {
    self.folder = folder
    let digestBytes = 32
    guard let bytes = try? FileReading.bytes(of: "\(folder)/\(Self.name)", limit: Self.limit),
      bytes.starts(with: Self.magic), bytes.count >= Self.magic.count + digestBytes
    else { return }
    let content = bytes[Self.magic.count..<(bytes.count - digestBytes)]
    guard Digest.bytes(of: content).elementsEqual(bytes.suffix(digestBytes)) else { return }
    var reader = IndexReader(content)
    var table = ListedRuns()
    guard let found = try? reader.runs(into: &table, folder) else { return }
    known = found
    self.table = table
  }

  /// Whether a run's entry may be kept: not while it can change without a change of its files.
  static func keeps(_ entry: RunCatalog.Entry) -> Bool {
    ["finished", "failed", "interrupted"].contains(entry.status) && entry.statusNote == nil
      && entry.damage == nil
  }

  /// The indexed runs by name; the values of their configurations become those of `runs`.
  mutating func take(
    into runs: inout ListedRuns
  ) -> [String: (run: ListedRun, signature: RunSignature)] {
    runs = table
    defer { known = [:] }
    return known
  }

  /// Writes the index of `runs`, if it differs from the one that was read.
  ///
  /// - Parameter signatures: of the runs to index, by name.
  func update(
    with runs: ListedRuns, _ signatures: [String: RunSignature], isChanged: Bool
  ) {
    guard isChanged else { return }
    var writer = IndexWriter()
    writer.add(runs, signatures)
    let content = writer.bytes
    // Where the folder is not writable, its runs are read again the next time.
    try? AtomicFile.write(
      [Self.magic, content, Digest.bytes(of: content)], to: "\(folder)/\(Self.name)")
  }
}
