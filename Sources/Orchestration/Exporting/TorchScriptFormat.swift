import DataSchema
import Diagnostics
import ExperimentConfig
import Export
import Files
import Graph
import Planning
import PyTorchExport
import RunRecord
import Tasks
import WorkerProtocol

/// One file for `torch.jit.load`, which LibTorch runs without Python. The worker writes it.
struct TorchScriptFormat: ExportFormat {
  static let name = "torchscript"
  static let doc =
    "One TorchScript file from tensors to scores, for torch.jit.load in Python and C++."
  static let ending = "pt"
  static let options: Set<String> = ["--python"]

  func export(_ request: ExportRequest) async throws -> ExportedFile {
    let exported = ExportedModels(models: request.models)
    try exported.refuseUncombined()
    try exported.refuseBoxes(for: "TorchScript")
    try exported.refuseOwnInputs(takesBytes: false)
    let prefixes = Self.prefixes(request.models.members)
    let source = try source(exported, prefixes)
    // Files that do not fit the model are refused before a worker starts.
    for member in request.models.members { _ = try exported.weights(member) }
    let work = try work(request, exported, source, prefixes)
    let count = try await WorkerProcess.ask(
      .writeScript(work), environment: request.environment
    ) { event -> Int? in
      guard case .script(let count) = event else { return nil }
      return count
    }
    let comparison = try await compare(request)
    let input = exported.plan.graph.inputs[0]
    let certificate = ExportCertificate(
      path: request.path, format: Self.name, run: request.models.run.path,
      facts: [
        "tensors": .integer(count),
        "inputs": .object([input.name: .string(Self.type(input.shape.dims))]),
        "outputs": .object(["output": .string(Self.type(source.output))]),
      ],
      notes: [
        "input \(input.name): \(Self.type(input.shape.dims))",
        "output: \(Self.type(source.output))",
      ] + comparison.notes, comparison: comparison)
    try certificate.write()
    return certificate.exportedFile
  }

  private static func type(_ dims: [Int]) -> String {
    "float[\((["batch"] + dims.map(String.init)).joined(separator: ", "))]"
  }

  /// What the names of each model's weights begin with. Modules cannot have names with hyphens.
  private static func prefixes(_ members: [PredictionRequest.Model]) -> [String] {
    guard members.count > 1 else { return [""] }
    return members.map {
      RunDirectory(path: $0.directory).name.replacing("-", with: "_") + "."
    }
  }

  private func source(_ exported: ExportedModels, _ prefixes: [String]) throws -> ScriptSource {
    let plan = exported.plan
    let reading = ONNXExport.Reading(
      plan.loss, plan.lossTargets, target: plan.task.target.kind, boxes: nil)
    do {
      return try ScriptSource(
        plan.graph, members: prefixes, link: reading.link, prediction: reading.prediction)
    } catch let problem as PyTorchPredictor.Problem {
      throw InputError("the model cannot be written as TorchScript: \(problem.reason)")
    }
  }

  private func work(
    _ request: ExportRequest, _ exported: ExportedModels, _ source: ScriptSource,
    _ prefixes: [String]
  ) throws -> ScriptRequest {
    let tensors = exported.plan.graph.parameters
      .filter { source.parameters.contains($0.name) && $0.spec.role != .counter }
      .map {
        ScriptRequest.Tensor(
          $0.name, path: ScriptSource.path($0.name), isParameter: $0.spec.role == .parameter)
      }
    let metadata = JSONValue.object(
      Dictionary(try exported.metadata().map { ($0.key, JSONValue.string($0.value)) }) { $1 })
    return ScriptRequest(
      source: source.text,
      members: zip(prefixes, request.models.members).map {
        ScriptRequest.Member($0, weights: $1.weights)
      }, tensors: tensors,
      metadata: String(decoding: try JSONText.encode(metadata), as: UTF8.self), path: request.path)
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
    model = torch.jit.load(task["model"], "cpu")


    @torch.inference_mode()
    def run(group):
        outputs = torch.cat([model(torch.from_numpy(inputs[""])) for inputs, count in batches(group)])
        return (outputs.max(1).indices.to(torch.uint8) if name == "classes" else outputs).numpy()


    """
}
