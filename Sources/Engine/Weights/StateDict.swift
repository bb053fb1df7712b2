/// A state dict in a file: its location and its contents.
package struct StateDict: Sendable {
  /// The keys of the checkpoint that lead to it, outermost first; empty if it is the whole file.
  package let key: [String]
  /// In the order of the file.
  package private(set) var tensors: [StateDictFile.Tensor] = []
  /// Other values between the tensors.
  package internal(set) var others: [Other] = []
  /// Why it cannot be read.
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
    /// By its index in the header.
    case safeTensors(Int)
    case pickled(PickledTensor)
    /// In one of several files, by its index in the file's first state dict.
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

  /// As written in `weights: {key: …}`; empty for the whole file.
  package var keyPath: String { key.joined(separator: ".") }

  /// The usual keys of state dicts in a checkpoint, preferred ones first.
  package static let usualKeys = ["state_dict", "model_state_dict", "model"]

  /// The preferred one of several state dicts: those under the usual keys, then the whole file.
  ///
  /// - Parameter areSiblings: whether all are in one dictionary; otherwise a usual key inside another one
  ///   means nothing.
  func rank(areSiblings: Bool = false) -> Int {
    guard let last = key.last else { return Self.usualKeys.count }
    guard areSiblings || key.count == 1 else { return Self.usualKeys.count + 1 }
    return Self.usualKeys.firstIndex(of: last) ?? Self.usualKeys.count + 1
  }
}
