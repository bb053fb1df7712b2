import RunRecord

/// The values of `metrics.jsonl` by epoch; with folds, the mean over those that reached the epoch.
package struct LearningCurve: Sendable {
  package let epochs: [Int]
  /// By key of `metrics.jsonl`: one value per epoch, NaN if missing.
  private let columns: [String: [Double]]

  package init(_ records: [EpochRecord]) {
    let groups = Dictionary(grouping: records, by: \.epoch)
    epochs = groups.keys.sorted()
    var columns: [String: [Double]] = [:]
    for key in Set(records.flatMap(\.values.keys)) {
      columns[key] = epochs.map { epoch in
        let values = (groups[epoch] ?? []).compactMap { $0.values[key] }
        return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
      }
    }
    self.columns = columns
  }

  package var isEmpty: Bool { epochs.isEmpty }

  /// One value per epoch; empty if the key is unknown.
  package subscript(key: String) -> [Double] { columns[key] ?? [] }

  /// Whether any epoch has a value for a key, finite or not.
  package func hasValues(_ key: String) -> Bool { columns[key] != nil }

  /// The finite values of a key, with their epochs.
  package func points(_ key: String) -> [(epoch: Int, value: Double)] {
    zip(epochs, self[key]).filter { $0.1.isFinite }.map { (epoch: $0.0, value: $0.1) }
  }

  package func value(_ key: String, at epoch: Int) -> Double? {
    guard let index = epochs.firstIndex(of: epoch), index < self[key].count else { return nil }
    let value = self[key][index]
    return value.isFinite ? value : nil
  }

  /// The first epoch whose value is missing, infinite or NaN.
  package func firstNotFinite(_ key: String) -> Int? {
    let values = self[key]
    return values.firstIndex { !$0.isFinite }.map { epochs[$0] }
  }

  /// The slope of the least-squares line through the last `count` values, per epoch and relative to
  /// their mean; `nil` for fewer than three values.
  package func relativeSlope(_ key: String, last count: Int) -> Double? {
    let points = points(key).suffix(count)
    guard points.count >= 3 else { return nil }
    let n = Double(points.count)
    let meanX = points.reduce(0.0) { $0 + Double($1.epoch) } / n
    let meanY = points.reduce(0.0) { $0 + $1.value } / n
    var covariance = 0.0
    var variance = 0.0
    for point in points {
      let x = Double(point.epoch) - meanX
      covariance += x * (point.value - meanY)
      variance += x * x
    }
    guard variance > 0, meanY > 0 else { return nil }
    return covariance / variance / meanY
  }
}
