import ExperimentConfig
import Graph
import Planning
import Transforms

/// A model that the library timm has under the same names of parameters and with the same computation.
struct TimmModel {
  /// The name of the built-in model, which is timm's, too.
  let architecture: String
  /// The layer that gives the scores, and the first convolution.
  let classifier: String
  let firstConvolution: String

  /// The models whose outputs were compared with timm's by `scripts/test-pytorch`, with their last layer and their first
  /// convolution.
  private static let known: [String: (classifier: String, first: String)] = [
    "resnet18": ("fc", "conv1"), "resnet34": ("fc", "conv1"), "resnet50": ("fc", "conv1"),
    "resnet101": ("fc", "conv1"), "resnet152": ("fc", "conv1"),
    "wide_resnet50_2": ("fc", "conv1"), "resnext50_32x4d": ("fc", "conv1"),
    "densenet121": ("classifier", "features.conv0"),
  ]

  /// - Returns: `nil` if timm has no such model, or the run's differs from it.
  init?(_ plan: Plan) {
    guard plan.experiment.model.count == 1, plan.experiment.outputs.isEmpty,
      case .model(let name, _) = plan.experiment.model[0].kind, let known = Self.known[name]
    else { return nil }
    // With `output_stride`, convolutions are dilated.
    let isStandard = plan.graph.nodes.allSatisfy { node in
      if case .conv2d(let conv) = node.operation { conv.dilation == Pair(1, 1) } else { true }
    }
    guard isStandard, [1, 3].contains(plan.graph.inputs[0].shape.dims[0]) else { return nil }
    architecture = name
    classifier = known.classifier
    firstConvolution = known.first
  }
}

/// The part of a run's transforms that timm's configuration can say.
struct TimmPreprocessing {
  var interpolation = "bilinear"
  var cropShare = 1.0
  var cropMode = "squash"
  var mean: [Float]
  var std: [Float]
  /// Whether the transforms are exactly these.
  var isComplete = true

  /// - Parameter pipeline: the transforms with their statistics.
  init(_ transforms: [any Transform], _ pipeline: TransformPipeline) {
    let output = pipeline.output
    mean = Array(repeating: 0, count: output.channels)
    std = Array(repeating: 1, count: output.channels)
    var side: Int?
    for (transform, step) in zip(transforms, pipeline.steps) {
      switch step {
      case .resize(let step):
        interpolation = step.interpolation.rawValue
        switch transform.resizingRule?.size {
        case .shorterSide(let size): side = size
        case .exact(let height, let width):
          if (height, width) != (output.height, output.width) { isComplete = false }
        default: isComplete = false
        }
      case .centerCrop(let step):
        guard let side, step.height == step.width, side > 0 else {
          isComplete = false
          continue
        }
        cropShare = Double(step.height) / Double(side)
        cropMode = "center"
      case .scale: break
      case .normalize(let mean, let std): (self.mean, self.std) = (mean, std)
      default: if step.isRandom, !step.changesSize { continue } else { isComplete = false }
      }
    }
    if side != nil, cropMode != "center" { isComplete = false }
  }
}
