/// Parses and prints numbers of bytes.
package enum ByteCount {
  /// Formats a byte count with decimal units and three digits: `532 B`, `1.50 kB`, `20.0 GB`.
  package static func text(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = Double(bytes)
    var unit = 0
    // 999.5 would be printed as 1000.
    while value >= 999.5, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    guard unit > 0 else { return "\(bytes) B" }
    let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    let scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1
    let scaled = Int((value * Double(scale)).rounded())
    guard decimals > 0 else { return "\(scaled) \(units[unit])" }
    let fraction = String(scaled % scale)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(scaled / scale).\(zeros)\(fraction) \(units[unit])"
  }

  /// Parses a byte count: a number with B, KB, MB, GB, TB or the binary KiB, MiB, GiB, TiB, in upper or lower
  /// case; `nil` if `text` is invalid.
  package static func parse(_ text: String) -> Int? {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
    let names = ["b", "kb", "mb", "gb", "tb"]
    let binary = ["b", "kib", "mib", "gib", "tib"]
    var factor = 1.0
    if let power = names.firstIndex(of: unit) {
      for _ in 0..<power { factor *= 1000 }
    } else if let power = binary.firstIndex(of: unit) {
      for _ in 0..<power { factor *= 1024 }
    } else if !unit.isEmpty {
      return nil
    }
    guard number.first != ".", number.last != ".", let value = Double(number) else { return nil }
    return Int(exactly: (value * factor).rounded())
  }
}

/// The size limit of the cache.
package enum CacheLimit {
  package static let standard = 20_000_000_000

  /// The value of `$RUNNER_CACHE_LIMIT`, such as `20GB` or `500MB`; 20 GB if it is unset or empty.
  ///
  /// - Throws: ``FileError`` that names the variable if its value cannot be parsed.
  package static func bytes(_ variables: [String: String]) throws(FileError) -> Int {
    guard let text = variables["RUNNER_CACHE_LIMIT"], !text.isEmpty else { return standard }
    guard let bytes = ByteCount.parse(text) else {
      throw FileError(
        path: "RUNNER_CACHE_LIMIT", reason: "'\(text)' is not a size such as 20GB or 500MB")
    }
    return bytes
  }
}
