/// The time spent in each phase of a run, in order.
package struct RunProfile: Codable, Sendable, Equatable {
  package struct Part: Codable, Sendable, Equatable {
    /// The phase, such as `training` or `plots`.
    package var name: String
    package var seconds: Double
  }

  package private(set) var parts: [Part] = []

  package init() {}

  /// Adds time to a part, creating it if it does not exist.
  package mutating func add(_ name: String, _ seconds: Double) {
    if let index = parts.firstIndex(where: { $0.name == name }) {
      parts[index].seconds += seconds
    } else {
      parts.append(Part(name: name, seconds: seconds))
    }
  }

  package mutating func add(_ other: RunProfile) {
    for part in other.parts { add(part.name, part.seconds) }
  }

  /// The total seconds of all parts.
  package var total: Double { parts.reduce(0) { $0 + $1.seconds } }
}

/// A stopwatch that divides the time since its creation into the parts of a profile.
package struct ProfileClock {
  package private(set) var profile = RunProfile()
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  package init() { last = clock.now }

  /// Assigns the time since the last cut to `name`, except for what `parts` already accounts for.
  package mutating func cut(_ name: String, apartFrom parts: RunProfile = RunProfile()) {
    let now = clock.now
    let elapsed = last.duration(to: now)
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    profile.add(parts)
    profile.add(name, max(0, seconds - parts.total))
    last = now
  }
}
