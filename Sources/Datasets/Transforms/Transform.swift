import ExperimentConfig

/// Something done to each example, declared once.
package protocol Transform: Sendable {
  static var schema: ComponentSchema { get }

  init(_ arguments: Arguments) throws

  /// What comes out for what goes in, and how.
  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep)
}

/// The type of an example on its way through the transforms.
package struct ImageType: Sendable, Equatable {
  package var channels: Int
  package var height: Int
  package var width: Int
  /// Bytes of 0 to 255 before `to_tensor`, floats after it.
  package var isFloat: Bool

  package init(channels: Int, height: Int, width: Int, isFloat: Bool) {
    self.channels = channels
    self.height = height
    self.width = width
    self.isFloat = isFloat
  }
}

/// What a transform is lowered to.
package enum TransformStep: Sendable, Equatable {
  /// Bytes to floats from 0 to 1.
  case scale
  /// (x - mean) / std, one value for each channel.
  case normalize(mean: [Float], std: [Float])
}

/// Why a transform does not fit what it is given.
package struct TransformMismatch: Error, Sendable {
  package let message: String
  package let hint: String?
  /// The argument to point at, where one is to blame.
  package let argument: String?

  init(_ message: String, hint: String? = nil, argument: String? = nil) {
    self.message = message
    self.hint = hint
    self.argument = argument
  }
}

/// The transforms there are: one explicit list.
package enum TransformRegistry {
  package static let all: [any Transform.Type] = [ToTensor.self, Normalize.self]

  package static var schemas: [ComponentSchema] { all.map { $0.schema } }

  package static func make(_ component: ResolvedComponent) throws -> (any Transform)? {
    try all.first { $0.schema.name == component.name }?.init(component.arguments)
  }
}
