import ExperimentConfig

/// Something done to each image, declared once.
package protocol Transform: Sendable {
  static var schema: ComponentSchema { get }

  /// Whether it draws random numbers, and so is for training only.
  static var isRandom: Bool { get }

  /// - Throws: `ProgramFault` if `arguments` were not checked against the schema.
  init(_ arguments: Arguments) throws

  /// What comes out for what goes in, and how.
  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep)
}

extension Transform {
  package static var isRandom: Bool { false }
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
