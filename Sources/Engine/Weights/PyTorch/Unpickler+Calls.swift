import Files
import SafeTensorsFormat

extension Unpickler {
  /// The class or function with this name.
  mutating func global(_ module: [UInt8], _ name: [UInt8]) -> PickleValue {
    // No Python class has a longer name, and a small pickle can reuse a long string many times.
    let longest = 200
    var moduleName = String(decoding: module.prefix(longest), as: UTF8.self)
    let name = String(decoding: name.prefix(longest), as: UTF8.self)
    switch moduleName {
    // Storages on a GPU, in files of the first versions.
    case "torch.cuda" where name.hasSuffix("Storage"): moduleName = "torch"
    case "torch", "torch.storage":
      if name == "UntypedStorage" || name == "_UntypedStorage" {
        return .global(.untypedStorage)
      }
    case "torch.tensor": moduleName = "torch._tensor"
    default: break
    }
    let full = "\(moduleName).\(name)"
    if let global = PickleGlobal(rawValue: full) { return .global(global) }
    return .name(heap.add(text: Array(full.utf8)))
  }

  mutating func object(of callable: PickleValue) -> PickleValue {
    var callable = callable
    if case .object(let place) = callable { callable = heap.objects[place].callable }
    heap.objects.append(PickleHeap.Object(callable: callable))
    return .object(heap.objects.count - 1)
  }

  /// The result of `cls.__new__(cls, *arguments)`.
  mutating func newObject(
    of callable: PickleValue, _ arguments: PickleValue
  ) throws(FileError) -> PickleValue {
    switch callable {
    case .global(.orderedDict), .global(.defaultDict), .global(.parameterClass),
      .global(.bufferClass):
      return try call(callable, arguments)
    default: return object(of: callable)
    }
  }

  /// The result of a call: a tensor or dictionary if the function is known, otherwise an opaque value.
  mutating func call(
    _ callable: PickleValue, _ arguments: PickleValue
  ) throws(FileError) -> PickleValue {
    guard let members = heap.tuple(arguments) else { throw malformed }
    guard case .global(let global) = callable else { return object(of: callable) }
    do throws(FileError) {
      return try call(global, members, callable)
    } catch {
      // Limits still apply.
      try checkSize()
      return heap.unreadable(error.reason)
    }
  }

  private mutating func call(
    _ global: PickleGlobal, _ arguments: [PickleValue], _ callable: PickleValue
  ) throws(FileError) -> PickleValue {
    if let kind = global.unreadableKind {
      return heap.unreadable("it has \(kind)", kind: kind)
    }
    switch global {
    case .orderedDict: return try orderedDictionary(arguments)
    case .defaultDict:
      heap.dictionaries.append(PickleHeap.Dictionary())
      return .dictionary(heap.dictionaries.count - 1)
    case .size:
      guard arguments.count == 1, case .tuple = arguments[0] else { return object(of: callable) }
      return arguments[0]
    case .tensor:
      guard arguments.count == 4 else { throw malformed }
      return try tensor(arguments)
    case .tensorV2:
      // storage, offset, size, stride, requires_grad, backward_hooks, metadata
      guard (6...7).contains(arguments.count) else { throw malformed }
      if arguments.count == 7 { try checkIsPlain(arguments[6]) }
      return try tensor(Array(arguments.prefix(4)))
    case .tensorV3:
      // storage, offset, size, stride, requires_grad, backward_hooks, dtype, metadata
      guard (7...8).contains(arguments.count) else { throw malformed }
      if arguments.count == 8 { try checkIsPlain(arguments[7]) }
      return try tensor(Array(arguments.prefix(4)), type: arguments[6])
    case .tensorWithState:
      // function, type, arguments, state
      guard arguments.count == 4, case .global(let function) = arguments[0],
        function != .tensorWithState, let inner = heap.tuple(arguments[2])
      else { return object(of: callable) }
      return try call(function, inner, arguments[0])
    case .parameter, .parameterWithState, .parameterClass, .bufferClass, .deviceTensor:
      // data, requires_grad, backward_hooks, state
      switch arguments.first {
      case .tensor?, .unreadable?: return arguments[0]
      default: throw malformed
      }
    default: return object(of: callable)
    }
  }

