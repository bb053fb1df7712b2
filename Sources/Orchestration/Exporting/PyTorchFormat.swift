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
import Transforms
import Weights
import WorkerProtocol

/// A folder that needs nothing but PyTorch: the model as Python, its weights, and a script that predicts.
struct PyTorchFormat: ExportFormat {
  static let name = "pytorch"
  static let doc =
    "A folder with the model as readable Python, its weights, and a script that predicts, for PyTorch alone."
  static let ending = "pytorch"
  static let isFolder = true
  static let options: Set<String> = ["--python"]

  func export(_ request: ExportRequest) async throws -> ExportedFile {
    let package = try PyTorchPackage(ExportedModels(models: request.models))
    try package.folder.write(to: request.path)
    let comparison = try await package.compare(request)
    let certificate = ExportCertificate(
      path: request.path, format: Self.name, run: request.models.run.path, facts: [:],
      notes: package.notes + comparison.notes, comparison: comparison,
      files: package.folder.names)
    try certificate.write()
    var file = certificate.exportedFile
    file.bytes = package.folder.bytes
    return file
  }
}

/// The files of a model for PyTorch.
struct PyTorchPackage {
  var folder = ExportFolder()
  private(set) var notes: [String] = []
  private let exported: ExportedModels
  private let model: PyTorchModel
  private let input: PyTorchPredictor.Input

  /// - Parameter stem: what the names of files of weights begin with.
  /// - Throws: `InputError` if a layer or a transform has no counterpart.
  init(_ exported: ExportedModels, weights stem: String = "weights", hasReadme: Bool = true) throws
  {
    self.exported = exported
    let models = exported.models
    let plan = exported.plan
    try exported.refuseUncombined()
    try exported.refuseBoxes(for: "PyTorch")
    let several = models.members.count > 1
    model = try PyTorchModel(
      plan.graph, blocks: PyTorchModel.blockNames(plan.experiment.model),
      title: [
        "The model of the run \(models.run.name), written by runner \(Version.runner).", "",
        "The input is \(Self.shape(plan.graph.inputs[0].shape.dims)), the output "
          + "\(Self.shape(plan.graph.shape(of: plan.graph.mainOutput.source).dims)).",
      ])
    input = try Self.input(exported)
    folder.add(model.text, to: "model.py")
    let metadata = try exported.metadata()
    var files: [String] = []
    for member in models.members {
      let name = several ? "\(stem)-\(RunDirectory(path: member.directory).name)" : stem
      let entries = try exported.weights(member).filter { model.parameters.contains($0.name) }
      let pieces = try SafeTensors.encode(
        entries,
        metadata: Dictionary([("format", "pt")] + metadata.map { ($0.key, $0.value) }) { $1 })
      files.append("\(name).safetensors")
      folder.add(pieces, to: "\(name).safetensors")
    }
    if case .rows(let names) = input {
      for (name, member) in zip(names, models.members) {
        let record = try RunDirectory(path: member.directory).fittedInputs() ?? []
        folder.add([record], to: name)
      }
    }
    let reading = ONNXExport.Reading(
      plan.loss, plan.lossTargets, target: plan.task.target.kind, boxes: nil)
    let predictor = PyTorchPredictor(
      input: input, weights: files, link: reading.link, prediction: reading.prediction,
      target: reading.target, thresholds: try exported.thresholds())
    do {
      folder.add(try predictor.text(), to: "predict.py")
    } catch {
      throw InputError("the model cannot be written for PyTorch: \(error.reason)")
    }
    if hasReadme { folder.add(readme(files), to: "README.md") }
    let count = plan.graph.parameterCount
    notes = [
      "model.py: \(model.text.split(separator: "\n").count) lines, "
        + "\(NumberText.grouped(count)) parameters",
      "files: \(folder.names.joined(separator: ", "))",
    ]
  }

