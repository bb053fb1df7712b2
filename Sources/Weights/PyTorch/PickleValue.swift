/// What stands on the stack of an ``Unpickler``. Containers lie in its ``PickleHeap`` and are named by
/// their place there, so that neither deep nesting nor a cycle costs anything.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// A whole number of more than 64 bits; a text of its bytes.
  case longInteger(Int)
  case float
  case text(Int)
  case bytes
  case global(PickleGlobal)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)

  /// In words, for a message.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .integer, .longInteger, .float: "a number"
    case .text: "a text"
    case .bytes: "bytes"
    case .global(let global): global.rawValue
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}

/// The only names that a pickle may ask for. Each stands for something done here; nothing that a
/// pickle names is ever looked up.
enum PickleGlobal: String {
  case orderedDict = "collections.OrderedDict"
  case tensor = "torch._utils._rebuild_tensor"
  case tensorV2 = "torch._utils._rebuild_tensor_v2"
  case parameter = "torch._utils._rebuild_parameter"
  case parameterWithState = "torch._utils._rebuild_parameter_with_state"
  case doubleStorage = "torch.DoubleStorage"
  case floatStorage = "torch.FloatStorage"
  case halfStorage = "torch.HalfStorage"
  case bfloat16Storage = "torch.BFloat16Storage"
  case longStorage = "torch.LongStorage"
  case intStorage = "torch.IntStorage"
  case shortStorage = "torch.ShortStorage"
  case charStorage = "torch.CharStorage"
  case byteStorage = "torch.ByteStorage"
  case boolStorage = "torch.BoolStorage"
  case complexFloatStorage = "torch.ComplexFloatStorage"
  case complexDoubleStorage = "torch.ComplexDoubleStorage"

  /// The element type that a storage of this kind holds, as `.safetensors` calls it, and its bytes.
  var element: (type: String, size: Int)? {
    switch self {
    case .doubleStorage: ("F64", 8)
    case .floatStorage: ("F32", 4)
    case .halfStorage: ("F16", 2)
    case .bfloat16Storage: ("BF16", 2)
    case .longStorage: ("I64", 8)
    case .intStorage: ("I32", 4)
    case .shortStorage: ("I16", 2)
    case .charStorage: ("I8", 1)
    case .byteStorage: ("U8", 1)
    case .boolStorage: ("BOOL", 1)
    case .complexFloatStorage: ("C64", 8)
    case .complexDoubleStorage: ("C128", 16)
    case .orderedDict, .tensor, .tensorV2, .parameter, .parameterWithState: nil
    }
  }
}

/// A run of values in the file that tensors are views of.
struct PickledStorage: Equatable {
  let key: String
  let type: String
  let elementSize: Int
  /// Elements; their bytes can be counted.
  let count: Int

  var byteCount: Int { count * elementSize }
}

/// A view of a storage, which lies within it.
struct PickledTensor {
  let storage: PickledStorage
  /// In elements, as are the strides.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  let count: Int
  /// Elements from the first to the last.
  let extent: Int
}

/// All that an ``Unpickler`` has made.
struct PickleHeap {
  struct Dictionary {
    var pairs: [(key: PickleValue, value: PickleValue)] = []
    var isOrdered = false
  }

  var texts: [[UInt8]] = []
  /// Lists and tuples.
  var sequences: [[PickleValue]] = []
  var dictionaries: [Dictionary] = []
  var storages: [PickledStorage] = []
  var tensors: [PickledTensor] = []

  /// What calls have copied: members of a list into a dictionary, sizes into tensors. The same list may be
  /// copied again and again, so that it is counted.
  var copied = 0

  var count: Int {
    texts.count + sequences.count + dictionaries.count + storages.count + tensors.count + copied
  }

  /// The text that `value` is, if it is one of at most so many bytes and UTF-8.
  func text(_ value: PickleValue, atMost limit: Int = .max) -> String? {
    guard case .text(let place) = value, texts[place].count <= limit else { return nil }
    return String(validating: texts[place], as: UTF8.self)
  }

  /// The members of a tuple.
  func tuple(_ value: PickleValue) -> [PickleValue]? {
    guard case .tuple(let place) = value else { return nil }
    return sequences[place]
  }

  /// A tuple of whole numbers from 0, at most as many as a tensor has dimensions.
  func sizes(_ value: PickleValue) -> [Int]? {
    guard let members = tuple(value), members.count <= 64 else { return nil }
    var sizes: [Int] = []
    for member in members {
      guard case .integer(let size) = member, size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }
}