  private mutating func orderedDictionary(
    _ arguments: [PickleValue]
  ) throws(FileError) -> PickleValue {
    var dictionary = PickleHeap.Dictionary()
    if let first = arguments.first {
      // Python 2 pickles it as a list of pairs.
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

  /// Rejects tensors that are flagged as lazily negated or conjugated.
  private func checkIsPlain(_ metadata: PickleValue) throws(FileError) {
    switch metadata {
    case .none: return
    case .dictionary(let place) where heap.dictionaries[place].pairs.isEmpty: return
    default: throw file.fault("it has a lazily negated or conjugated tensor")
    }
  }

  /// Sets the attributes of an object. Those of dictionaries, such as the layer versions that `state_dict()`
  /// adds, of parameters and of opaque values do not affect any values.
  mutating func build(_ object: PickleValue, _ state: PickleValue) {
    // The first versions of PyTorch made an empty tensor and set its storage afterwards.
    guard case .object(let place) = object, let arguments = heap.tuple(state), arguments.count == 4,
      case .storage = arguments[0]
    else { return }
    let callable = heap.objects[place].callable
    guard heap.name(of: callable).hasPrefix("torch."), !stack.isEmpty else { return }
    do throws(FileError) {
      stack[stack.count - 1] = try tensor(arguments)
    } catch {
      stack[stack.count - 1] = heap.unreadable(error.reason)
    }
  }

  /// `("storage", class, key, device, elements)`; older files have a sixth member.
  mutating func persistent(_ identifier: PickleValue) throws(FileError) -> PickleValue {
    let parts = heap.tuple(identifier) ?? []
    // The class of a pickled module, stored with its source code.
    if parts.count == 4, heap.text(parts[0], atMost: 6) == "module" { return parts[1] }
    do throws(FileError) {
      return try storage(parts)
    } catch {
      guard skipsStorages else { throw error }
      return heap.unreadable(error.reason)
    }
  }

  private mutating func storage(_ parts: [PickleValue]) throws(FileError) -> PickleValue {
    // A small pickle can reuse one long string many times.
    guard (5...6).contains(parts.count),
      heap.text(parts[0], atMost: 7) == "storage", case .global(let global) = parts[1],
      let element = global.element, let key = storageKey(parts[2]),
      case .integer(let count) = parts[4]
    else { throw file.fault("its pickle refers to a storage in an unknown way") }
    let shown = FileError.quoted(key)
    guard count >= 0, !count.multipliedReportingOverflow(by: element.size).overflow else {
      throw file.fault("its storage \(shown) has the invalid size \(count)")
    }
    var storage = PickledStorage(
      key: key, type: element.type, elementSize: element.size, count: count)
    try checkStorage(storage)
    if parts.count == 6, parts[5] != .none {
      // A view, as in PyTorch before 0.4: its own key, its offset and its size.
      guard let view = heap.tuple(parts[5]), view.count == 3, case .integer(let start) = view[1],
        case .integer(let size) = view[2], start >= 0, size >= 0, start <= count,
        size <= count - start
      else { throw file.fault("its storage \(shown) has an invalid view") }
      storage.view = start..<(start + size)
    }
    heap.storages.append(storage)
    return .storage(heap.storages.count - 1)
  }

  private func storageKey(_ value: PickleValue) -> String? {
    if case .integer(let number) = value { return "\(number)" }
    return heap.text(value, atMost: 1024)
  }

  /// A view of a storage, from the storage, offset, sizes and strides.
  ///
  /// - Parameter type: the element type if the storage is untyped.
  private mutating func tensor(
    _ arguments: [PickleValue], type: PickleValue? = nil
  ) throws(FileError) -> PickleValue {
    if case .unreadable = arguments[0] { return arguments[0] }
    guard case .storage(let place) = arguments[0] else {
      throw file.fault("it has a tensor whose storage is \(heap.kind(arguments[0]))")
    }
    var storage = heap.storages[place]
    if let type {
      guard let element = PickleGlobal.element(ofType: heap.name(of: type)) else {
        throw file.fault("it has a tensor of the unknown type \(heap.name(of: type))")
      }
      storage = PickledStorage(
        key: storage.key, type: element.type, elementSize: element.size,
        count: storage.byteCount / element.size)
    }
    let bad = "it has a tensor of the storage \(FileError.quoted(storage.key)) with "
    guard case .integer(let offset) = arguments[1], offset >= 0 else {
      throw file.fault(bad + "an invalid offset")
    }
    guard let shape = heap.sizes(arguments[2]),
      let count = SafeTensors.Header.byteCount(shape, 1)
    else { throw file.fault(bad + "an invalid shape") }
    guard let strides = heap.sizes(arguments[3]), strides.count == shape.count else {
      throw file.fault(bad + "invalid strides")
    }
    var extent = count == 0 ? 0 : 1
    for (size, stride) in zip(shape, strides) where count > 0 {
      let (way, overflow) = stride.multipliedReportingOverflow(by: size - 1)
      let (sum, carry) = extent.addingReportingOverflow(way)
      guard !overflow, !carry else { throw file.fault(bad + "invalid strides") }
      extent = sum
    }
    let seen = storage.view.count
    // An empty tensor reads nothing, whatever its offset.
    guard count == 0 || extent <= seen && offset <= seen - extent else {
      throw file.fault(
        bad + "the shape \(shape), strides \(strides) and offset \(offset), outside its "
          + "\(seen) elements")
    }
    heap.copied += (shape.count + strides.count) / 4
    heap.tensors.append(
      PickledTensor(
        storage: storage.root, offset: count == 0 ? 0 : storage.view.lowerBound + offset,
        shape: shape, strides: strides, count: count, extent: extent))
    return .tensor(heap.tensors.count - 1)
  }
}
