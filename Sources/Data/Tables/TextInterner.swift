/// Numbers distinct strings in the order in which they come first, and counts each.
struct TextInterner {
  private var bytes: [UInt8] = []
  /// Where each text begins in ``bytes``, and where the last one ends.
  private var offsets: [Int] = [0]
  /// Open addressing: the number of a text plus one, 0 for a free place.
  private var slots: [Int32]
  private(set) var counts: [Int] = []

  init() { slots = [Int32](repeating: 0, count: 64) }

  /// Texts that are numbered in this order, each counted 0 times.
  init(_ texts: [String]) {
    self.init()
    for text in texts {
      var text = text
      text.withUTF8 { _ = add(UnsafeRawBufferPointer($0)) }
      counts[counts.count - 1] = 0
    }
  }

  var count: Int { counts.count }

  /// The number of a text, which is counted.
  mutating func add(_ text: UnsafeRawBufferPointer) -> Int32 {
    let slot = self.slot(of: text)
    if slots[slot] > 0 {
      let number = slots[slot] - 1
      counts[Int(number)] += 1
      return number
    }
    bytes.append(contentsOf: text)
    offsets.append(bytes.count)
    counts.append(1)
    slots[slot] = Int32(count)
    let number = Int32(count - 1)
    if 2 * count > slots.count { grow() }
    return number
  }

  /// The number of a text; `nil` if it has none.
  func number(of text: UnsafeRawBufferPointer) -> Int32? {
    let found = slots[slot(of: text)]
    return found > 0 ? found - 1 : nil
  }

  func text(_ number: Int) -> String {
    String(decoding: bytes[offsets[number]..<offsets[number + 1]], as: UTF8.self)
  }

  /// All texts, in the order of their numbers.
  var texts: [String] { (0..<count).map(text) }

  private func slot(of text: UnsafeRawBufferPointer) -> Int {
    // Seeded by process: no file can be made to collide.
    var hasher = Hasher()
    hasher.combine(bytes: text)
    let mask = slots.count - 1
    var slot = hasher.finalize() & mask
    while slots[slot] > 0, !isText(Int(slots[slot]) - 1, text) { slot = (slot + 1) & mask }
    return slot
  }

  private func isText(_ number: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = offsets[number]
    guard offsets[number + 1] - start == text.count else { return false }
    for index in 0..<text.count where bytes[start + index] != text[index] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: 4 * slots.count)
    bytes.withUnsafeBytes { bytes in
      for number in 0..<count {
        let text = UnsafeRawBufferPointer(rebasing: bytes[offsets[number]..<offsets[number + 1]])
        var hasher = Hasher()
        hasher.combine(bytes: text)
        let mask = slots.count - 1
        var slot = hasher.finalize() & mask
        while slots[slot] > 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(number + 1)
      }
    }
  }
}
