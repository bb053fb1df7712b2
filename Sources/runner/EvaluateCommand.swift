import ArgumentParser
import Diagnostics
import ExperimentConfig
import Planning

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Scores weights without training, or a file of detections.",
    usage: """
      runner evaluate EXPERIMENT.yaml weights=FILE [key=value …] [options]
      runner evaluate --predictions FILE --annotations FILE [options]
      """,
    discussion: """
      Weights are scored on the experiment's validation and test examples. The run directory is an ordinary one: \
      it can be shown, compared, reproduced and used for prediction. The same as train.epochs=0.

      Detections are a file in COCO's format of results, whichever program wrote it: \
      [{"image_id", "category_id", "bbox": [x, y, width, height], "score"}, …]. They are scored by COCO's and \
      Pascal VOC's metrics.

      EXAMPLES
        runner evaluate resnet20.yaml weights=resnet20.th
        runner evaluate resnet50.yaml weights=imagenet
        runner evaluate --predictions detections.json --annotations instances_val2017.json
        runner evaluate --predictions detections.json --annotations VOC2007.zip --split test --voc
        runner evaluate --predictions a.json --against b.json --annotations instances_val2017.json
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String?

  @Argument(
    help: ArgumentHelp(
      "key=value sets a value, +key=value adds a key, ~key removes one.", valueName: "key=value"))
  var overrides: [String] = []

  @OptionGroup(title: "Weights") var execution: ExecutionArguments
  @OptionGroup(title: "Detections") var detection: DetectionArguments

  func validate() throws {
    if experiment != nil, let option = detection.firstOption {
      throw ValidationError("\(option) belongs to a file of detections, not to an experiment")
    }
    if experiment == nil, detection.predictions == nil || detection.annotations == nil {
      throw ValidationError(
        "expected an experiment and weights=FILE, or --predictions and --annotations")
    }
  }

  func run() async throws {
    guard let experiment else { return try detection.run(asJSON: execution.json) }
    let arguments = ExperimentArguments(experiment, overrides: overrides)
    try await execution.run(arguments, settings: ["train.epochs=0"]) { plan in
      guard plan.experiment.weights == nil else { return }
      throw InputError(
        "the experiment names no weights to be scored",
        hint: "add weights=FILE, or weights=imagenet for the published weights of a model")
    }
  }
}
