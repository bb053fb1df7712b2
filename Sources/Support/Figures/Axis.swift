import Glibc

/// Axis ranges and tick marks at round numbers.
package enum Axis {
  /// The smallest of 1, 2 and 5 times a power of ten that divides `span` into at most `parts`.
  package static func step(_ span: Double, parts: Int) -> Double {
    guard span > 0, span.isFinite, parts > 0 else { return 1 }
    let least = span / Double(parts)
    let power = pow(10, floor(log10(least)))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least * (1 - 1e-9) } ?? 10 * power
  }

  /// An axis of epochs: integers from 1 to `last`.
  package static func epochs(through last: Int) -> [String] {
    let step = max(1, Int(step(Double(last), parts: 12)))
    let pad = max(0.5, Double(last - 1) * 0.02)
    let first = last > 1 ? 1 - pad : 0.5
    return [
      "set xrange [\(first):\(Double(max(1, last)) + pad)]", "set xtics \(step) format '%.0f'",
      "set xlabel 'epoch'",
    ]
  }

  /// An axis of shares that contains `values`, from 0 or a round number to at most 1.
  package static func shares(
    _ values: [Double], axis: String = "y"
  ) -> (commands: [String], lowest: Double) {
    let least = max(0, min(0.98, values.min() ?? 0))
    let most = max(0, min(1, values.max() ?? 1))
    let step = step(max(most - least, 0.01), parts: 5)
    let lowest = least < 0.4 ? 0 : max(0, floor(least / step + 1e-9) * step)
    let used = lowest == 0 ? 0.2 : step
    let pad = (1 - lowest) * 0.02
    let top = most > 1 - used ? 1 + pad : min(1, ceil(most / used) * used)
    return (
      ["set \(axis)range [\(lowest == 0 ? 0 : lowest - pad):\(top)]", "set \(axis)tics \(used)"],
      lowest
    )
  }

  /// Tick marks at 1, 2 and 5 times the powers of ten within `range`, or only at the powers if that
  /// would be too many.
  package static func logarithmicTics(_ range: ClosedRange<Double>) -> [Double] {
    guard range.lowerBound > 0, range.upperBound.isFinite else { return [] }
    let powers = Int(floor(log10(range.lowerBound)))...Int(ceil(log10(range.upperBound)))
    func tics(_ factors: [Double]) -> [Double] {
      powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
        .filter { range.lowerBound * 0.999 <= $0 && $0 <= range.upperBound * 1.001 }
    }
    let many = tics([1, 2, 5])
    return many.count <= 9 ? many : tics([1])
  }
}
