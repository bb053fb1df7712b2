import Files

/// Finds the state dict in what a file of `torch.save` holds: it is the whole, or lies in a checkpoint
/// under one of the usual names.
struct StateDictSearch {
  let heap: PickleHeap
  let file: OpenedFile

  private static let names = ["state_dict", "model_state_dict", "model"]
  private static let hint = "; save model.state_dict()"

  /// The tensors in their order.
  func tensors(in top: PickleValue) throws(FileError) -> [(name: String, tensor: PickledTensor)] {
    guard case .dictionary(let place) = top else {
      throw file.fault("holds \(top.kind), no state dict" + Self.hint)
    }
    let pairs = heap.dictionaries[place].pairs
    let holdsOnlyTensors = pairs.allSatisfy { if case .tensor = $0.value { true } else { false } }
    if holdsOnlyTensors { return try named(pairs) }
    var inner: [String: Int] = [:]
    for (key, value) in pairs {
      guard let name = heap.text(key), Self.names.contains(name),
        case .dictionary(let place) = value
      else { continue }
      guard inner.updateValue(place, forKey: name) == nil else {
        throw file.fault("it has the key '\(name)' twice")
      }
    }
    for name in Self.names {
      if let place = inner[name] { return try named(heap.dictionaries[place].pairs) }
    }
    // A state dict with something strange in it is told from a checkpoint by its many tensors.
    if let (key, value) = pairs.first(where: { if case .tensor = $0.value { false } else { true } }
    ),
      pairs.contains(where: { if case .tensor = $0.value { true } else { false } })
    {
      throw file.fault(
        "the value of \(shown(key)) is \(value.kind), not a tensor, and under "
          + "\(lookedAt) is no state dict" + Self.hint)
    }
    let keys = pairs.prefix(8).map { shown($0.key) } + (pairs.count > 8 ? ["…"] : [])
    throw file.fault(
      "holds no state dict, neither itself nor under \(lookedAt); it has the keys "
        + keys.joined(separator: ", ") + Self.hint)
  }

  private var lookedAt: String {
    Self.names.map { "'\($0)'" }.joined(separator: ", ")
  }

  private func shown(_ key: PickleValue) -> String {
    switch key {
    case .integer(let number): "\(number)"
    default: heap.text(key).map { HeaderFault.shown($0) } ?? key.kind
    }
  }

  private func named(
    _ pairs: [(key: PickleValue, value: PickleValue)]
  ) throws(FileError) -> [(name: String, tensor: PickledTensor)] {
    var result: [(name: String, tensor: PickledTensor)] = []
    var seen: Set<String> = []
    for (key, value) in pairs {
      guard let name = heap.text(key) else {
        let what = if case .text = key { "not UTF-8" } else { "\(key.kind), not a text" }
        throw file.fault("its state dict has a key that is \(what)")
      }
      guard case .tensor(let place) = value else {
        throw file.fault(
          "the value of \(HeaderFault.shown(name)) is \(value.kind), not a tensor" + Self.hint)
      }
      guard seen.insert(name).inserted else {
        throw file.fault("its state dict has the key \(HeaderFault.shown(name)) twice")
      }
      result.append((name, heap.tensors[place]))
    }
    return result
  }
}
