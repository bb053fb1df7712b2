import DataSchema

/// What has been seen of one column while a table is read for the first time.
struct ColumnScan {
  /// A value and its line.
  struct Example: Hashable {
    let value: String
    let line: Int

    init(_ bytes: UnsafeRawBufferPointer, line: Int) {
      // A cut within a character shows as a replacement character.
      let cut = bytes.count > 40
      value =
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes.prefix(40)), as: UTF8.self)
        + (cut ? "…" : "")
      self.line = line
    }
  }

  let declared: ColumnType?
  /// The most distinct values that are kept.
  let mostDistinct: Int
  private(set) var missing = 0
  private(set) var firstMissingLine: Int?
  private(set) var count = 0
  private(set) var byteCount = 0
  /// Values with a blank in them.
  private(set) var phrases = 0
  /// `nil` as soon as there are too many.
  private(set) var distinct: TextInterner? = TextInterner()

  /// Whether all values so far are numbers.
  private(set) var areNumbers = true
  private(set) var firstOther: Example?
  private(set) var point: Example?
  private(set) var comma: Example?
  /// Whether a comma somewhere cannot stand before thousands.
  private(set) var isCommaDecimal = false
  private(set) var leadingZero: Example?
  private(set) var areIntegers = true
  private(set) var minimum = Double.infinity
  private(set) var maximum = -Double.infinity
  private var sum = 0.0
  /// What rounding has taken from ``sum`` (Neumaier).
  private var lost = 0.0

  private(set) var areDates = true
  private(set) var thousands: Example?

  init(declared: ColumnType?, mostCategories: Int) {
    self.declared = declared
    // A declared category may have any number of them.
    mostDistinct = declared == .category ? Int(Int32.max) - 1 : max(mostCategories, 1)
  }

  var mean: Double { (sum + lost) / Double(max(count, 1)) }

  mutating func add(_ bytes: UnsafeRawBufferPointer, isMissing: Bool, line: Int) {
    if isMissing {
      missing += 1
      if firstMissingLine == nil { firstMissingLine = line }
      return
    }
    count += 1
    byteCount += bytes.count
    if distinct != nil { addDistinct(bytes) }
    if areNumbers {
      if let number = NumberText(bytes) {
        add(number, bytes, line: line)
        return
      }
      areNumbers = false
      firstOther = Example(bytes, line: line)
      if count > 1 { areDates = false }
    }
    if bytes.contains(0x20) { phrases += 1 }
    if areDates { areDates = DateText.matches(bytes) }
    if thousands == nil, ThousandsText.matches(bytes) { thousands = Example(bytes, line: line) }
  }

  private mutating func addDistinct(_ bytes: UnsafeRawBufferPointer) {
    _ = distinct?.add(bytes)
    if let found = distinct?.count, found > mostDistinct { distinct = nil }
  }

  @inline(__always)
  private mutating func add(_ number: NumberText, _ bytes: UnsafeRawBufferPointer, line: Int) {
    if let decimal = number.decimal {
      if decimal == UInt8(ascii: ".") {
        if point == nil { point = Example(bytes, line: line) }
      } else {
        if comma == nil { comma = Example(bytes, line: line) }
        if !number.couldBeThousands { isCommaDecimal = true }
      }
    }
    if number.hasLeadingZero, leadingZero == nil { leadingZero = Example(bytes, line: line) }
    if !number.isInteger { areIntegers = false }
    let value = number.value
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    let next = sum + value
    lost += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
    sum = next
  }
}
