import ArgumentParser
import Diagnostics
import ExperimentConfig
import Planning

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Scores weights on an experiment's data without training.",
    usage: "runner evaluate EXPERIMENT.yaml weights=FILE [key=value …] [options]",
    discussion: """
      The run directory is an ordinary one: it can be shown, compared, reproduced and used for prediction. The \
      same as train.epochs=0.

      EXAMPLES
        runner evaluate resnet20.yaml weights=resnet20.th
        runner evaluate resnet50.yaml weights=imagenet
      """)

  @OptionGroup var arguments: ExperimentArguments
  @OptionGroup var execution: ExecutionArguments

  func run() async throws {
    try await execution.run(arguments, settings: ["train.epochs=0"]) { plan in
      guard plan.experiment.weights == nil else { return }
      throw InputError(
        "the experiment names no weights to be scored",
        hint: "add weights=FILE, or weights=imagenet for the published weights of a model")
    }
  }
}
