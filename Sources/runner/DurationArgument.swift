import ArgumentParser

/// Durations as arguments.
enum DurationArgument {
  /// Parses a duration such as `90s`, `15m`, `12h`, `30d` or `2w` into seconds.
  static func seconds(_ text: String) throws -> Int {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
      count >= 0, count <= Int.max / unit
    else { throw ValidationError("'\(text)' is not a duration such as 30d, 12h or 2w") }
    return count * unit
  }
}
