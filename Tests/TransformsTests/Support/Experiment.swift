import Diagnostics
import ExperimentConfig
import Tasks

@testable import Transforms

/// Transforms from the text of an experiment.
enum Experiment {
  /// Why a text was refused.
  struct Refusal: Error, CustomStringConvertible {
    var description: String
  }

  /// The pipeline of `transforms`, each written as an item of the list.
  static func pipeline(
    _ transforms: [String], for input: ImageType
  ) throws -> TransformPipeline {
    var type = input
    var steps: [TransformStep] = []
    for transform in try self.transforms(transforms) {
      let (output, step) = try transform.plan(type)
      type = output
      steps.append(step)
    }
    return TransformPipeline(input: input, steps: steps)
  }

  static func transforms(_ transforms: [String]) throws -> [any Transform] {
    try components(transforms).map { component in
      guard let transform = try TransformRegistry.make(component) else {
        throw Refusal(description: "no transform \(component.name)")
      }
      return transform
    }
  }

  /// The step of one transform.
  static func step(_ transform: String, for input: ImageType) throws -> TransformStep {
    try pipeline([transform], for: input).steps[0]
  }

  /// Why `transform` is refused: `argument: message (hint)`, or nothing if it is not.
  static func refusal(_ transform: String, for input: ImageType) throws -> String {
    do {
      _ = try pipeline([transform], for: input)
      return ""
    } catch let mismatch as TransformMismatch {
      return (mismatch.argument.map { "\($0): " } ?? "") + mismatch.message
        + (mismatch.hint.map { " (\($0))" } ?? "")
    } catch let refusal as Refusal {
      return refusal.description
    }
  }

  private static func components(_ transforms: [String]) throws -> [ResolvedComponent] {
    let text =
      "data:\n  dataset: nothing\n  transforms:\n"
      + transforms.map { "    - \($0)\n" }.joined() + "model: [nothing]\n"
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: 1)
    let source = SourceFile(name: "test.yaml", text: text, kind: .file)
    guard let loaded = loader.load(source, into: diagnostics) else {
      throw Refusal(description: diagnostics.all.map(\.message).joined(separator: "; "))
    }
    return loaded.experiment.data.transforms
  }

  private static let catalog = Catalog([
    .layer: [ComponentSchema("nothing", doc: "")],
    .dataset: [ComponentSchema("nothing", doc: "")],
    .transform: TransformRegistry.schemas,
    .loss: LossRegistry.schemas,
    .optimizer: OptimizerRegistry.schemas,
    .metric: [ComponentSchema("accuracy", doc: "")],
  ])
}

let greyBytes = ImageType(channels: 1, height: 13, width: 17, isFloat: false)
let colourBytes = ImageType(channels: 3, height: 13, width: 17, isFloat: false)
let greyFloats = greyBytes.converted(toFloat: true)
let colourFloats = colourBytes.converted(toFloat: true)

/// Draws of the transform at position 0 for image `sample`.
func draws(_ sample: Int, epoch: Int = 1, seed: UInt64 = 7) -> Draws {
  Draws(
    augmentation: Augmentation(seed: seed, fold: 0, epoch: epoch), sample: sample, position: 0)
}

/// Whether the mean of `values`, drawn evenly from `range`, lies within five of its standard errors,
/// which a right generator misses less than once in a million times.
func isMeanEven(_ values: [Double], in range: ValueRange) -> Bool {
  let mean = values.reduce(0, +) / Double(values.count)
  let error = (range.high - range.low) / (12 * Double(values.count)).squareRoot()
  return abs(mean - (range.low + range.high) / 2) <= 5 * error
    && values.allSatisfy { range.low <= $0 && $0 <= range.high }
}

/// Whether an event of probability `p` happened as often as it should, within five standard errors.
func isFrequent(_ count: Int, of total: Int, p: Double) -> Bool {
  abs(Double(count) - Double(total) * p) <= 5 * (Double(total) * p * (1 - p)).squareRoot() + 1e-9
}
