import Files
import SafeTensorsFormat

/// Finds the state dicts in a file written by `torch.save`: the whole file may be one, or they are under keys
/// of a checkpoint, nested at most once.
struct StateDictSearch {
  let heap: PickleHeap
  let top: PickleValue
  let file: OpenedFile
  /// The maximum total size of the tensors in bytes once read.
  let limit: Int

  static let hint = "; save model.state_dict()"
  /// The number of dictionary levels below the top that are searched.
  private static let deepest = 3
  private static let containerLimit = 1000

  /// All state dicts, outermost first.
  ///
  /// - Throws: ``FileError`` if there is none.
  func all() throws(FileError) -> [StateDict] {
    var found: [StateDict] = []
    var queue: [(key: [String], value: PickleValue)] = [([], top)]
    var visited: Set = [top]
    var next = 0
    while next < queue.count {
      let (key, value) = queue[next]
      next += 1
      if let place = heap.dictionary(value) {
        if isOptimizerState(place) { continue }
        if holdsTensors(place) || key.isEmpty && heap.dictionaries[place].pairs.isEmpty {
          found.append(stateDict(key, place))
        }
      }
      guard key.count < Self.deepest else { continue }
      for (name, member) in members(of: value)
      where isContainer(member) && !Self.belongsToTraining(name) {
        guard visited.count < Self.containerLimit else { break }
        if visited.insert(member).inserted { queue.append((key + [name], member)) }
      }
    }
    if let only = found.first, found.allSatisfy({ $0.fault != nil }) {
      throw file.fault(only.fault ?? "")
    }
    if found.isEmpty { throw nothing }
    return found.filter { $0.fault == nil }
  }

  /// The members of a container by name: the items of a dictionary, or the first members of a list or tuple,
  /// such as a state dict that was saved together with something else.
  private func members(of value: PickleValue) -> [(name: String, value: PickleValue)] {
    if let place = heap.dictionary(value) {
      return heap.dictionaries[place].pairs.compactMap { pair in
        name(pair.key).map { ($0, pair.value) }
      }
    }
    switch value {
    case .list(let place), .tuple(let place):
      return heap.sequences[place].prefix(100).enumerated().map { ("\($0)", $1) }
    default: return []
    }
  }

  private func isContainer(_ value: PickleValue) -> Bool {
    switch value {
    case .list, .tuple: true
    default: heap.dictionary(value) != nil
    }
  }

  /// A key in the form that users write.
  private func name(_ key: PickleValue) -> String? {
    if case .integer(let number) = key { return "\(number)" }
    return heap.text(key, atMost: 1024)
  }

  /// The state dict under a key that the user named: one key, or several joined by dots.
  ///
  /// - Returns: `nil` if there is no such key.
  /// - Throws: ``FileError`` if the key exists but has no state dict.
  func find(_ key: String) throws(FileError) -> StateDict? {
    guard let (path, value) = find(key[...], in: top) else { return nil }
    let shown = FileError.quoted(key)
    guard let inner = heap.dictionary(value) else {
      throw file.fault("has \(heap.kind(value)) under \(shown), not a state dict")
    }
    guard !isOptimizerState(inner) else {
      throw file.fault("has the state of an optimizer under \(shown), not of a model")
    }
    let found = stateDict(path, inner)
    if let fault = found.fault { throw file.fault(fault) }
    guard !found.tensors.isEmpty else {
      throw file.fault("has no tensors under \(shown)")
    }
    return found
  }

  private func find(
    _ key: Substring, in value: PickleValue
  ) -> (path: [String], value: PickleValue)? {
    let members = members(of: value)
    if let member = members.first(where: { $0.name == key }) {
      return ([member.name], member.value)
    }
    for dot in key.indices where key[dot] == "." {
      let first = key[..<dot]
      for (name, member) in members where name == first && isContainer(member) {
        if let (path, found) = find(key[key.index(after: dot)...], in: member) {
          return ([name] + path, found)
        }
      }
    }
    return nil
  }

  /// The top-level keys, for a message.
  var topKeys: [String] {
    guard let place = heap.dictionary(top) else { return [] }
    return heap.dictionaries[place].pairs.prefix(12).map { shown($0.key) }
  }

  // MARK: Recognition

