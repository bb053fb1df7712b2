/// Asks to write a TorchScript file of a model, or of several that answer together.
package struct ScriptRequest: Codable, Sendable {
  /// The weights of one model.
  package struct Member: Codable, Sendable {
    /// What their names begin with in the file.
    package var prefix: String
    /// The file of weights.
    package var weights: String
  }

  /// The definition of `forward` in TorchScript.
  package var source: String
  package var members: [Member]
  /// The names of the parameters that the file holds, in each model's state dict.
  package var parameters: [String]
  /// The same for its buffers.
  package var buffers: [String]
  /// What the file says about itself, in JSON.
  package var metadata: String
  /// The file to write, which must not exist.
  package var path: String

  package init(
    source: String, members: [Member], parameters: [String], buffers: [String], metadata: String,
    path: String
  ) {
    (self.source, self.members, self.path) = (source, members, path)
    (self.parameters, self.buffers, self.metadata) = (parameters, buffers, metadata)
  }
}

extension ScriptRequest.Member {
  package init(_ prefix: String, weights: String) {
    self.prefix = prefix
    self.weights = weights
  }
}
