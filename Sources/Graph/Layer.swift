import ExperimentConfig

/// A layer type, declared once: name, arguments and documentation (`schema`), and its lowering for given
/// input shapes (`plan`).
package protocol Layer: Sendable {
  static var schema: ComponentSchema { get }
  /// The allowed number of inputs.
  static var inputCount: ClosedRange<Int> { get }
  /// Whether the output depends on the values of the inputs; if not, only on the size of their batch.
  static var readsValues: Bool { get }

  init(_ arguments: Arguments) throws

  /// The output shape, the parameters and the operation for given input shapes.
  ///
  /// - Throws: ``ShapeMismatch`` if the inputs do not fit.
  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan
}

extension Layer {
  package static var inputCount: ClosedRange<Int> { 1...1 }
  package static var readsValues: Bool { true }
}

/// The lowering of a layer for given input shapes.
package struct LayerPlan: Sendable {
  package var output: Shape
  package var operation: Operation
  package var parameters: [ParameterSpec]
  /// Floating-point operations of a forward pass for one example; a multiplication and an addition count as
  /// two.
  package var flops: Int
  /// The number of inputs, from the first on, that the operation reads; the shapes of the others were all that
  /// mattered. `nil` for all.
  package var readInputs: Int?

  package init(
    _ output: Shape, _ operation: Operation, parameters: [ParameterSpec] = [], flops: Int = 0,
    readInputs: Int? = nil
  ) {
    self.output = output
    self.operation = operation
    self.parameters = parameters
    self.flops = flops
    self.readInputs = readInputs
  }
}

/// A parameter or buffer of a layer.
package struct ParameterSpec: Sendable {
  package enum Role: Sendable {
    /// Changed by the optimizer.
    case parameter
    /// Changed by the forward pass, such as running statistics.
    case buffer
    /// A buffer that holds a counter (64-bit integer).
    case counter
  }

  package enum Initializer: Sendable, Equatable {
    case zeros, ones
    /// Uniform in ±1/√`fanIn`: PyTorch's default for linear and convolution layers, the Kaiming
    /// uniform rule with a = √5.
    case uniform(fanIn: Int)
    /// Normal with mean 0 and variance 2 / `fanOut`.
    case kaimingNormal(fanOut: Int)
    case constant(Double)
    /// Uniform in ±`bound`.
    case symmetricUniform(bound: Double)
    /// Normal with mean 0; the row `zeroRow` of a matrix, if given, is zero.
    case normal(std: Double, zeroRow: Int? = nil)
    /// Normal with mean 0 and standard deviation `std` before it is cut off below `lower` and above `upper`,
    /// as `torch.nn.init.trunc_normal_`.
    case truncatedNormal(std: Double, lower: Double, upper: Double)
    /// The value in the node's TorchScript file.
    case file
  }

  /// The name in PyTorch's module, such as `weight` or `running_mean`; empty if the node itself is the
  /// parameter.
  package let name: String
  package let shape: [Int]
  package let role: Role
  package let initializer: Initializer

  package init(
    _ name: String, _ shape: [Int], _ initializer: Initializer, role: Role = .parameter
  ) {
    self.name = name
    self.shape = shape
    self.role = role
    self.initializer = initializer
  }

  /// The name in the state dict for the node at `path`, such as `fc.weight`.
  package func name(at path: String) -> String { name.isEmpty ? path : "\(path).\(name)" }

  package var count: Int { shape.reduce(1) { Saturating.multiply($0, $1) } }
}

/// Why inputs do not fit a layer.
package struct ShapeMismatch: Error {
  package var message: String
  package var hint: String?
  /// The argument to point at, if one is the cause.
  package var argument: String?

  package init(_ message: String, hint: String? = nil, argument: String? = nil) {
    self.message = message
    self.hint = hint
    self.argument = argument
  }
}