  /// Whether a key holds an optimizer's state or the like, whose tensors may have a model's names and shapes.
  private static func belongsToTraining(_ key: String) -> Bool {
    let key = key.lowercased()
    return key.hasPrefix("opt") || key.contains("optim") || key.contains("sched")
      || key.contains("scaler") || key.hasPrefix("exp_avg") || key.hasPrefix("grad")
      || [
        "momentum_buffer", "max_exp_avg_sq", "square_avg", "acc_delta", "rng_state", "rng",
        "loops", "callbacks",
      ].contains(key)
  }

  private func isOptimizerState(_ place: Int) -> Bool {
    heap.dictionaries[place].pairs.contains { heap.text($0.key, atMost: 12) == "param_groups" }
  }

  private func holdsTensors(_ place: Int) -> Bool {
    heap.dictionaries[place].pairs.contains {
      switch $0.value {
      case .tensor: true
      case .unreadable(let place): heap.faults[place].kind == nil
      default: false
      }
    }
  }

  private func stateDict(_ key: [String], _ place: Int) -> StateDict {
    do throws(FileError) {
      return try named(key, heap.dictionaries[place].pairs)
    } catch {
      return StateDict(key: key, fault: error.reason)
    }
  }

  private func named(
    _ key: [String], _ pairs: [(key: PickleValue, value: PickleValue)]
  ) throws(FileError) -> StateDict {
    var result = StateDict(key: key)
    var seen: Set<String> = []
    var total = 0
    for (key, value) in pairs {
      guard let name = heap.text(key) else {
        switch value {
        case .tensor, .unreadable: break
        default: continue
        }
        let what = if case .text = key { "not UTF-8" } else { "\(heap.kind(key)), not a string" }
        throw file.fault("its state dict has a key that is \(what)")
      }
      guard seen.insert(name).inserted else {
        throw file.fault("its state dict has the key \(FileError.quoted(name)) twice")
      }
      switch value {
      case .tensor(let place):
        let tensor = heap.tensors[place]
        total += try unfolded(tensor, limit - total)
        result.add(
          StateDictFile.Tensor(
            name: name, shape: tensor.shape, type: tensor.storage.type), .pickled(tensor))
      case .unreadable(let place):
        guard let kind = heap.faults[place].kind else {
          throw file.fault(heap.faults[place].reason)
        }
        result.others.append(StateDict.Other(name: name, kind: kind))
      default:
        result.others.append(StateDict.Other(name: name, kind: heap.kind(value)))
      }
    }
    return result
  }

  /// Guards against tensors that expand: strides of 0 spread a few bytes over any shape, and any number of
  /// tensors can share them. Real state dicts share little. The limit applies to the converted values, at
  /// most eight bytes each.
  private func unfolded(_ tensor: PickledTensor, _ rest: Int) throws(FileError) -> Int {
    guard
      let bytes = SafeTensors.Header.byteCount(tensor.shape, max(8, tensor.storage.elementSize)),
      bytes <= rest
    else {
      throw file.fault(
        "its tensors expand to more than \(limit) bytes, although it has only \(file.size)")
    }
    return bytes
  }

  // MARK: Messages

  private var nothing: FileError {
    guard let place = heap.dictionary(top) else {
      return file.fault("holds \(heap.kind(top)), not a state dict" + Self.hint)
    }
    let pairs = heap.dictionaries[place].pairs
    if isOptimizerState(place) {
      return file.fault("holds the state of an optimizer, not of a model" + Self.hint)
    }
    let keys = topKeys.prefix(8) + (pairs.count > 8 ? ["…"] : [])
    // Whole modules, pickled as Python objects, are the most common mistake.
    let module = pairs.first {
      switch $0.value {
      case .object, .unreadable: true
      default: false
      }
    }
    let detail = module.map { ", where \(shown($0.key)) is \(heap.kind($0.value))" } ?? ""
    return file.fault(
      "holds no state dict; it has "
        + (pairs.isEmpty ? "no keys" : "the keys " + keys.joined(separator: ", ")) + detail
        + Self.hint)
  }

  private func shown(_ key: PickleValue) -> String {
    switch key {
    case .integer(let number): "\(number)"
    default: heap.text(key).map { FileError.quoted($0) } ?? heap.kind(key)
    }
  }
}
