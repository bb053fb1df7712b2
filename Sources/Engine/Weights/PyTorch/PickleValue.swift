import Files

/// A value on the stack of an ``Unpickler``. Containers are in its ``PickleHeap`` and are referred to by
/// index, so that deep nesting and cycles are harmless.
enum PickleValue: Hashable {
  case none
  case bool(Bool)
  case integer(Int)
  /// An integer of more than 64 bits; its bytes are a string in the heap.
  case longInteger(Int)
  case float
  case text(Int)
  /// A string that is too long to be kept.
  case longText
  case bytes
  case global(PickleGlobal)
  /// A class or function that is not supported; its full name is a string in the heap.
  case name(Int)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case set
  case storage(Int)
  case tensor(Int)
  /// The result of a call that is not executed: an opaque value.
  case object(Int)
  /// A tensor or storage that cannot be read; the reason is one of the heap's faults.
  case unreadable(Int)
}

/// The supported functions and classes. Nothing that a pickle names is ever imported or called: every other
/// name is an opaque value.
enum PickleGlobal: String {
  case orderedDict = "collections.OrderedDict"
  case defaultDict = "collections.defaultdict"
  case size = "torch.Size"
  case tensor = "torch._utils._rebuild_tensor"
  case tensorV2 = "torch._utils._rebuild_tensor_v2"
  case tensorV3 = "torch._utils._rebuild_tensor_v3"
  case deviceTensor = "torch._utils._rebuild_device_tensor_from_cpu_tensor"
  case tensorWithState = "torch._tensor._rebuild_from_type_v2"
  case parameter = "torch._utils._rebuild_parameter"
  case parameterWithState = "torch._utils._rebuild_parameter_with_state"
  case parameterClass = "torch.nn.parameter.Parameter"
  case bufferClass = "torch.nn.parameter.Buffer"
  case quantizedTensor = "torch._utils._rebuild_qtensor"
  case sparseTensor = "torch._utils._rebuild_sparse_tensor"
  case nestedTensor = "torch._utils._rebuild_nested_tensor"
  case metaTensor = "torch._utils._rebuild_meta_tensor_no_storage"
  case wrapperSubclass = "torch._utils._rebuild_wrapper_subclass"
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
  case quantizedInt8Storage = "torch.QInt8Storage"
  case quantizedUInt8Storage = "torch.QUInt8Storage"
  case quantizedInt32Storage = "torch.QInt32Storage"
  case quantizedUInt4x2Storage = "torch.QUInt4x2Storage"
  case quantizedUInt2x4Storage = "torch.QUInt2x4Storage"
  /// Bytes whose type each tensor specifies.
  case untypedStorage = "torch.storage.UntypedStorage"

  /// The element type of a storage of this kind, by its name in `.safetensors`, and its size in bytes.
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
    case .byteStorage, .untypedStorage: ("U8", 1)
    case .boolStorage: ("BOOL", 1)
    case .complexFloatStorage: ("C64", 8)
    case .complexDoubleStorage: ("C128", 16)
    case .quantizedInt8Storage: ("QI8", 1)
    case .quantizedUInt8Storage, .quantizedUInt4x2Storage, .quantizedUInt2x4Storage: ("QU8", 1)
    case .quantizedInt32Storage: ("QI32", 4)
    default: nil
    }
  }

  /// The element types of tensors over untyped storages, by their names in `torch`.
  static func element(ofType name: String) -> (type: String, size: Int)? {
    switch name {
    case "torch.float64": ("F64", 8)
    case "torch.float32": ("F32", 4)
    case "torch.float16": ("F16", 2)
    case "torch.bfloat16": ("BF16", 2)
    case "torch.float8_e4m3fn": ("F8_E4M3", 1)
    case "torch.float8_e5m2": ("F8_E5M2", 1)
    case "torch.float8_e4m3fnuz": ("F8_E4M3FNUZ", 1)
    case "torch.float8_e5m2fnuz": ("F8_E5M2FNUZ", 1)
    case "torch.float8_e8m0fnu": ("F8_E8M0", 1)
    case "torch.float4_e2m1fn_x2": ("F4", 1)
    case "torch.int64": ("I64", 8)
    case "torch.int32": ("I32", 4)
    case "torch.int16": ("I16", 2)
    case "torch.int8": ("I8", 1)
    case "torch.uint64": ("U64", 8)
    case "torch.uint32": ("U32", 4)
    case "torch.uint16": ("U16", 2)
    case "torch.uint8", "torch.bits8", "torch.bits1x8", "torch.bits2x4", "torch.bits4x2": ("U8", 1)
    case "torch.bits16": ("U16", 2)
    case "torch.bool": ("BOOL", 1)
    case "torch.complex32": ("C32", 4)
    case "torch.complex64": ("C64", 8)
    case "torch.complex128": ("C128", 16)
    default: nil
    }
  }

  /// Why a tensor that this function rebuilds is not supported.
  var unreadableKind: String? {
    switch self {
    case .quantizedTensor: "a quantized tensor"
    case .sparseTensor: "a sparse tensor"
    case .nestedTensor: "a nested tensor"
    case .metaTensor: "a tensor on the meta device, which has no values"
    case .wrapperSubclass: "a tensor subclass without values of its own"
    default: nil
    }
  }
}

