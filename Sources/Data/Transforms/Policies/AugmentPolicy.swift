/// The policies of AutoAugment, as torchvision has them.
package enum AugmentPolicy: String, Sendable, CaseIterable {
  case imagenet, cifar10, svhn

  /// How likely an operation is applied, and the place of its magnitude among ten; 0 if it has none.
  struct Rule: Sendable, Equatable {
    let operation: PolicyOperation
    let p: Double
    let magnitude: Int

    init(_ operation: PolicyOperation, _ p: Double, _ magnitude: Int = 0) {
      self.operation = operation
      self.p = p
      self.magnitude = magnitude
    }
  }

  /// Two operations, one after the other.
  typealias Pair = (first: Rule, second: Rule)

  /// The pairs, of which one is drawn for each image.
  var pairs: [Pair] {
    switch self {
    case .imagenet: Self.imagenetPairs
    case .cifar10: Self.cifar10Pairs
    case .svhn: Self.svhnPairs
    }
  }

  private static let imagenetPairs: [Pair] = [
    (Rule(.posterize, 0.4, 8), Rule(.rotate, 0.6, 9)),
    (Rule(.solarize, 0.6, 5), Rule(.autocontrast, 0.6)),
    (Rule(.equalize, 0.8), Rule(.equalize, 0.6)),
    (Rule(.posterize, 0.6, 7), Rule(.posterize, 0.6, 6)),
    (Rule(.equalize, 0.4), Rule(.solarize, 0.2, 4)),
    (Rule(.equalize, 0.4), Rule(.rotate, 0.8, 8)),
    (Rule(.solarize, 0.6, 3), Rule(.equalize, 0.6)),
    (Rule(.posterize, 0.8, 5), Rule(.equalize, 1.0)),
    (Rule(.rotate, 0.2, 3), Rule(.solarize, 0.6, 8)),
    (Rule(.equalize, 0.6), Rule(.posterize, 0.4, 6)),
    (Rule(.rotate, 0.8, 8), Rule(.color, 0.4, 0)),
    (Rule(.rotate, 0.4, 9), Rule(.equalize, 0.6)),
    (Rule(.equalize, 0.0), Rule(.equalize, 0.8)),
    (Rule(.invert, 0.6), Rule(.equalize, 1.0)),
    (Rule(.color, 0.6, 4), Rule(.contrast, 1.0, 8)),
    (Rule(.rotate, 0.8, 8), Rule(.color, 1.0, 2)),
    (Rule(.color, 0.8, 8), Rule(.solarize, 0.8, 7)),
    (Rule(.sharpness, 0.4, 7), Rule(.invert, 0.6)),
    (Rule(.shearX, 0.6, 5), Rule(.equalize, 1.0)),
    (Rule(.color, 0.4, 0), Rule(.equalize, 0.6)),
    (Rule(.equalize, 0.4), Rule(.solarize, 0.2, 4)),
    (Rule(.solarize, 0.6, 5), Rule(.autocontrast, 0.6)),
    (Rule(.invert, 0.6), Rule(.equalize, 1.0)),
    (Rule(.color, 0.6, 4), Rule(.contrast, 1.0, 8)),
    (Rule(.equalize, 0.8), Rule(.equalize, 0.6)),
  ]

  private static let cifar10Pairs: [Pair] = [
    (Rule(.invert, 0.1), Rule(.contrast, 0.2, 6)),
    (Rule(.rotate, 0.7, 2), Rule(.translateX, 0.3, 9)),
    (Rule(.sharpness, 0.8, 1), Rule(.sharpness, 0.9, 3)),
    (Rule(.shearY, 0.5, 8), Rule(.translateY, 0.7, 9)),
    (Rule(.autocontrast, 0.5), Rule(.equalize, 0.9)),
    (Rule(.shearY, 0.2, 7), Rule(.posterize, 0.3, 7)),
    (Rule(.color, 0.4, 3), Rule(.brightness, 0.6, 7)),
    (Rule(.sharpness, 0.3, 9), Rule(.brightness, 0.7, 9)),
    (Rule(.equalize, 0.6), Rule(.equalize, 0.5)),
    (Rule(.contrast, 0.6, 7), Rule(.sharpness, 0.6, 5)),
    (Rule(.color, 0.7, 7), Rule(.translateX, 0.5, 8)),
    (Rule(.equalize, 0.3), Rule(.autocontrast, 0.4)),
    (Rule(.translateY, 0.4, 3), Rule(.sharpness, 0.2, 6)),
    (Rule(.brightness, 0.9, 6), Rule(.color, 0.2, 8)),
    (Rule(.solarize, 0.5, 2), Rule(.invert, 0.0)),
    (Rule(.equalize, 0.2), Rule(.autocontrast, 0.6)),
    (Rule(.equalize, 0.2), Rule(.equalize, 0.6)),
    (Rule(.color, 0.9, 9), Rule(.equalize, 0.6)),
    (Rule(.autocontrast, 0.8), Rule(.solarize, 0.2, 8)),
    (Rule(.brightness, 0.1, 3), Rule(.color, 0.7, 0)),
    (Rule(.solarize, 0.4, 5), Rule(.autocontrast, 0.9)),
    (Rule(.translateY, 0.9, 9), Rule(.translateY, 0.7, 9)),
    (Rule(.autocontrast, 0.9), Rule(.solarize, 0.8, 3)),
    (Rule(.equalize, 0.8), Rule(.invert, 0.1)),
    (Rule(.translateY, 0.7, 9), Rule(.autocontrast, 0.9)),
  ]

  private static let svhnPairs: [Pair] = [
    (Rule(.shearX, 0.9, 4), Rule(.invert, 0.2)),
    (Rule(.shearY, 0.9, 8), Rule(.invert, 0.7)),
    (Rule(.equalize, 0.6), Rule(.solarize, 0.6, 6)),
    (Rule(.invert, 0.9), Rule(.equalize, 0.6)),
    (Rule(.equalize, 0.6), Rule(.rotate, 0.9, 3)),
    (Rule(.shearX, 0.9, 4), Rule(.autocontrast, 0.8)),
    (Rule(.shearY, 0.9, 8), Rule(.invert, 0.4)),
    (Rule(.shearY, 0.9, 5), Rule(.solarize, 0.2, 6)),
    (Rule(.invert, 0.9), Rule(.autocontrast, 0.8)),
    (Rule(.equalize, 0.6), Rule(.rotate, 0.9, 3)),
    (Rule(.shearX, 0.9, 4), Rule(.solarize, 0.3, 3)),
    (Rule(.shearY, 0.8, 8), Rule(.invert, 0.7)),
    (Rule(.equalize, 0.9), Rule(.translateY, 0.6, 6)),
    (Rule(.invert, 0.9), Rule(.equalize, 0.6)),
    (Rule(.contrast, 0.3, 3), Rule(.rotate, 0.8, 4)),
    (Rule(.invert, 0.8), Rule(.translateY, 0.0, 2)),
    (Rule(.shearY, 0.7, 6), Rule(.solarize, 0.4, 8)),
    (Rule(.invert, 0.6), Rule(.rotate, 0.8, 4)),
    (Rule(.shearY, 0.3, 7), Rule(.translateX, 0.9, 3)),
    (Rule(.shearX, 0.1, 6), Rule(.invert, 0.6)),
    (Rule(.solarize, 0.7, 2), Rule(.translateY, 0.6, 7)),
    (Rule(.shearY, 0.8, 4), Rule(.invert, 0.8)),
    (Rule(.shearX, 0.7, 9), Rule(.translateY, 0.8, 3)),
    (Rule(.shearY, 0.8, 5), Rule(.autocontrast, 0.7)),
    (Rule(.shearX, 0.7, 2), Rule(.invert, 0.1)),
  ]
}
