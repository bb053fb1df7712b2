/// A node with the types of its inputs, from which those of its outputs follow.
struct ONNXCall {
  let operation: String
  let opset: Int
  let name: String
  /// `nil` for an input that is left out.
  let inputs: [ONNXType?]
  /// The values of inputs that are constant integers.
  let integers: [[Int]?]
  /// The values of inputs that are a few constant floats.
  let floats: [[Float]?]
  let attributes: [String: ONNXAttribute]
  let outputCount: Int

  /// The types of the outputs.
  ///
  /// - Throws: ``ONNXFault`` if the operator set has no such operator, or it does not take these inputs and
  ///   attributes.
  func inferred() throws(ONNXFault) -> [ONNXType] {
    guard let known = ONNXOperator.all[operation] else {
      throw fault("there is no operator '\(operation)'")
    }
    if known.since > opset { throw fault("it needs operator set \(known.since)") }
    let count = inputs.count
    guard known.inputs.contains(count) else { throw fault("it has \(count) inputs") }
    if let name = attributes.keys.sorted().first(where: { !known.attributes.contains($0) }) {
      throw fault("it has no attribute '\(name)'")
    }
    let types = try known.infer(self)
    guard types.count >= outputCount else { throw fault("it has no \(outputCount) outputs") }
    return Array(types.prefix(outputCount))
  }

  func fault(_ reason: String) -> ONNXFault { ONNXFault("\(operation) '\(name)': \(reason)") }

  // MARK: Arguments

  func input(_ index: Int) throws(ONNXFault) -> ONNXType {
    guard index < inputs.count, let type = inputs[index] else {
      throw fault("input \(index) is missing")
    }
    return type
  }

  /// A constant input of integers.
  func constant(_ index: Int) throws(ONNXFault) -> [Int] {
    guard index < integers.count, let values = integers[index] else {
      throw fault("input \(index) is not a constant")
    }
    return values
  }

  func int(_ name: String, default value: Int? = nil) throws(ONNXFault) -> Int {
    if case .int(let found)? = attributes[name] { return found }
    guard let value, attributes[name] == nil else { throw fault("needs the integer '\(name)'") }
    return value
  }

  func ints(_ name: String, default values: [Int]? = nil) throws(ONNXFault) -> [Int] {
    if case .ints(let found)? = attributes[name] { return found }
    guard let values, attributes[name] == nil else { throw fault("needs the integers '\(name)'") }
    return values
  }

  /// An axis from 0 on; `rank` counts as one beyond the last.
  func axis(_ axis: Int, rank: Int) throws(ONNXFault) -> Int {
    guard (-rank..<rank).contains(axis) else { throw fault("there is no axis \(axis)") }
    return axis < 0 ? axis + rank : axis
  }

  func require(
    _ type: ONNXType, _ allowed: ONNXType.Element...
  ) throws(ONNXFault) {
    guard allowed.contains(type.element) else { throw fault("cannot take \(type)") }
  }

  /// A dimension that is known when the model runs.
  func unknown(_ place: Int = 0) -> ONNXType.Dimension { .named("\(name)_\(place)") }

  // MARK: Shapes

  /// The shape of elementwise operations.
  func broadcast(
    _ left: [ONNXType.Dimension], _ right: [ONNXType.Dimension]
  ) throws(ONNXFault) -> [ONNXType.Dimension] {
    let rank = max(left.count, right.count)
    let one = ONNXType.Dimension.fixed(1)
    let a = Array(repeating: one, count: rank - left.count) + left
    let b = Array(repeating: one, count: rank - right.count) + right
    var shape: [ONNXType.Dimension] = []
    for (x, y) in zip(a, b) {
      switch (x, y) {
      case (.fixed(1), _): shape.append(y)
      case (_, .fixed(1)): shape.append(x)
      case (.fixed(let m), .fixed(let n)):
        if m != n { throw fault("\(left) and \(right) do not fit") }
        shape.append(x)
      case (.named, .fixed): shape.append(y)
      case (.fixed, .named), (.named, .named): shape.append(x)
      }
    }
    return shape
  }

  /// The length of an axis after a window has been slid over it.
  func slid(
    _ size: ONNXType.Dimension, place: Int, kernel: Int, stride: Int, dilation: Int, padding: Int
  ) throws(ONNXFault) -> ONNXType.Dimension {
    guard let size = size.size else { return unknown(place) }
    let free = size + padding - dilation * (kernel - 1) - 1
    guard free >= 0, stride > 0 else { throw fault("a window of \(kernel) is larger than \(size)") }
    return .fixed(free / stride + 1)
  }
}

/// An operator of ONNX as far as this program uses it.
struct ONNXOperator {
  /// What operators for data other than tensors of numbers belong to.
  static let dataDomain = "ai.onnx.ml"
  /// The operator set of ``dataDomain``.
  static let dataOpset = 3

  /// Empty for ONNX's own.
  let domain: String
  /// The first operator set with the form that is used.
  let since: Int
  let inputs: ClosedRange<Int>
  let attributes: Set<String>
  let infer: @Sendable (ONNXCall) throws(ONNXFault) -> [ONNXType]

  init(
    domain: String = "", since: Int = 13, _ inputs: ClosedRange<Int>,
    _ attributes: Set<String> = [],
    infer: @escaping @Sendable (ONNXCall) throws(ONNXFault) -> [ONNXType]
  ) {
    self.domain = domain
    self.since = since
    self.inputs = inputs
    self.attributes = attributes
    self.infer = infer
  }

  /// All operators, by their names.
  static let all = elementwise.merging(spatial) { first, _ in first }
    .merging(shapes) { first, _ in first }.merging(sequences) { first, _ in first }
    .merging(selection) { first, _ in first }.merging(quantization) { first, _ in first }
    .merging(data) { first, _ in first }
}
