import DataSchema
import Diagnostics
import ExperimentConfig
import Export
import Files
import Glibc
import Graph
import Planning
import PyTorchExport
import RunRecord
import Signals
import Tasks
import WorkerProtocol

/// One file for `torch.jit.load`, which LibTorch runs without Python.
struct TorchScriptFormat: ExportFormat {
  static let name = "torchscript"
  static let doc =
    "One TorchScript file from tensors to scores, for torch.jit.load in Python and C++."
  static let ending = "pt"
  static let options: Set<String> = ["--python"]

  func export(_ request: ExportRequest) async throws -> ExportedFile {
    let exported = ExportedModels(models: request.models)
    try exported.refuseUncombined(for: "TorchScript")
    try exported.refuseOwnInputs(takesBytes: false)
    let names = request.models.members.map { RunDirectory(path: $0.directory).name }
    // Modules cannot have names with hyphens.
    let prefixes = names.count == 1 ? [""] : names.map { $0.replacing("-", with: "_") + "." }
    let source = try source(exported, prefixes)
    // Files that do not fit the model are refused before a worker starts.
    for member in request.models.members { _ = try exported.weights(member) }
    let count = try await write(request, exported, source, prefixes)
    let comparison = try await compare(request)
    let plan = exported.plan
    let output = plan.graph.shape(of: plan.graph.mainOutput.source).dims
    let input = plan.graph.inputs[0]
    let certificate = ExportCertificate(
      path: request.path, format: Self.name, run: request.models.run.path,
      facts: ["tensors": .integer(count)],
      notes: [
        "input \(input.name): float[\(Self.batch(of: input.shape.dims))]",
        "output: float[\(Self.batch(of: output))]",
        comparison.description,
      ], comparison: comparison)
    try certificate.write()
    return certificate.exportedFile
  }

  private static func batch(of dims: [Int]) -> String {
    (["batch"] + dims.map(String.init)).joined(separator: ", ")
  }

  private func source(_ exported: ExportedModels, _ prefixes: [String]) throws -> ScriptSource {
    let plan = exported.plan
    let reading = ONNXExport.Reading(plan.loss, plan.lossTargets, target: plan.task.target.kind)
    do {
      return try ScriptSource(
        plan.graph, members: prefixes, link: reading.link, prediction: reading.prediction)
    } catch let problem as PyTorchPredictor.Problem {
      throw InputError("the model cannot be written as TorchScript: \(problem.reason)")
    }
  }

  /// Lets a worker write the file beside its place, where it appears whole.
  ///
  /// - Returns: the number of tensors in it.
  private func write(
    _ request: ExportRequest, _ exported: ExportedModels, _ source: ScriptSource,
    _ prefixes: [String]
  ) async throws -> Int {
    let parameters = exported.plan.graph.parameters
      .filter { source.parameters.contains($0.name) }
    let metadata = JSONValue.object(
      Dictionary(try exported.metadata().map { ($0.key, JSONValue.string($0.value)) }) { $1 })
    let slash = request.path.lastIndex(of: "/")
    let folder = slash.map { String(request.path[...$0]) } ?? ""
    let temporary = "\(folder).\(request.path.dropFirst(folder.count)).\(getpid()).tmp"
    let work = ScriptRequest(
      source: source.text,
      members: zip(prefixes, request.models.members).map {
        ScriptRequest.Member($0, weights: $1.weights)
      },
      parameters: parameters.filter { $0.spec.role == .parameter }.map(\.name),
      buffers: parameters.filter { $0.spec.role == .buffer }.map(\.name),
      metadata: String(decoding: try JSONText.encode(metadata), as: UTF8.self), path: temporary)
    // That the folder can be written to shows before the work.
    try AtomicFile.write("", to: temporary)
    do {
      let count = try await ask(work, request.environment)
      try AtomicFile.rename(temporary, to: request.path)
      return count
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func ask(_ work: ScriptRequest, _ environment: [String: String]) async throws -> Int {
    let interrupts = Interrupts()
    interrupts.start()
    let worker = try WorkerProcess(environment: environment, interrupts)
    var failure: WorkerFailure?
    var count: Int?
    let ending = try await worker.run { events, send in
      var events = events
      _ = try await events.engine(interrupts)
      try await send(.writeScript(work))
      while let event = try await events.next() {
        switch event {
        case .script(let number): count = number
        case .failure(let reason): failure = reason
        default: break
        }
      }
    }
    if let failure {
      if failure.exitCode == ExitStatus.wrongInput { throw InputError(failure.message) }
      throw ProgramFault("the TorchScript file cannot be written: \(failure.message)")
    }
    if case .killed(let words) = ending {
      throw WorkerKilled("the worker \(words)", hint: "run the same command again")
    }
    if ending == .interrupted { throw QuietExit(ExitStatus.interrupted) }
    guard ending == .success, let count else {
      throw ProgramFault("the worker \(ending.description)")
    }
    return count
  }

  // MARK: Comparing

  private func compare(_ request: ExportRequest) async throws -> ExportComparison.Outcome {
    let engine = PythonEngine(
      python: request.pythonProgram, package: "torch", imports: ["torch", "numpy"],
      batches: [1, 7, 64], program: Self.program)
    return try await ExportComparison(request, by: engine) { examples, folder in
      try examples.write(to: folder, .tensor)
    }.outcome()
  }

  private static let program = """
    import torch

    version = torch.__version__
    name = "classes" if "classes" in task["outputs"] else "scores"
    model = torch.jit.load(task["model"], "cpu").eval()


    @torch.inference_mode()
    def run(group):
        outputs = torch.cat([model(torch.from_numpy(values)) for values in batches(group)])
        return (outputs.max(1).indices.to(torch.uint8) if name == "classes" else outputs).numpy()


    """
}
