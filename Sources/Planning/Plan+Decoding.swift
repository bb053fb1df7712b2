import Datasets
import Diagnostics
import ExperimentConfig
import Transforms

extension Plan {
  /// The transforms of images that are decoded as the experiment says. A warning says why that has no effect.
  static func decoding(
    _ data: Experiment.Data, _ dataset: any DatasetDefinition, _ transforms: [NamedTransform],
    _ pipeline: TransformPipeline?, _ diagnostics: DiagnosticCollector
  ) -> TransformPipeline? {
    guard data.decoding == .fast else { return pipeline }
    func warn(_ reason: String, hint: String) {
      diagnostics.warning(
        "'decode: fast' has no effect: \(reason)", at: data.decodingRange, hint: hint)
    }
    guard let pipeline, dataset.decodesImages else {
      warn("'\(data.dataset.name)' does not decode image files", hint: "remove it")
      return pipeline
    }
    do throws(ReductionRefusal) {
      return try pipeline.reducing(for: transforms.map(\.transform))
    } catch {
      warn(error.reason, hint: error.hint)
      return pipeline
    }
  }
}
