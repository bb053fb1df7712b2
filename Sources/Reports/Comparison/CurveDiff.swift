import RunRecord

/// Where the learning curves of two runs diverge.
package struct CurveDiff: Sendable {
  package struct Parting: Sendable, Equatable {
    package var fold: Int
    package var epoch: Int
    package var key: String
    package var a: Double
    package var b: Double
  }

  /// The first value that differs by more than rounding: earliest epoch first, within it losses
  /// first, then by name.
  package private(set) var parting: Parting?
  /// The number of epochs that both runs have.
  package private(set) var common = 0
  package private(set) var epochs: (a: Int, b: Int)
  /// Whether all values of all epochs are bit-identical.
  package private(set) var isIdentical = true

  /// The largest relative difference that a different order of additions may cause.
  package static let tolerance = 1e-6

  init(_ a: [EpochRecord], _ b: [EpochRecord]) {
    epochs = (a.count, b.count)
    struct Place: Hashable {
      var fold: Int
      var epoch: Int
    }
    // If each side is a single training, such as two folds of one run or a fold and a whole run,
    // ignore fold numbers.
    let isOneEach = Set(a.map(\.fold)).count == 1 && Set(b.map(\.fold)).count == 1
    func place(_ record: EpochRecord) -> Place {
      Place(fold: isOneEach ? 0 : record.fold, epoch: record.epoch)
    }
    let others = Dictionary(b.map { (place($0), $0) }) { $1 }
    isIdentical = a.count == b.count
    // Losses first: they have a finer resolution than shares of examples.
    let order = { (key: String) in (key == "train_loss" ? 0 : key.hasSuffix("loss") ? 1 : 2, key) }
    for record in a.sorted(by: { ($0.epoch, $0.fold) < ($1.epoch, $1.fold) }) {
      guard let other = others[place(record)] else {
        isIdentical = false
        continue
      }
      common += 1
      let keys = Set(record.values.keys).intersection(other.values.keys)
      if keys.count != record.values.count || keys.count != other.values.count {
        isIdentical = false
      }
      for key in keys.sorted(by: { order($0) < order($1) }) {
        guard let x = record.values[key], let y = other.values[key] else { continue }
        if x.bitPattern != y.bitPattern && !(x.isNaN && y.isNaN) { isIdentical = false }
        // The learning rate is set, not learned; the configuration explains why it differs.
        guard parting == nil, key != "lr", Self.differ(x, y) else { continue }
        parting = Parting(fold: record.fold, epoch: record.epoch, key: key, a: x, b: y)
      }
    }
  }

  private static func differ(_ x: Double, _ y: Double) -> Bool {
    if x.isNaN || y.isNaN { return x.isNaN != y.isNaN }
    if x.isInfinite || y.isInfinite { return x != y }
    return abs(x - y) > tolerance * max(abs(x), abs(y))
  }
}
