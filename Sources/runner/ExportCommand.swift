import ArgumentParser
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Orchestration
import Reporting
import RunRecord

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the model of a run in a format that other programs read.",
    usage: """
      runner export [RUN] onnx [-o FILE] [--input bytes|tensor] [--opset N] [--python PATH]
      runner export [RUN] pytorch|huggingface [-o FOLDER] [--python PATH]
      runner export [RUN] torchscript [-o FILE] [--python PATH]
      runner export [RUN] safetensors [-o FILE]
      """,
    discussion: """
      onnx: one graph from the bytes of pictures to probabilities, with the transforms of the run, \
      normalisation and softmax or sigmoid in it, and task, classes and transforms in its metadata. \
      Pictures are uint8 [batch, height, width, channels], in the channels of the run's data, upright, of \
      any size where the transforms resize them and of the data set's size where they do not. --input tensor \
      leaves the transforms out: the input is what the first layer takes. The models of folds answer together, as for \
      'runner predict'; --fold N takes one of them.

      The file is checked after it was written, and where Python has onnxruntime its answers to up to \
      1,000 validation examples are compared with the run's. FILE.certificate.json says what was checked \
      and found. If the answers differ, the exit code is 1.

      pytorch: a folder with the model as readable Python, its weights, and predict.py, which reads pictures or \
      tables as the run did; it needs PyTorch alone. huggingface: the same as a repository for the Hugging Face Hub, \
      with timm's configuration and a model card. torchscript: one file from tensors to scores for torch.jit.load. \
      Where Python has torch, their answers are compared, too.

      safetensors: the weights of one model by PyTorch's names.

      docs/export.md and docs/export-pytorch.md describe the formats.
      """)

  @OptionGroup var arguments: RunArguments

  @Argument(
    help: "The format: \(ExportRegistry.names).",
    completion: .list(ExportRegistry.all.map { $0.name }))
  var format: String?

  @Option(
    name: [.short, .long],
    help: "The file or folder to write; the run's name in the current folder if left out.",
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "What an ONNX file takes: bytes of pictures, or tensors.", valueName: "bytes|tensor"))
  var input: ExportRequest.Input?

  @Option(help: ArgumentHelp("ONNX's operator set, 17 to 21; 17 if left out.", valueName: "N"))
  var opset: Int?

  @Option(
    help: ArgumentHelp(
      "The Python that runs the exported model to compare answers; python3 if left out.",
      valueName: "path"), completion: .file())
  var python: String?

  @OptionGroup var model: ModelArguments

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  mutating func validate() throws {
    // A first argument that is a format stands alone, so the latest run is meant.
    if format == nil, ExportRegistry.find(arguments.run) != nil {
      format = arguments.run
      arguments.run = "latest"
    }
    let names = ExportRegistry.names
    guard let format else { throw ValidationError("Name a format: \(names).") }
    guard let found = ExportRegistry.find(format) else {
      throw ValidationError("There is no format '\(format)': name \(names).")
    }
    for (option, isGiven) in [
      ("--input", input != nil), ("--opset", opset != nil), ("--python", python != nil),
    ] where isGiven && !found.options.contains(option) {
      throw ValidationError("\(option) does not belong to \(format).")
    }
    if let fold = model.fold, fold < 1 { throw ValidationError("--fold must be at least 1.") }
    if [model.fold != nil, model.seed != nil, model.ensemble].count(where: \.self) > 1 {
      throw ValidationError(
        "--fold and --seed take one model, --ensemble all: name one of the three.")
    }
  }

  func run() async throws {
    guard let format, let found = ExportRegistry.find(format) else { return }
    let environment = ProcessInfo.processInfo.environment
    var request = try ExportRequest(
      arguments.resolve(), format: found, path: output, weights: model.weights.rawValue,
      model.choice, environment: environment)
    request.input = input
    request.opset = opset
    request.python = python
    let file = try await found.init().export(request)
    let size = try file.bytes ?? OpenedFile(file.path).size
    if json {
      var object = file.details
      object["path"] = .string(file.path)
      object["bytes"] = .integer(size)
      try StandardOutput.write(json: JSONValue.object(object))
    } else {
      let lines = ["\(file.path): \(ByteCount.text(size))"] + file.notes.map { "  \($0)" }
      try StandardOutput.write(lines.joined(separator: "\n") + "\n")
    }
    guard let disagreement = file.disagreement else { return }
    let terminal = Terminal(environment: environment)
    terminal.write(
      terminal.yellow("warning: ") + "the file does not give the run's answers: \(disagreement)\n")
    throw QuietExit(1)
  }
}

extension ExportRequest.Input: ExpressibleByArgument {}
