/// Asks to write a TorchScript file of a model, or of several that answer together.
package struct ScriptRequest: Codable, Sendable {
  /// The weights of one model.
  package struct Member: Codable, Sendable {
    /// What their paths begin with in the file.
    package var prefix: String
    /// The file of weights.
    package var weights: String

    package init(_ prefix: String, weights: String) {
      self.prefix = prefix
      self.weights = weights
    }
  }

  /// A tensor of each model.
  package struct Tensor: Codable, Sendable {
    /// Its name in the state dict.
    package var name: String
    /// Its path in the file, behind the model's prefix.
    package var path: String
    /// Whether it is a parameter; otherwise it is a buffer.
    package var isParameter: Bool

    package init(_ name: String, path: String, isParameter: Bool) {
      self.name = name
      self.path = path
      self.isParameter = isParameter
    }
  }

  /// The definition of `forward` in TorchScript.
  package var source: String
  package var members: [Member]
  package var tensors: [Tensor]
  /// What the file says about itself, in JSON.
  package var metadata: String
  /// The file to write.
  package var path: String

  package init(
    source: String, members: [Member], tensors: [Tensor], metadata: String, path: String
  ) {
    (self.source, self.members, self.tensors) = (source, members, tensors)
    (self.metadata, self.path) = (metadata, path)
  }
}
