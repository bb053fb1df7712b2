import Archives
import Datasets
import ExperimentConfig
import Files
import FoundationEssentials
import Graph
import RunRecord
import WorkerProtocol

/// Finds out what TorchScript files contain: a worker runs a file once for each shape of input, and the cache
/// keeps what it found under the hash of the file.
///
/// The files of a run are those in its directory, and are never run only to look at the run: it has a record of
/// what they contain.
package struct ModuleInspection: ModuleInspector {
  private let variables: [String: String]
  private let cacheFolder: String?
  private let run: RunDirectory?

  /// For the files that an experiment names.
  package init() { self.init(run: nil) }

  /// For the files of a run.
  package init(of run: RunDirectory) { self.init(run: run) }

  private init(run: RunDirectory?) {
    self.run = run
    variables = ProcessInfo.processInfo.environment
    let data = DataEnvironment(
      variables: variables, workingDirectory: PathResolution.workingDirectory)
    cacheFolder = data.cacheFolder.map { "\($0)/\(RunInfo.modules)" }
  }

  /// The key under which a run records the file of a node.
  static func key(ofNode path: String) -> String { "model.\(path).file" }

  static func copy(_ sha256: String) -> String { "\(sha256).pt" }

  static func record(_ sha256: String, _ input: Shape) -> String {
    let size = input.dims.map(String.init).joined(separator: "x")
    return "\(sha256)-\(size.isEmpty ? "scalar" : size).json"
  }

  package func inspect(
    _ path: String, node: String, input: Shape
  ) throws(ShapeMismatch) -> (file: ModuleFile, facts: ModuleFacts) {
    if let run { return try recorded(path, node, input, in: run) }
    let sha256: String
    do throws(FileError) {
      sha256 = try Digest.hex(ofFile: path)
    } catch {
      throw ShapeMismatch("cannot read its file: \(error)", argument: "file")
    }
    func answer(_ facts: ModuleFacts) -> (ModuleFile, ModuleFacts) {
      let file = ModuleFile(
        path: path, location: path, sha256: sha256, fixesStatistics: facts.fixesStatistics ?? false)
      return (file, facts)
    }
    if let facts = cached(sha256, input) { return answer(facts) }
    try Self.checkKind(path)
    let facts = try ModuleProbe(variables: variables).facts(
      InspectionRequest(path: path, sha256: sha256, input: input.dims))
    keep(facts, sha256, input)
    return answer(facts)
  }

  // MARK: Runs

  private func recorded(
    _ path: String, _ node: String, _ input: Shape, in run: RunDirectory
  ) throws(ShapeMismatch) -> (file: ModuleFile, facts: ModuleFacts) {
    let key = Self.key(ofNode: node)
    let files = (try? run.readInfo())?.files ?? []
    guard let recorded = files.first(where: { $0.key == key }), Self.isHash(recorded.sha256) else {
      throw ShapeMismatch(
        "is not recorded: \(run.file("run.json")) has no hash of '\(key)'", argument: "file")
    }
    let sha256 = recorded.sha256
    let name = "\(RunInfo.modules)/\(Self.record(sha256, input))"
    let bytes = run.isFile(name) ? try? run.bytes(of: name, limit: Self.limit) : nil
    guard let facts = bytes.flatMap(Self.decoded) ?? cached(sha256, input) else {
      throw ShapeMismatch(
        "is not recorded: there is no \(run.file(name)), which says what the file contains",
        argument: "file")
    }
    let file = ModuleFile(
      path: recorded.path, location: recorded.location(in: run), sha256: sha256,
      fixesStatistics: facts.fixesStatistics ?? false)
    return (file, facts)
  }

  private static func isHash(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  // MARK: The cache

  /// The maximum size of a record, in bytes.
  private static let limit = 64 << 20

  private func cached(_ sha256: String, _ input: Shape) -> ModuleFacts? {
    guard let cacheFolder else { return nil }
    let path = "\(cacheFolder)/\(Self.record(sha256, input))"
    return (try? FileReading.bytes(of: path, limit: Self.limit)).flatMap(Self.decoded)
  }

  /// Without the record, the file is run again next time.
  private func keep(_ facts: ModuleFacts, _ sha256: String, _ input: Shape) {
    guard let cacheFolder else { return }
    try? AtomicFile.createFolder(cacheFolder)
    try? AtomicFile.write(
      JSONText.encode(facts), to: "\(cacheFolder)/\(Self.record(sha256, input))")
  }

  private static func decoded(_ bytes: [UInt8]) -> ModuleFacts? {
    (try? JSONText.decode(ModuleFacts.self, from: bytes)).flatMap { $0.isPlausible ? $0 : nil }
  }

  // MARK: Other files

  /// Refuses other files before a worker is started for them.
  private static func checkKind(_ path: String) throws(ShapeMismatch) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let write = "torch.jit.script(model).save(\"\(name)\") writes a program with its weights"
    let weights = ShapeMismatch(
      "needs a program, but \(name) holds only weights (a state dict or a pickled model)",
      hint: write
        + "; weights alone belong below weights: {file: …}, beside the layers of the model",
      argument: "file")
    func other() -> ShapeMismatch {
      ShapeMismatch("needs a TorchScript file, and \(name) is none", hint: write, argument: "file")
    }
    let members: [String]
    do throws(FileError) {
      members = try ZipArchive(path).members.map(\.name)
    } catch {
      let file = try? OpenedFile(path)
      let start = file.flatMap { $0.size < 2 ? nil : try? $0.bytes(at: 0..<2) }
      throw start == [0x80, 0x02] || name.hasSuffix(".safetensors") ? weights : other()
    }
    let isProgram = members.contains { $0.hasSuffix("/constants.pkl") || $0.contains("/code/") }
    if isProgram { return }
    throw members.contains { $0.hasSuffix("/data.pkl") } ? weights : other()
  }
}
