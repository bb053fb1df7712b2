import Classification
import Tasks
import TestSupport

/// The predictions of Tests/Fixtures/metrics/cases.py, made again.
struct RandomCase {
  let number: Int
  let predictions: PooledPredictions

  init(_ number: Int) {
    func draw(_ index: Int) -> Int { Self.draw(number, index) }

    let classes = 2 + draw(0) % 11
    let count = number % 50 == 49 ? 0 : 1 + draw(1) % 60
    var labels: [Int] = []
    var predictions: [Int] = []
    var probabilities: [Float] = []
    for example in 0..<count {
      let base = 100 + example * 40
      var label = draw(base) % classes
      switch number % 5 {
      case 2: label = label * (draw(base + 1) % classes) / classes
      case 3: label = label / 2 * 2
      case 4: label = number % 10 == 9 ? draw(2) % classes : label % (classes - 1)
      default: break
      }
      labels.append(label)
      let weights = (0..<classes).map { index in
        let word = draw(base + 2 + index)
        switch number % 8 {
        case 4: return word % 4
        case 5: return index == draw(base + 20) % classes ? 1 : 0
        case 6: return 1
        case 7: return word % 1_000_000 + (index == label ? 500_000 : 0)
        default: return word % 1_000_000
        }
      }
      let total = weights.reduce(0, +)
      let row = weights.map {
        Float(total == 0 ? 1 / Double(classes) : Double($0) / Double(total))
      }
      probabilities += row
      predictions.append(row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 })
    }
    self.number = number
    self.predictions = PooledPredictions(
      labels: labels, predictions: predictions, probabilities: probabilities, classes: classes)
  }

  /// The upper half of splitmix64's finalizer.
  static func draw(_ number: Int, _ index: Int) -> Int {
    var value = (UInt64(number) << 32 | UInt64(index)) &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ (value >> 31)) >> 32)
  }
}
