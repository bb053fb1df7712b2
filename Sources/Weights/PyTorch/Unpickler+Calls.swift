import Files

extension Unpickler {
  /// The thing of this name, which must be one of those known here.
  func global(_ module: [UInt8], _ name: [UInt8]) throws(FileError) -> PickleGlobal {
    var module = String(decoding: module, as: UTF8.self)
    let name = String(decoding: name, as: UTF8.self)
    // Storages that were on a GPU, in files of the first versions.
    if module == "torch.cuda", name.hasSuffix("Storage") { module = "torch" }
    if let global = PickleGlobal(rawValue: "\(module).\(name)") { return global }
    let refusal = refusal("\(module).\(name)")
    let isModule =
      ["torch.nn.", "torchvision.", "__main__"].contains { module.hasPrefix($0) }
      || module.contains("model")
    throw isModule
      ? file.fault(refusal.reason + "; save model.state_dict() in place of the model") : refusal
  }

  /// What a call gives.
  mutating func call(
    _ callable: PickleValue, _ arguments: PickleValue
  ) throws(FileError) -> PickleValue {
    guard let arguments = heap.tuple(arguments) else { throw malformed }
    guard case .global(let global) = callable else {
      throw refusal("a call of \(callable.kind)")
    }
    switch global {
    case .orderedDict: return try orderedDictionary(arguments)
    case .tensor:
      guard arguments.count == 4 else { throw malformed }
      return try tensor(arguments)
    case .tensorV2:
      // storage, offset, size, stride, requires_grad, backward_hooks, metadata
      guard (6...7).contains(arguments.count) else { throw malformed }
      if arguments.count == 7 { try checkIsPlain(arguments[6]) }
      return try tensor(Array(arguments.prefix(4)))
    case .parameter, .parameterWithState:
      // data, requires_grad, backward_hooks, state
      guard arguments.count == (global == .parameter ? 3 : 4), case .tensor = arguments[0] else {
        throw malformed
      }
      return arguments[0]
    default: throw refusal("a call of \(global.rawValue)")
    }
  }

  private mutating func orderedDictionary(
    _ arguments: [PickleValue]
  ) throws(FileError) -> PickleValue {
    var dictionary = PickleHeap.Dictionary(isOrdered: true)
    if let first = arguments.first {
      // As Python 2 wrote it: a list of pairs.
      guard arguments.count == 1, case .list(let list) = first else { throw malformed }
      heap.copied += heap.sequences[list].count
      try checkSize()
      for member in heap.sequences[list] {
        switch member {
        case .list(let place), .tuple(let place):
          let pair = heap.sequences[place]
          guard pair.count == 2 else { throw malformed }
          dictionary.pairs.append((pair[0], pair[1]))
        default: throw malformed
        }
      }
    }
    heap.dictionaries.append(dictionary)
    return .dictionary(heap.dictionaries.count - 1)
  }

  /// A tensor may carry that its values are to be negated or conjugated when they are read.
  private func checkIsPlain(_ metadata: PickleValue) throws(FileError) {
    switch metadata {
    case .none: return
    case .dictionary(let place) where heap.dictionaries[place].pairs.isEmpty: return
    default: throw file.fault("it has a tensor that is negated or conjugated on reading")
    }
  }

  /// Takes the attributes of an `OrderedDict`, which in a state dict are the versions of its layers;
  /// they say nothing about the values.
  func build(_ object: PickleValue, _ state: PickleValue) throws(FileError) {
    guard case .dictionary(let place) = object, heap.dictionaries[place].isOrdered,
      case .dictionary = state
    else { throw refusal("BUILD of \(object.kind) with \(state.kind)") }
  }

  /// `("storage", class, key, device, elements)`; older files have a sixth member, None.
  mutating func persistent(_ identifier: PickleValue) throws(FileError) -> PickleValue {
    // Few bytes of a pickle can name one long text as often as they like.
    guard let parts = heap.tuple(identifier), (5...6).contains(parts.count),
      heap.text(parts[0], atMost: 7) == "storage", case .global(let global) = parts[1],
      let element = global.element, let key = heap.text(parts[2], atMost: 1024),
      case .integer(let count) = parts[4]
    else { throw file.fault("its pickle names a storage in an unknown way") }
    if parts.count == 6 {
      guard case .none = parts[5] else {
        throw file.fault("it has views of storages as before PyTorch 0.4; save it anew")
      }
    }
    let shown = HeaderFault.shown(key)
    guard count >= 0, !count.multipliedReportingOverflow(by: element.size).overflow else {
      throw file.fault("its storage \(shown) has the impossible size \(count)")
    }
    let storage = PickledStorage(
      key: key, type: element.type, elementSize: element.size, count: count)
    try checkStorage(storage)
    heap.storages.append(storage)
    return .storage(heap.storages.count - 1)
  }

  /// A view of a storage, from the storage, offset, sizes and strides.
  private mutating func tensor(_ arguments: [PickleValue]) throws(FileError) -> PickleValue {
    guard case .storage(let place) = arguments[0] else {
      throw refusal("a tensor of \(arguments[0].kind)")
    }
    let storage = heap.storages[place]
    let bad = "it has a tensor of the storage \(HeaderFault.shown(storage.key)) with "
    guard case .integer(let offset) = arguments[1], offset >= 0 else {
      throw file.fault(bad + "an impossible offset")
    }
    guard let shape = heap.sizes(arguments[2]),
      let count = SafeTensors.byteCount(shape, 1)
    else { throw file.fault(bad + "an impossible shape") }
    guard let strides = heap.sizes(arguments[3]), strides.count == shape.count else {
      throw file.fault(bad + "impossible strides")
    }
    var extent = count == 0 ? 0 : 1
    for (size, stride) in zip(shape, strides) where count > 0 {
      let (way, overflow) = stride.multipliedReportingOverflow(by: size - 1)
      let (sum, carry) = extent.addingReportingOverflow(way)
      guard !overflow, !carry else { throw file.fault(bad + "impossible strides") }
      extent = sum
    }
    // An empty tensor reads nothing, wherever it says that it begins.
    guard count == 0 || extent <= storage.count && offset <= storage.count - extent else {
      throw file.fault(
        bad + "the shape \(shape), strides \(strides) and offset \(offset), outside its "
          + "\(storage.count) elements")
    }
    heap.copied += (shape.count + strides.count) / 4
    heap.tensors.append(
      PickledTensor(
        storage: storage, offset: count == 0 ? 0 : offset, shape: shape, strides: strides,
        count: count,
        extent: extent))
    return .tensor(heap.tensors.count - 1)
  }
}