  private static func shape(_ dims: [Int]) -> String {
    "[\((["batch"] + dims.map(String.init)).joined(separator: ", "))]"
  }

  private static func input(_ exported: ExportedModels) throws -> PyTorchPredictor.Input {
    let members = exported.models.members
    if let first = try exported.pipeline(members[0]) {
      let pipelines = try members.map { try exported.pipeline($0) ?? first }
      do {
        var transforms = try pipelines.map {
          try TorchvisionTransforms(exported.plan.transformList, $0)
        }
        if transforms.allSatisfy({ $0 == transforms[0] }) { transforms = [transforms[0]] }
        return .pictures(channels: first.input.channels, transforms)
      } catch let problem as TorchvisionTransforms.Problem {
        throw InputError(
          "the run's transforms cannot be written for torchvision: \(problem.reason)",
          hint: "'runner export RUN onnx' has them in its graph")
      }
    }
    let directories = members.map { RunDirectory(path: $0.directory) }
    guard directories.allSatisfy({ $0.isFile(RunDirectory.fittedInputs) }) else { return .tensors }
    return .rows(
      directories.map { directories.count > 1 ? "inputs-\($0.name).json" : "inputs.json" })
  }

  private func readme(_ weights: [String]) -> String {
    let needs: String
    let call: String
    switch input {
    case .pictures: (needs, call) = ("torch torchvision safetensors", "photo.jpg")
    case .rows: (needs, call) = ("torch safetensors", "table.csv")
    case .tensors: (needs, call) = ("torch numpy safetensors", "inputs.npy")
    }
    let names = exported.plan.task.target.kind.names
    let listed =
      names.isEmpty
      ? ""
      : "\nIt predicts \(exported.plan.task.target.name): "
        + names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "") + ".\n"
    return """
      # \(exported.models.run.name)

      A model that runner \(Version.runner) trained, as plain PyTorch.
      \(listed)
      ```
      pip install \(needs)
      python predict.py \(call)
      ```

      - `model.py`: the model, one `nn.Module`, `Model`.
      - \(weights.map { "`\($0)`" }.joined(separator: ", ")): the weights, for `load_state_dict`.
      - `predict.py`: reads inputs as the run did, and shows the answers.
      - `certificate.json`: how far the answers were compared with those of the run.

      """
  }

  // MARK: Comparing

  /// Compares the answers of `predict.py` with those of the run.
  func compare(_ request: ExportRequest) async throws -> ExportComparison.Outcome {
    var imports = ["torch", "numpy", "safetensors"]
    if case .pictures = input { imports += ["torchvision", "PIL"] }
    if case .rows(let names) = input, names.count > 1 {
      return .skipped("each of the \(names.count) models encodes rows by its own training examples")
    }
    let engine = PythonEngine(
      python: request.pythonProgram, package: "torch", imports: imports,
      batches: imports.contains("PIL") ? [1] : [1, 7, 64], program: Self.program)
    let isPictures = imports.contains("PIL")
    return try await ExportComparison(request, by: engine) { examples, folder in
      guard isPictures else { return try examples.write(to: folder, .tensor) }
      let count = try examples.writePictures(to: folder).count
      return [
        ComparedExamples.Group(inputs: [], rows: Array(0..<count))
      ]
    }.outcome()
  }

  private static let program = """
    import sys
    import torch

    sys.dont_write_bytecode = True
    sys.path.insert(0, task["model"])
    import predict

    version = torch.__version__
    name = "classes" if "classes" in task["outputs"] else "scores"


    def run(group):
        if not group["inputs"]:
            items = (predict.prepare(predict.read(f"{row}.png")) for row in group["rows"])
        else:
            items = (torch.from_numpy(inputs[""]) for inputs, count in batches(group))
        outputs = torch.cat([predict.scores(item) for item in items])
        return (outputs.max(1).indices.to(torch.uint8) if name == "classes" else outputs).numpy()


    """
}
