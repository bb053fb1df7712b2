import DataSchema

/// Times in a column of text: numbers, or dates and times in ISO 8601's form.
package enum OrderColumn {
  /// The time of each value: the numbers themselves, or the seconds since 1970 of dates such as `2024-03-31`
  /// and times such as `2024-03-31 17:05` or `2024-03-31T17:05:09.25+02:00`.
  ///
  /// Other ways to write a date are refused rather than guessed: whether 3/4/2024 is in March or in April, the
  /// text does not say.
  ///
  /// - Parameters:
  ///   - values: one for each example.
  ///   - path: of the file, for errors.
  ///   - place: where the value of an example is, such as `line 7, column 'date'`.
  /// - Throws: ``DataError`` if a value is neither, if numbers and dates are mixed, or if only some of the dates
  ///   have an offset from UTC.
  package static func times(
    _ values: [String], path: String, place: (Int) -> String
  ) throws(DataError) -> [Double] {
    var first: Form?
    var times: [Double] = []
    times.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard let (time, form) = parse(value) else {
        let found = value.isEmpty ? "is empty" : "holds '\(value)'"
        throw DataError(
          path: path,
          reason: "\(place(index)) \(found), expected a number, or a date such as 2024-03-31 or"
            + " 2024-03-31T17:05:09")
      }
      guard form.fits(first) else {
        throw DataError(
          path: path,
          reason: "\(place(index)) holds '\(value)', \(form.description), but \(place(0)) holds"
            + " \(first?.description ?? ""): the two cannot be ordered")
      }
      // A date alone says nothing about offsets.
      if first == nil || first == .date { first = form }
      times.append(time)
    }
    return times
  }

  private enum Form {
    case number
    case date
    case local
    case offset

    func fits(_ other: Form?) -> Bool {
      guard let other, other != self else { return true }
      switch (self, other) {
      case (.date, .local), (.local, .date): return true
      default: return false
      }
    }

    var description: String {
      switch self {
      case .number: "a number"
      case .date: "a date"
      case .local: "a time without an offset from UTC"
      case .offset: "a time with an offset from UTC"
      }
    }
  }

  private static func parse(_ value: String) -> (Double, Form)? {
    if let number = Double(value) { return number.isFinite ? (number, .number) : nil }
    var text = TimeText(value)
    guard let year = text.digits(4), text.take("-"), let month = text.digits(2), text.take("-"),
      let day = text.digits(2), let days = days(year, month, day)
    else { return nil }
    if text.isAtEnd { return (Double(days * 86_400), .date) }
    guard text.take("T") || text.take(" "), let hour = text.digits(2), text.take(":"),
      let minute = text.digits(2), hour < 24, minute < 60
    else { return nil }
    var seconds = Double(days * 86_400 + hour * 3600 + minute * 60)
    if text.take(":") {
      // A leap second, 60, is the first of the next minute.
      guard let second = text.digits(2), second <= 60 else { return nil }
      seconds += Double(second)
      if text.take(".") {
        guard let fraction = text.fraction() else { return nil }
        seconds += fraction
      }
    }
    if text.isAtEnd { return (seconds, .local) }
    if text.take("Z") { return text.isAtEnd ? (seconds, .offset) : nil }
    let sign = text.take("+") ? 1.0 : text.take("-") ? -1 : 0
    guard sign != 0, let hours = text.digits(2) else { return nil }
    _ = text.take(":")
    guard let minutes = text.digits(2), hours < 24, minutes < 60, text.isAtEnd else { return nil }
    return (seconds - sign * Double(hours * 3600 + minutes * 60), .offset)
  }

  /// Days from 1970-01-01 in the Gregorian calendar; `nil` if there is no such day.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard 1...12 ~= month, 1...lengths[month - 1] ~= day else { return nil }
    let past = year - 1
    let beforeYear = year == 0 ? -366 : past * 365 + past / 4 - past / 100 + past / 400
    return beforeYear + lengths[..<(month - 1)].reduce(0, +) + day - 1 - 719_162
  }
}

/// The characters of a time that have not been read yet.
private struct TimeText {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = text[...].utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  /// Reads `character` if it is next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// Reads a number of exactly `count` digits; `nil` if there are fewer.
  mutating func digits(_ count: Int) -> Int? {
    var number = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  /// Reads the digits after a decimal point, at least one.
  mutating func fraction() -> Double? {
    let start = rest
    while digit() != nil {}
    let digits = String(Substring(start[start.startIndex..<rest.startIndex]))
    return digits.isEmpty ? nil : Double("0." + digits)
  }

  private mutating func digit() -> Int? {
    guard let byte = rest.first, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
    rest.removeFirst()
    return Int(byte - UInt8(ascii: "0"))
  }
}
