import Files

/// What the process of a trial or a fold has written.
package enum ProcessLog {
  /// The last line that names an error; nothing where there is none, or no log.
  package static func lastError(_ path: String) -> String? {
    guard let bytes = try? FileReading.bytes(of: path, limit: 1 << 24) else { return nil }
    return String(decoding: bytes.suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
      .last { $0.contains("error: ") }.map(String.init)
  }
}
