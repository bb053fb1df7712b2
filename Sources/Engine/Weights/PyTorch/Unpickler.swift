import Files

/// Reads a pickle written by `torch.save`.
///
/// A pickle is a program for a stack machine, which in Python can call anything. This machine has the same
/// stack and cannot call anything: the few names of ``PickleGlobal`` are implemented here, and any other call
/// returns an opaque value that can be skipped. Supports protocols 2 to 5,
/// https://github.com/python/cpython/blob/3.13/Lib/pickletools.py
struct Unpickler {
  var heap = PickleHeap()
  /// The names that a pickle may use.
  let checkStorage: (PickledStorage) throws(FileError) -> Void
  /// Whether a missing storage is an error only once a tensor needs it.
  let skipsStorages: Bool
  var file: OpenedFile { source.file }
  var source: PickleBytes
  var stack: [PickleValue] = []
  private var marks: [Int] = []
  var memo: [UInt64: PickleValue] = [:]
  private var steps = 0

  private static let valueLimit = 4_000_000
  private static let heapLimit = 1_000_000
  private static let memberLimit = 8_000_000
  private static let textLimit = 64 << 20
  private static let stepLimit = 1 << 27
  private static let markLimit = 1000

  /// - Parameters:
  ///   - skipsStorages: see ``skipsStorages``.
  ///   - checkStorage: throws if the file has no such storage.
  init(
    _ source: PickleBytes, skipsStorages: Bool,
    checkStorage: @escaping (PickledStorage) throws(FileError) -> Void
  ) {
    self.source = source
    self.skipsStorages = skipsStorages
    self.checkStorage = checkStorage
  }