/// A contiguous range of values in the file that tensors are views of.
struct PickledStorage: Equatable {
  let key: String
  let type: String
  let elementSize: Int
  /// The number of elements; the number of bytes does not overflow.
  let count: Int
  /// The part that tensors see if PyTorch before 0.4 stored a view of a storage.
  var view: Range<Int>

  init(key: String, type: String, elementSize: Int, count: Int) {
    self.key = key
    self.type = type
    self.elementSize = elementSize
    self.count = count
    view = 0..<count
  }

  var byteCount: Int { count * elementSize }

  /// The whole storage, without the view.
  var root: PickledStorage {
    PickledStorage(key: key, type: type, elementSize: elementSize, count: count)
  }
}

/// A strided view of a storage, within its bounds.
struct PickledTensor: Equatable {
  let storage: PickledStorage
  /// In elements, like the strides.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  let count: Int
  /// The number of elements from the first to the last.
  let extent: Int
}

/// Everything that an ``Unpickler`` has created.
struct PickleHeap {
  struct Dictionary {
    var pairs: [(key: PickleValue, value: PickleValue)] = []
  }

  /// An opaque value: the function that would have been called, and the dictionary items that were set.
  struct Object {
    let callable: PickleValue
    var items: Int?
  }

  struct Fault {
    let reason: String
    /// The kind of tensor, if it is complete but of an unsupported kind.
    var kind: String?
  }

  private(set) var texts: [[UInt8]] = []
  private(set) var textBytes = 0
  /// Lists and tuples.
  var sequences: [[PickleValue]] = []
  var dictionaries: [Dictionary] = []
  var storages: [PickledStorage] = []
  var tensors: [PickledTensor] = []
  var objects: [Object] = []
  private(set) var faults: [Fault] = []

  /// The number of values that calls have copied: members of a list into a dictionary, sizes into tensors. It
  /// is limited, because the same list may be copied repeatedly.
  var copied = 0
  /// The number of members of lists, tuples and dictionaries.
  var members = 0

  var count: Int {
    texts.count + sequences.count + dictionaries.count + storages.count + tensors.count
      + objects.count + faults.count + copied
  }

  mutating func add(text: [UInt8]) -> Int {
    textBytes += text.count
    texts.append(text)
    return texts.count - 1
  }

  mutating func unreadable(_ reason: String, kind: String? = nil) -> PickleValue {
    textBytes += reason.utf8.count
    faults.append(Fault(reason: reason, kind: kind))
    return .unreadable(faults.count - 1)
  }

  /// The string `value`; `nil` if it is not one, is longer than so many bytes, or is not UTF-8.
  func text(_ value: PickleValue, atMost limit: Int = .max) -> String? {
    guard case .text(let place) = value, texts[place].count <= limit else { return nil }
    return String(validating: texts[place], as: UTF8.self)
  }

  /// The members of a tuple.
  func tuple(_ value: PickleValue) -> [PickleValue]? {
    guard case .tuple(let place) = value else { return nil }
    return sequences[place]
  }

  /// The dictionary `value`, or the dictionary items that were set on an opaque value.
  func dictionary(_ value: PickleValue) -> Int? {
    switch value {
    case .dictionary(let place): place
    case .object(let place): objects[place].items
    default: nil
    }
  }

  /// A tuple of non-negative integers, at most as many as a tensor has dimensions.
  func sizes(_ value: PickleValue) -> [Int]? {
    guard let members = tuple(value), members.count <= 64 else { return nil }
    var sizes: [Int] = []
    for member in members {
      guard case .integer(let size) = member, size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }

  /// Describes a value in a message.
  func kind(_ value: PickleValue) -> String {
    switch value {
    case .none: "None"
    case .bool: "a boolean"
    case .integer, .longInteger, .float: "a number"
    case .text, .longText: "a string"
    case .bytes: "bytes"
    case .global, .name: "the name \(name(of: value))"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .set: "a set"
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .object(let place): "an object of \(name(of: objects[place].callable))"
    case .unreadable(let place): faults[place].kind ?? "a tensor or storage that cannot be read"
    }
  }

  /// The class or function `value`.
  func name(of value: PickleValue) -> String {
    switch value {
    case .global(let global): global.rawValue
    case .name(let place):
      FileError.printable(String(decoding: texts[place], as: UTF8.self))
    default: "an unknown class"
    }
  }
}
