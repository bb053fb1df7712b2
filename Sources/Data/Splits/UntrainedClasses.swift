/// Finds classes that a model is evaluated on although it has no training examples of them.
package struct UntrainedClasses {
  private let trained: Set<Int32>
  /// Classes of the training set whose examples are all held out in this training.
  private let heldOut: Set<Int32>

  /// - Parameter indices: the examples that are trained on; `labels` are those of the whole training set.
  package init(trainedOn labels: [Int32], _ indices: [Int]) {
    trained = Set(indices.map { labels[$0] })
    heldOut = Set(labels).subtracting(trained)
  }

  /// A class and its number of examples.
  package struct Count: Sendable, Equatable {
    package let label: Int
    package let examples: Int

    package init(label: Int, examples: Int) {
      self.label = label
      self.examples = examples
    }
  }

  /// The classes among the examples `indices` that no training example has, in ascending order.
  package func among(_ labels: [Int32], _ indices: [Int]) -> [Count] {
    var counts: [Int32: Int] = [:]
    for index in indices where !trained.contains(labels[index]) {
      counts[labels[index], default: 0] += 1
    }
    return counts.sorted { $0.key < $1.key }.map { Count(label: Int($0.key), examples: $0.value) }
  }

  /// Warnings about one set of examples.
  ///
  /// - Parameters:
  ///   - set: such as `test`.
  ///   - fold: which of several trainings this is; `nil` if it is the only one. The warning names it unless
  ///     the whole training set lacks the class.
  package func warnings(
    _ set: String, _ labels: [Int32], _ indices: [Int], fold: Int? = nil
  ) -> [String] {
    let found = among(labels, indices)
    guard let fold else { return text(found, set, indices.count).map { [$0] } ?? [] }
    let missing = found.filter { !heldOut.contains(Int32($0.label)) }
    let ofFold = found.filter { heldOut.contains(Int32($0.label)) }
    return [
      text(missing, set, indices.count),
      text(ofFold, set, indices.count).map { "fold \(fold): \($0)" },
    ].compactMap(\.self)
  }

  private func text(_ found: [Count], _ set: String, _ total: Int) -> String? {
    if found.isEmpty { return nil }
    let examples = found.reduce(0) { $0 + $1.examples }
    let names = found.prefix(12).map { "\($0.label)" }.joined(separator: ", ")
    let more = found.count > 12 ? " and \(found.count - 12) more" : ""
    let isOne = found.count == 1
    return "\(isOne ? "class" : "classes") \(names)\(more) \(isOne ? "has" : "have") no training "
      + "example, although \(examples) of \(total) \(set) examples have "
      + "\(isOne ? "it" : "them"): the model cannot learn \(isOne ? "it" : "them")"
  }
}
