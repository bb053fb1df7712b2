import ExperimentConfig

/// All transforms, in one explicit list.
package enum TransformRegistry {
  package static let all: [any Transform.Type] = [
    ToTensor.self, Normalize.self, Convert.self, Resize.self, CenterCrop.self, Pad.self,
    Grayscale.self, RandomCrop.self, RandomResizedCrop.self, RandomHorizontalFlip.self,
    RandomVerticalFlip.self,
    RandomRotation.self, RandomAffine.self, ColorJitter.self, RandomErasing.self,
    GaussianNoise.self, RandomPerspective.self, GaussianBlur.self, RandomInvert.self,
    RandomPosterize.self, RandomSolarize.self, RandomAutocontrast.self, RandomEqualize.self,
    RandomAdjustSharpness.self, TrivialAugmentWide.self, RandAugment.self, AutoAugment.self,
  ]

  package static var schemas: [ComponentSchema] { all.map { $0.schema } }

  /// The transform that `component` names, with its arguments; `nil` if there is none of that name.
  package static func make(_ component: ResolvedComponent) throws -> (any Transform)? {
    try all.first { $0.schema.name == component.name }?.init(component.arguments)
  }
}
