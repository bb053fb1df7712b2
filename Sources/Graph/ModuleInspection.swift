/// A TorchScript file that a model contains.
package struct ModuleFile: Sendable, Equatable, CustomStringConvertible {
  /// The path in the experiment, absolute.
  package let path: String
  /// Where the contents are read: `path`, or the copy in a run's directory.
  package let location: String
  package let sha256: String
  /// See ``ModuleFacts/fixesStatistics``.
  package let fixesStatistics: Bool

  package init(path: String, location: String, sha256: String, fixesStatistics: Bool = false) {
    self.path = path
    self.location = location
    self.sha256 = sha256
    self.fixesStatistics = fixesStatistics
  }

  /// What results depend on: the contents, not the place.
  package var description: String { sha256 }
}

/// What running a TorchScript file once tells about it, for one shape of input.
package struct ModuleFacts: Codable, Sendable, Equatable {
  /// A parameter or buffer.
  package struct Tensor: Codable, Sendable, Equatable {
    package enum Role: String, Codable, Sendable {
      case parameter, buffer, counter
    }

    /// Its path in the module, such as `layer1.0.conv1.weight`.
    package var name: String
    package var shape: [Int]
    package var role: Role

    package init(name: String, shape: [Int], role: Role) {
      self.name = name
      self.shape = shape
      self.role = role
    }
  }

  /// The shape of the output for one example.
  package var output: [Int]
  /// Parameters and buffers, in the order of a state dict.
  package var tensors: [Tensor]
  /// Whether it has running statistics that training does not update, as of a module that was traced in evaluation
  /// mode.
  package var fixesStatistics: Bool?

  package init(output: [Int], tensors: [Tensor], fixesStatistics: Bool? = nil) {
    self.output = output
    self.tensors = tensors
    self.fixesStatistics = fixesStatistics
  }

  /// Whether no size is negative, and every tensor has a name of its own.
  package var isPlausible: Bool {
    let sizes = output + tensors.flatMap(\.shape)
    let names = Set(tensors.map(\.name))
    return sizes.allSatisfy { $0 >= 0 } && names.count == tensors.count && !names.contains("")
  }
}

/// Tells what a graph needs to know about the TorchScript files in it.
package protocol ModuleInspector: Sendable {
  /// - Parameters:
  ///   - path: the file, by its absolute path.
  ///   - node: the path of the node that contains it.
  ///   - input: the shape of the node's input.
  /// - Throws: ``ShapeMismatch`` if it is no such file, or fails on such an input.
  func inspect(
    _ path: String, node: String, input: Shape
  ) throws(ShapeMismatch) -> (file: ModuleFile, facts: ModuleFacts)
}

/// For models that may not contain TorchScript files.
package struct NoModules: ModuleInspector {
  package init() {}

  package func inspect(
    _ path: String, node: String, input: Shape
  ) throws(ShapeMismatch) -> (file: ModuleFile, facts: ModuleFacts) {
    throw ShapeMismatch("needs a worker that runs its file", argument: "file")
  }
}

/// A layer that cannot be planned without running a file.
protocol InspectedLayer: Layer {
  /// - Parameter node: the path of the node.
  func plan(
    _ inputs: [Shape], node: String, by inspector: any ModuleInspector
  ) throws(ShapeMismatch) -> LayerPlan
}

extension Graph.Node {
  /// The TorchScript file that the node runs; `nil` for every other layer.
  package var moduleFile: ModuleFile? {
    if case .torchScript(let file) = operation { file } else { nil }
  }
}

extension Graph {
  /// Whether ``flops`` leaves out what TorchScript files compute, which is not known.
  package var hasUnknownFLOPs: Bool { nodes.contains { $0.moduleFile != nil } }
}

extension ParameterSpec {
  /// The path of the module that it belongs to, within its node: `layer1.0.conv1`, or an empty text for the node
  /// itself.
  var module: String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? "" }
}
