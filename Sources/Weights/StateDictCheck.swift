/// What a model expects of a state dict.
package struct ExpectedTensor: Sendable {
  package let name: String
  package let shape: [Int]
  package let type: SafeTensors.ElementType

  package init(name: String, shape: [Int], type: SafeTensors.ElementType) {
    self.name = name
    self.shape = shape
    self.type = type
  }
}

extension SafeTensors.Header {
  /// What differs between the file and the model, one line each; empty where all fits.
  package func differences(from expected: [ExpectedTensor]) -> [String] {
    var lines: [String] = []
    let there = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    for tensor in expected {
      guard let found = there[tensor.name] else {
        lines.append("missing: \(tensor.name) \(tensor.shape)")
        continue
      }
      if found.shape != tensor.shape {
        lines.append("\(tensor.name): shape \(found.shape), the model has \(tensor.shape)")
      } else if found.type != tensor.type.rawValue {
        lines.append("\(tensor.name): type \(found.type), the model has \(tensor.type.rawValue)")
      }
    }
    let known = Set(expected.map(\.name))
    for tensor in tensors where !known.contains(tensor.name) {
      lines.append("not in the model: \(HeaderFault.printable(tensor.name)) \(tensor.shape)")
    }
    return lines
  }
}

extension SafeTensors.File {
  /// What differs between the file and the model, one line each; empty where all fits.
  package func differences(from expected: [ExpectedTensor]) -> [String] {
    header.differences(from: expected)
  }
}
