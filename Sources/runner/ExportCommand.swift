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
      runner export [RUN] onnx [-o FILE] [--input bytes|columns|tensor] [--opset N] [--python PATH]
      runner export [RUN] int8 [-o FILE] [--input bytes|columns|tensor] [--opset N] [--python PATH]
      runner export [RUN] pytorch|huggingface [-o FOLDER] [--python PATH]
      runner export [RUN] torchscript [-o FILE] [--python PATH]
      runner export [RUN] safetensors [-o FILE]
      runner export [RUN] card [-o FILE]
      runner export [RUN] croissant [-o FILE]
      runner export [RUN] mlflow --uri http://HOST:PORT [--experiment NAME]
      """,
    discussion: """
      onnx: one graph from the bytes of pictures to probabilities, with the transforms of the run, \
      normalisation and softmax or sigmoid in it, and task, classes and transforms in its metadata. \
      Pictures are uint8 [batch, height, width, channels], in the channels of the run's data, upright, of \
      any size where the transforms resize them and of the data set's size where they do not. --input tensor \
      leaves the transforms out: the input is what the first layer takes. Of a table, the graph has one input for \
      each column: floats, not a number where one is missing, and texts. The models of folds answer together, as for \
      'runner predict'; --fold N takes one of them.

      The file is checked after it was written, and where Python has onnxruntime its answers to up to \
      1,000 validation examples are compared with the run's. FILE.certificate.json says what was checked \
      and found. If the answers differ, the exit code is 1.

      int8: the same graph, with weights and values of 8 bits, about a quarter of the size. The ranges of the values are \
      measured on up to 512 training examples. Where Python has onnxruntime, the score on validation examples is \
      compared with the run's, with a paired test; the exit code does not depend on it.

      pytorch: a folder with the model as readable Python, its weights, and predict.py, which reads pictures or \
      tables as the run did; it needs PyTorch alone. huggingface: the same as a repository for the Hugging Face Hub, \
      with timm's configuration and a model card. torchscript: one file from tensors to scores for torch.jit.load. \
      Where Python has torch, their answers are compared, too.

      safetensors: the weights of one model by PyTorch's names.

      card: the model card (card.md) of the run, also of one that has none (docs/card.md).

      croissant: the data set of the run as MLCommons Croissant 1.0: files with their hashes, classes, and fields \
      where readers of Croissant can get them from the files (image_folder and table).

      mlflow: sends the run with its folds or seeds, or a sweep with its trials, to an MLflow server: parameters, \
      metrics of every epoch, scores, tags and files. What the server has already is left as it is, so the same command \
      continues an interrupted export (docs/mlflow.md).

      docs/export.md and docs/export-pytorch.md describe the formats.
      """)

  /// The names of all formats.
  private static var formats: [String] {
    ExportRegistry.all.map { $0.name } + RecordRegistry.all.map { $0.name }
  }

  @OptionGroup var arguments: RunArguments

  @Argument(
    help: "The format: \(Self.formats.joined(separator: ", ")).", completion: .list(Self.formats))
  var format: String?

  @Option(
    name: [.short, .long],
    help: "The file or folder to write; the run's name in the current folder if left out.",
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "What an ONNX file takes: bytes of pictures, columns of a table, or tensors.",
      valueName: "bytes|columns|tensor"))
  var input: ExportRequest.Input?

  @Option(help: ArgumentHelp("ONNX's operator set, 17 to 21; 17 if left out.", valueName: "N"))
  var opset: Int?

  @Option(
    help: ArgumentHelp(
      "The Python that runs the exported model to compare answers; python3 if left out.",
      valueName: "path"), completion: .file())
  var python: String?

  @Option(
    help: ArgumentHelp(
      "The MLflow server; MLFLOW_TRACKING_URI if left out.", valueName: "address"))
  var uri: String?

  @Option(
    help: ArgumentHelp(
      "The MLflow experiment, created if there is none; the name of the run's experiment if left out.",
      valueName: "name"))
  var experiment: String?

  @OptionGroup var model: ModelArguments

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  mutating func validate() throws {
    // A first argument that is a format stands alone, so the latest run is meant.
    if format == nil, Self.formats.contains(arguments.run) {
      format = arguments.run
      arguments.run = "latest"
    }
    let names = Self.formats.joined(separator: ", ")
    guard let format else { throw ValidationError("Name a format: \(names).") }
    guard let options = ExportRegistry.find(format)?.options ?? RecordRegistry.find(format)?.options
    else { throw ValidationError("There is no format '\(format)': name one of \(names).") }
    for (option, isGiven) in [
      ("--input", input != nil), ("--opset", opset != nil), ("--python", python != nil),
      ("--uri", uri != nil), ("--experiment", experiment != nil),
    ] where isGiven && !options.contains(option) {
      throw ValidationError("\(option) does not belong to \(format).")
    }
    if RecordRegistry.find(format) != nil,
      model.fold != nil || model.seed != nil || model.ensemble || model.weights != .best
    {
      throw ValidationError(
        "\(format) is about records, not about a model: leave out --fold, --seed, --ensemble and --weights."
      )
    }
    if let fold = model.fold, fold < 1 { throw ValidationError("--fold must be at least 1.") }
    if [model.fold != nil, model.seed != nil, model.ensemble].count(where: \.self) > 1 {
      throw ValidationError(
        "--fold and --seed take one model, --ensemble all: name one of the three.")
    }
  }

  func run() async throws {
    guard let format else { return }
    let environment = ProcessInfo.processInfo.environment
    if let found = RecordRegistry.find(format) { return try await export(found, environment) }
    guard let found = ExportRegistry.find(format) else { return }
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

  /// Writes or sends records.
  private func export(
    _ format: any RecordFormat.Type, _ environment: [String: String]
  ) async throws {
    var request = try RecordRequest(
      arguments.resolveTarget(), path: output, environment: environment)
    request.uri = uri
    request.experiment = experiment
    let terminal = Terminal(environment: environment)
    request.progress = { terminal.write("  \(TerminalText.line($0))\n") }
    let exported = try await format.init().export(request)
    if json {
      try StandardOutput.write(json: JSONValue.object(exported.details))
    } else {
      let lines = [exported.place] + exported.notes.map { "  \($0)" }
      try StandardOutput.write(lines.joined(separator: "\n") + "\n")
    }
  }
}

extension ExportRequest.Input: ExpressibleByArgument {}
