/// A state dict in a file: its location and its contents.
package struct StateDict: Sendable {
  /// The keys of the checkpoint that lead to it, outermost first; empty if it is the whole file.
  package let key: [String]
  /// The tensors, in the file's order.
  package private(set) var tensors: [StateDictFile.Tensor] = []
  /// Values in the state dict that are not tensors, or not supported ones.
  package internal(set) var others: [Other] = []
  /// Why the state dict cannot be read; `nil` if it can.
  var fault: String?
  /// The locations of the values of `tensors`, in the same order.
  private(set) var sources: [Source] = []

  /// A value that is not a tensor, or a tensor of an unsupported kind.
  package struct Other: Sendable, Equatable {
    package let name: String
    /// `a number`, `None`, `an object of argparse.Namespace`.
    package let kind: String

    package init(name: String, kind: String) {
      self.name = name
      self.kind = kind
    }
  }

  enum Source: Sendable, Equatable {
    /// The tensor's index in the header.
    case safeTensors(Int)
    case pickled(PickledTensor)
    /// The shard's index, and the tensor's index in its first state dict.
    case shard(Int, Int)
  }

  init(key: [String], fault: String? = nil) {
    self.key = key
    self.fault = fault
  }

  mutating func add(_ tensor: StateDictFile.Tensor, _ source: Source) {
    tensors.append(tensor)
    sources.append(source)
  }

  /// The key as written in `weights: {key: …}`; empty for the whole file.
  package var keyPath: String { key.joined(separator: ".") }

  /// The usual keys of state dicts in a checkpoint, in order of preference.
  package static let usualKeys = ["state_dict", "model_state_dict", "model"]

  /// The rank among several state dicts, lowest preferred: those under the usual keys, then the whole file.
  ///
  /// - Parameter areSiblings: whether all are in one dictionary; otherwise a usual key inside another one is
  ///   not preferred.
  func rank(areSiblings: Bool = false) -> Int {
    guard let last = key.last else { return Self.usualKeys.count }
    guard areSiblings || key.count == 1 else { return Self.usualKeys.count + 1 }
    return Self.usualKeys.firstIndex(of: last) ?? Self.usualKeys.count + 1
  }
}
