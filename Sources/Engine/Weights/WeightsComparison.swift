import Files

/// A tensor that a model expects in a state dict.
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

/// How a state dict fits a model.
package struct WeightsComparison: Sendable, Equatable {
  /// Problems, one line each: in the model's order, then extra tensors of the file.
  package var problems: [String]
  /// Tensors of the head with another shape in the file. If there are any, the whole head keeps its
  /// initialisation.
  package var replacedHead: [String]
  /// Counters missing from the file, as in files written before PyTorch 0.4.1; they start from 0.
  package var absentCounters: [String]
  /// The tensors to load from the file, in the model's order.
  package var loaded: [String]

  package init(
    problems: [String] = [], replacedHead: [String] = [], absentCounters: [String] = [],
    loaded: [String] = []
  ) {
    self.problems = problems
    self.replacedHead = replacedHead
    self.absentCounters = absentCounters
    self.loaded = loaded
  }

  package var fits: Bool { problems.isEmpty }
}

extension StateDictFile {
  /// Compares the contents of the file with what a model expects; no values are read.
  ///
  /// - Parameter head: names of tensors that may have another shape in the file, like the head of a model
  ///   that was trained on other classes. They still have to be in the file.
  package func compare(
    with expected: [ExpectedTensor], head: Set<String> = []
  ) -> WeightsComparison {
    var result = WeightsComparison()
    let there = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    for tensor in expected {
      guard let found = there[tensor.name] else {
        if tensor.type == .int64, tensor.isCounter {
          result.absentCounters.append(tensor.name)
        } else {
          result.problems.append("missing: \(tensor.name) \(tensor.shape)")
        }
        continue
      }
      if found.shape != tensor.shape {
        if head.contains(tensor.name) {
          result.replacedHead.append(tensor.name)
        } else {
          result.problems.append(
            "\(tensor.name): shape \(found.shape), the model has \(tensor.shape)")
        }
      } else if SafeTensors.ElementType(converting: found.type) != tensor.type {
        result.problems.append(
          "\(tensor.name): type \(found.type), the model has \(tensor.type.rawValue)")
      } else {
        result.loaded.append(tensor.name)
      }
    }
    if !result.replacedHead.isEmpty { result.loaded.removeAll(where: head.contains) }
    let known = Set(expected.map(\.name))
    for tensor in tensors where !known.contains(tensor.name) {
      result.problems.append(
        "not in the model: \(FileError.printable(tensor.name)) \(tensor.shape)")
    }
    return result
  }
}
