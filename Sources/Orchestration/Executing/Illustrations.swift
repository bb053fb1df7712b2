import DataSchema
import Datasets
import ExperimentConfig
import ImageFormats
import PNGImage
import Planning
import RunRecord
import Tasks
import Transforms

/// Pictures of test examples with the answers of a run drawn over them, for tasks that have such pictures.
struct Illustrations {
  private let run: RunDirectory
  private let task: any Task
  private let source: any ExampleSource
  /// `nil` if the task has no such pictures.
  private let names: AnswerNames?
  /// `nil` if it is not what the model sees.
  private let visible: TransformPipeline?

  /// - Parameter source: the test set.
  init(_ run: RunDirectory, _ plan: Plan, _ task: any Task, _ source: any ExampleSource) {
    self.run = run
    self.task = task
    self.source = source
    names =
      type(of: task).answerPath("") == nil
      ? nil : AnswerNames(plan.experiment.data.testLimit.map(source.prefix) ?? source)
    visible = plan.transforms?.visiblePart
  }

  /// - Returns: `nil` if there is nothing to draw over the picture, or the run does not hold the answer.
  func picture(_ index: Int) -> PixelImage? {
    guard let visible, let names, source.hasMasks,
      let path = type(of: task).answerPath(names[index]),
      let file = try? run.bytes(of: path, limit: 1 << 28),
      let answer = try? MaskImage(decoding: file, path: path),
      let example = try? visible.apply(
        to: source, [index], masks: visible.forMasks, augmenting: nil, threads: 1)
    else { return nil }
    let type = example.images.type
    let picture = PixelImage(
      planar: example.images.bytes, width: type.width, height: type.height,
      channels: type.channels)
    guard let picture else { return nil }
    return task.illustration(
      picture,
      answer: ClassMap(height: answer.height, width: answer.width, numbers: answer.bytes),
      truth: ClassMap(height: type.height, width: type.width, numbers: example.masks))
  }
}
