/// A layer that a file calls otherwise than the model, such as `linear` for `fc`.
package struct RenamedLayer: Sendable, Equatable {
  package let name: String
  package let nameInFile: String

  /// The name of a tensor of the file as the model has it; unchanged if it is of another layer.
  func renaming(_ tensor: String) -> String {
    let (layer, last) = Self.parts(tensor)
    // A prefix such as `module.` may come before.
    guard layer == nameInFile || layer.hasSuffix("." + nameInFile) else { return tensor }
    return layer.dropLast(nameInFile.count) + name + "." + last
  }

  /// The shapes of each layer's tensors by their last names.
  static func shapes(_ tensors: [(name: String, shape: [Int])]) -> [String: [String: [Int]]] {
    var result: [String: [String: [Int]]] = [:]
    for tensor in tensors {
      let (layer, last) = parts(tensor.name)
      result[layer, default: [:]][last] = tensor.shape
    }
    return result
  }

  private static func parts(_ tensor: String) -> (layer: String, last: String) {
    guard let dot = tensor.lastIndex(of: ".") else { return ("", tensor) }
    return (String(tensor[..<dot]), String(tensor[tensor.index(after: dot)...]))
  }
}
