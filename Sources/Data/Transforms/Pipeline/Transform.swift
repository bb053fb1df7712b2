import ExperimentConfig

/// An operation on images, declared once: name, arguments and documentation, and what it does to a type.
package protocol Transform: Sendable {
  static var schema: ComponentSchema { get }

  /// Whether it draws random numbers, and therefore applies in training only.
  static var isRandom: Bool { get }

  /// - Throws: `ProgramFault` if `arguments` were not checked against the schema.
  init(_ arguments: Arguments) throws

  /// The type of the result for an input type, and the step that computes it.
  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep)
}

extension Transform {
  package static var isRandom: Bool { false }
}

/// Why a transform cannot be applied to its input.
package struct TransformMismatch: Error, Sendable {
  package let message: String
  package let hint: String?
  /// The argument to point at, if one is the cause.
  package let argument: String?

  init(_ message: String, hint: String? = nil, argument: String? = nil) {
    self.message = message
    self.hint = hint
    self.argument = argument
  }
}
