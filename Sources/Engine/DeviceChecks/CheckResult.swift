import Torch

/// What a check of a device found.
package struct CheckResult: Hashable, Sendable {
  package enum Outcome: String, Sendable {
    case ok
    case failed = "FAIL"
    case skipped
  }

  package let name: String
  package let outcome: Outcome
  /// What was measured.
  package let detail: String

  package init(_ name: String, _ outcome: Outcome, _ detail: String) {
    self.name = name
    self.outcome = outcome
    self.detail = detail
  }

  /// A number that may not exceed `limit`; NaN always does.
  package init(_ name: String, _ value: Double, limit: Double, _ what: String) {
    self.init(
      name, value <= limit ? .ok : .failed,
      "\(what) \(Self.short(value)), at most \(Self.short(limit)) allowed")
  }

  /// A check that means nothing on the CPU.
  package static func needsDevice(_ name: String) -> CheckResult {
    CheckResult(name, .skipped, "needs a device")
  }

  /// The result of `check`, or that it failed with an error.
  package static func of(_ name: String, _ check: () throws -> CheckResult) -> CheckResult {
    do {
      return try check()
    } catch {
      return CheckResult(name, .failed, "\(error)")
    }
  }

  /// `ok       layer conv2d: …`.
  package var line: String {
    let padding = String(repeating: " ", count: max(0, 8 - outcome.rawValue.count))
    return "\(outcome.rawValue)\(padding) \(name): \(detail)"
  }

  /// Two significant digits: `3.1e-07`.
  static func short(_ value: Double) -> String {
    if value == 0 { return "0" }
    if !value.isFinite { return "\(value)" }
    var (digits, exponent) = (abs(value), 0)
    while digits >= 9.95 { (digits, exponent) = (digits / 10, exponent + 1) }
    while digits < 0.995 { (digits, exponent) = (digits * 10, exponent - 1) }
    let rounded = (digits * 10).rounded() / 10
    return "\(value < 0 ? "-" : "")\(rounded)e\(exponent)"
  }
}

/// How far values are from those that are expected.
struct Difference {
  private(set) var largest = 0.0

  /// The difference relative to the largest expected value, or to 1 if that is smaller.
  mutating func add(_ values: [Double], _ expected: [Double]) {
    guard values.count == expected.count else {
      largest = .infinity
      return
    }
    let scale = max(1, expected.lazy.map(abs).max() ?? 0)
    for (value, wanted) in zip(values, expected) {
      let difference = abs(value - wanted) / scale
      // NaN would not be larger than anything.
      if !(difference <= largest) { largest = difference.isNaN ? .infinity : difference }
    }
  }
}