  /// Reads the next pickle; the values of earlier ones stay in the heap.
  mutating func read() throws(FileError) -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    guard try source.byte() == 0x80, case let version = try source.byte(), (2...5).contains(version)
    else { throw file.fault("its pickle uses none of the protocols 2 to 5") }
    while true {
      let code = try source.byte()
      if code == UInt8(ascii: ".") { break }
      try step(code)
      try checkSize()
    }
    guard stack.count == 1, marks.isEmpty else { throw malformed }
    return stack[0]
  }

  func checkSize() throws(FileError) {
    guard stack.count <= Self.valueLimit, memo.count <= Self.heapLimit,
      heap.count <= Self.heapLimit, heap.members <= Self.memberLimit,
      heap.textBytes <= Self.textLimit, steps <= Self.stepLimit
    else { throw file.fault("its pickle creates too many objects") }
  }

  var malformed: FileError { file.fault("its pickle is malformed at byte \(source.position)") }

  private mutating func step(_ code: UInt8) throws(FileError) {
    steps += 1
    if try constant(code) { return }
    if try textConstant(code) { return }
    if try container(code) { return }
    switch UnicodeScalar(code) {
    case "\u{95}": _ = try source.number(8)  // a frame, which only helps to read ahead
    case "0": _ = try pop()
    case "2": stack.append(try top())
    case "(":
      guard marks.count < Self.markLimit else {
        throw file.fault("its pickle is nested too deeply")
      }
      marks.append(stack.count)
    case "1": _ = try popToMark()
    case "q": memo[try source.number(1)] = try top()
    case "r": memo[try source.number(4)] = try top()
    case "\u{94}": memo[UInt64(memo.count)] = try top()
    case "h": try recall(source.number(1))
    case "j": try recall(source.number(4))
    case "c":
      let (module, name) = (try source.line(), try source.line())
      stack.append(global(module, name))
    case "\u{93}":
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw malformed
      }
      stack.append(global(heap.texts[module], heap.texts[name]))
    case "R":
      let arguments = try pop()
      stack.append(try call(pop(), arguments))
    case "b":
      let state = try pop()
      build(try top(), state)
    case "Q": stack.append(try persistent(pop()))
    case "i":
      let (module, name) = (try source.line(), try source.line())
      _ = try popToMark()
      stack.append(object(of: global(module, name)))
    case "o":
      guard let callable = try popToMark().first else { throw malformed }
      stack.append(object(of: callable))
    case "\u{81}", "\u{92}":
      if code == 0x92 { _ = try pop() }
      let arguments = try pop()
      stack.append(try newObject(of: pop(), arguments))
    case "\u{82}", "\u{83}", "\u{84}":  // a name of copyreg's registry, by its number
      _ = try source.number(code == 0x82 ? 1 : code == 0x83 ? 2 : 4)
      stack.append(.name(heap.add(text: Array("copyreg.extension".utf8))))
    default:
      throw file.fault(
        "its pickle has the unknown opcode 0x\([code].hexadecimal) at byte \(source.position - 1)")
    }
  }

  /// Creates or fills a list, tuple, set or dictionary.
  private mutating func container(_ code: UInt8) throws(FileError) -> Bool {
    switch UnicodeScalar(code) {
    case ")": stack.append(tuple([]))
    case "\u{85}": stack.append(tuple([try pop()]))
    case "\u{86}":
      let last = try pop()
      stack.append(tuple([try pop(), last]))
    case "\u{87}":
      let (last, middle) = (try pop(), try pop())
      stack.append(tuple([try pop(), middle, last]))
    case "t": stack.append(tuple(try popToMark()))
    case "]", "l":
      let members = code == UInt8(ascii: "l") ? try popToMark() : []
      heap.members += members.count
      heap.sequences.append(members)
      stack.append(.list(heap.sequences.count - 1))
    case "}":
      heap.dictionaries.append(PickleHeap.Dictionary())
      stack.append(.dictionary(heap.dictionaries.count - 1))
    case "d":
      let members = try popToMark()
      heap.dictionaries.append(PickleHeap.Dictionary())
      stack.append(.dictionary(heap.dictionaries.count - 1))
      try fill(members)
    case "a":
      let member = try pop()
      try extend([member])
    case "e": try extend(popToMark())
    case "s":
      let value = try pop()
      let key = try pop()
      try fill([key, value])
    case "u": try fill(popToMark())
    case "\u{8F}": stack.append(.set)
    case "\u{90}":
      _ = try popToMark()
      switch try top() {
      case .set, .object: break
      default: throw malformed
      }
    case "\u{91}":
      _ = try popToMark()
      stack.append(.set)
    default: return false
    }
    return true
  }

  mutating func tuple(_ members: [PickleValue]) -> PickleValue {
    heap.members += members.count
    heap.sequences.append(members)
    return .tuple(heap.sequences.count - 1)
  }

  private mutating func extend(_ members: [PickleValue]) throws(FileError) {
    switch try top() {
    case .list(let place):
      heap.members += members.count
      heap.sequences[place] += members
    case .object: break
    default: throw malformed
    }
  }

  /// Adds keys and values, which alternate, to the dictionary or opaque value on top.
  private mutating func fill(_ members: [PickleValue]) throws(FileError) {
    guard members.count % 2 == 0 else { throw malformed }
    let place: Int
    switch try top() {
    case .dictionary(let dictionary): place = dictionary
    case .object(let object):
      if let items = heap.objects[object].items {
        place = items
      } else {
        heap.dictionaries.append(PickleHeap.Dictionary())
        place = heap.dictionaries.count - 1
        heap.objects[object].items = place
      }
    default: throw malformed
    }
    heap.members += members.count
    for index in stride(from: 0, to: members.count, by: 2) {
      heap.dictionaries[place].pairs.append((members[index], members[index + 1]))
    }
  }

  func top() throws(FileError) -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else { throw malformed }
    return value
  }

  private mutating func pop() throws(FileError) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func popToMark() throws(FileError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw malformed }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  mutating func recall(_ place: UInt64) throws(FileError) {
    guard let value = memo[place] else { throw malformed }
    stack.append(value)
  }
}
