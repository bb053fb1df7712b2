import DataSchema
import Diagnostics
import ExperimentConfig
import Files
import Graph
import Planning
import RunRecord
import Tasks
import Transforms
import WorkerProtocol

/// A folder in the form of a repository on the Hugging Face Hub.
struct HuggingFaceFormat: ExportFormat {
  static let name = "huggingface"
  static let doc =
    "A repository for the Hugging Face Hub: weights, configuration, model as Python and model card; for timm if it has the model."
  static let ending = "huggingface"
  static let isFolder = true
  static let options: Set<String> = ["--python"]

  func export(_ request: ExportRequest) async throws -> ExportedFile {
    let exported = ExportedModels(models: request.models)
    guard request.models.members.count == 1 else {
      throw InputError(
        "the run has \(request.models.members.count) models, and a repository holds one",
        hint: "export one of them: --fold 1, or --seed; 'runner export RUN pytorch' takes all")
    }
    var package = try PyTorchPackage(exported, weights: "model", hasReadme: false)
    let repository = HuggingFaceRepository(
      exported: exported, pipeline: try exported.pipeline(request.models.members[0]))
    package.folder.add(try repository.configuration(), to: "config.json")
    package.folder.add(try repository.card(), to: "README.md")
    try package.folder.write(to: request.path)
    let comparison = try await package.compare(request)
    let loading =
      repository.timm.map {
        "timm loads it as \($0.architecture): timm.create_model(\"local-dir:\(request.path)\", pretrained=True)"
      }
      ?? "timm has no such model: model.py holds it"
    let certificate = ExportCertificate(
      path: request.path, format: Self.name, run: request.models.run.path,
      facts: ["timm": repository.timm.map { .string($0.architecture) } ?? .null],
      notes: ["files: \(package.folder.names.joined(separator: ", "))", loading]
        + repository.notes + comparison.notes, comparison: comparison,
      files: package.folder.names)
    try certificate.write()
    var file = certificate.exportedFile
    file.bytes = package.folder.bytes
    return file
  }
}

/// What a repository says about its model.
struct HuggingFaceRepository {
  let exported: ExportedModels
  /// `nil` if the inputs are no pictures.
  let pipeline: TransformPipeline?

  private var plan: Plan { exported.plan }

  /// The model in timm; `nil` if it has none.
  var timm: TimmModel? {
    guard pipeline != nil, case .category = plan.task.target.kind else { return nil }
    return TimmModel(plan)
  }

  private var preprocessing: TimmPreprocessing? {
    pipeline.map { TimmPreprocessing(plan.transformList, $0) }
  }

  /// What people should know.
  var notes: [String] {
    guard timm != nil, preprocessing?.isComplete == false else { return [] }
    return [
      "timm's configuration cannot say all of the run's transforms; predict.py has them"
    ]
  }

  // MARK: Configuration

  /// `config.json` as timm writes it, with `model_file` instead of an architecture that it does not have.
  func configuration() throws -> String {
    let graph = plan.graph
    let names = plan.task.target.kind.names
    var object: [String: JSONValue] = [
      "architecture": .string(timm?.architecture ?? "Model"),
      "num_classes": .integer(graph.shape(of: graph.mainOutput.source).dims[0]),
      "label_names": .array(names.map(JSONValue.string)),
      "task": .string(plan.task.name),
    ]
    if timm == nil { object["model_file"] = "model.py" }
    if let shape = timm.map({ _ in graph.inputs[0].shape.dims }), shape[0] != 3 {
      object["model_args"] = ["in_chans": .integer(shape[0])]
    }
    if let pipeline, let preprocessing {
      let output = pipeline.output
      var settings: [String: JSONValue] = [
        "input_size": .array(
          [output.channels, output.height, output.width].map(JSONValue.integer)),
        "fixed_input_size": false, "interpolation": .string(preprocessing.interpolation),
        "crop_pct": .number(preprocessing.cropShare), "crop_mode": .string(preprocessing.cropMode),
        "mean": .array(preprocessing.mean.map { .number(Self.short($0)) }),
        "std": .array(preprocessing.std.map { .number(Self.short($0)) }),
        "num_classes": object["num_classes"] ?? .null,
      ]
      if let timm {
        settings["classifier"] = .string(timm.classifier)
        settings["first_conv"] = .string(timm.firstConvolution)
      }
      object["pretrained_cfg"] = .object(settings)
    }
    let bytes = try JSONText.encode(JSONValue.object(object), pretty: true)
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }

  /// The number with the fewest digits that is the same float.
  private static func short(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

  // MARK: Card

  /// The model card: what the Hub reads about the model, and then the run's own card, or a short one.
  func card() throws -> String {
    var lines = ["---", "library_name: \(timm == nil ? "pytorch" : "timm")"]
    if let tag = pipelineTag { lines.append("pipeline_tag: \(tag)") }
    lines += ["tags:", "- runner"] + (timm == nil ? ["- pytorch"] : ["- timm"]) + ["---", ""]
    let run = RunDirectory(path: exported.models.members[0].directory)
    let whole = exported.models.run
    for directory in [run, whole] where directory.isFile("card.md") {
      let text = String(decoding: try directory.bytes(of: "card.md", limit: 1 << 24), as: UTF8.self)
      return lines.joined(separator: "\n") + "\n" + Self.body(text)
    }
    return lines.joined(separator: "\n") + "\n" + shortCard
  }

  /// A card without what it says to programs at its beginning.
  private static func body(_ card: String) -> String {
    guard card.hasPrefix("---\n"), let end = card.dropFirst(4).firstRange(of: "\n---\n") else {
      return card
    }
    return String(card[end.upperBound...])
  }

  private var pipelineTag: String? {
    switch plan.task.target.kind {
    case .category: pipeline == nil ? "tabular-classification" : "image-classification"
    case .labelSet: pipeline == nil ? nil : "image-classification"
    case .mask: "image-segmentation"
    case .numbers: pipeline == nil ? "tabular-regression" : nil
    default: nil
    }
  }

  private var shortCard: String {
    let models = exported.models
    let names = plan.task.target.kind.names
    let listed = names.prefix(50).map { "`\($0)`" }.joined(separator: ", ")
    let more = names.count > 50 ? ", …" : ""
    let call = pipeline == nil ? "table.csv" : "photo.jpg"
    let loading =
      timm.map { timm in
        """
        As \(timm.architecture) of timm:

        ```python
        import timm

        model = timm.create_model("local-dir:FOLDER", pretrained=True).eval()
        ```

        """
      } ?? "timm has no such model; `model.py` holds it.\n"
    return """
      # \(models.run.name)

      Trained by runner \(Version.runner). It predicts \(plan.task.target.name)\(names.isEmpty ? "" : ": \(listed)\(more)").

      ## How to use it

      ```
      pip install torch\(pipeline == nil ? "" : " torchvision") safetensors
      python predict.py \(call)
      ```

      \(loading)
      `certificate.json` says how far the answers were compared with those of the run.

      """
  }
}
