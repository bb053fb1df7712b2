import Graph

/// Asks what a TorchScript file is, by running it once on a batch of two made-up examples in evaluation mode.
package struct InspectionRequest: Codable, Sendable {
  package var path: String
  /// The hash of its contents; a file with other contents is refused.
  package var sha256: String
  /// The shape of its input for one example.
  package var input: [Int]

  package init(path: String, sha256: String, input: [Int]) {
    self.path = path
    self.sha256 = sha256
    self.input = input
  }
}

/// The answer to an ``InspectionRequest``.
package enum InspectionAnswer: Codable, Sendable, Equatable {
  case facts(ModuleFacts)
  /// Why the file cannot be part of a model, as what follows the name of the layer.
  case refusal(String, hint: String?)
}
