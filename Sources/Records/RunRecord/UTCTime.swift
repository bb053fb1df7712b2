import Glibc

/// Formats times in UTC.
package enum UTCTime {
  /// For example `20261123-011959`, for directory names.
  package static func compact(_ seconds: Int) -> String { format(seconds, "%Y%m%d-%H%M%S") }

  /// For example `2026-11-23T01:19:59Z` (ISO 8601).
  package static func iso(_ seconds: Int) -> String { format(seconds, "%Y-%m-%dT%H:%M:%SZ") }

  /// Seconds since 1970.
  package static func now() -> Int { time(nil) }

  private static func format(_ seconds: Int, _ pattern: String) -> String {
    var moment = time_t(seconds)
    var parts = tm()
    gmtime_r(&moment, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, buffer.count, pattern, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Duration {
  /// The duration in seconds, with a fraction.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
