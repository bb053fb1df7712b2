import ExperimentConfig
import Foundation

/// The learning rates of a range test: from `start` to `end`, growing by the same factor in every step.
package struct RateRange: Codable, Sendable, Equatable {
  package var start: Double
  package var end: Double
  package var steps: Int

  package init(start: Double, end: Double, steps: Int) {
    self.start = start
    self.end = end
    self.steps = steps
  }

  /// The learning rate of a step, counted from 1.
  package func rate(at step: Int) -> Double {
    guard steps > 1 else { return start }
    return start * pow(end / start, Double(step - 1) / Double(steps - 1))
  }
}

/// The losses of a training whose learning rate grows until it diverges (Smith, "Cyclical learning rates for
/// training neural networks", 2017), and the learning rate they suggest. Smoothing and end are fastai's; the
/// suggestion is that of PyTorch Lightning's `lr_find`.
package struct RateTest: Codable, CheckedRecord, Equatable {
  /// Where the result is written.
  package static let name = "lr_range.json"
  /// How much of the smoothed loss is kept in every step.
  private static let memory = 0.98
  /// The loss is divergent once it is this many times the lowest one.
  private static let divergence = 4.0
  /// The first steps and the last ones, which suggest nothing.
  private static let skipped = (first: 10, last: 1)

  /// The learning rate of each step.
  package private(set) var rates: [Double] = []
  /// The loss of each step before its update.
  package private(set) var losses: [Double] = []
  /// The moving averages of the losses, corrected for their start at 0.
  package private(set) var smoothed: [Double] = []
  /// Whether the loss grew beyond four times the lowest one, or was not finite.
  package private(set) var diverged = false
  /// The learning rate at which the smoothed loss fell most steeply; `nil` if it did not fall.
  package private(set) var suggestion: Double?

  package init() {}

  /// Adds a step.
  ///
  /// - Parameter loss: finite.
  package mutating func add(rate: Double, loss: Double) {
    let count = Double(rates.count + 1)
    let before = (smoothed.last ?? 0) * (1 - pow(Self.memory, count - 1))
    let average = Self.memory * before + (1 - Self.memory) * loss
    let value = average / (1 - pow(Self.memory, count))
    let lowest = smoothed.min()
    rates.append(rate)
    losses.append(loss)
    smoothed.append(value)
    if let lowest, value > Self.divergence * lowest { diverged = true }
    suggestion = steepest
  }

  /// Ends the test: the next loss is not finite.
  package mutating func diverge() { diverged = true }

  /// The rate of the steepest descent by NumPy's `gradient`: differences of neighbours on both sides, and
  /// one-sided at both ends.
  private var steepest: Double? {
    let range = Self.skipped.first..<max(Self.skipped.first, smoothed.count - Self.skipped.last)
    guard range.count >= 2 else { return nil }
    var best: (slope: Double, place: Int)?
    for place in range {
      let (left, right) = (max(range.lowerBound, place - 1), min(range.upperBound - 1, place + 1))
      let slope = (smoothed[right] - smoothed[left]) / Double(right - left)
      if slope < best?.slope ?? 0 { best = (slope, place) }
    }
    return best.map { rates[$0.place] }
  }

  package func check() throws(RecordProblem) {
    guard rates.count == losses.count, rates.count == smoothed.count else {
      throw RecordProblem(
        "losses", "\(losses.count) losses and \(smoothed.count) averages of \(rates.count) rates")
    }
    for (name, values) in [("rates", rates), ("losses", losses), ("smoothed", smoothed)]
    where !values.allSatisfy(\.isFinite) {
      throw RecordProblem(name, "holds a value that is not finite")
    }
  }
}
