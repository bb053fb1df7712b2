import Classification
import Tasks
import TestSupport

/// The predictions of Tests/Fixtures/metrics/score_cases.py, made again.
struct ScoreCase {
  let predictions: PooledPredictions

  init(_ position: Int) {
    let number = position + 100_000
    func draw(_ index: Int) -> Int { RandomCase.draw(number, index) }

    let classes = 2 + draw(0) % 9
    let count = 1 + draw(1) % 50
    let kind = number / 6 % 5
    let isRaised = number / 30 % 2 == 1
    let step = [0x1p-16, 50, 0x1p-9, 0x1p-16, 0x1p-13][kind]
    var labels: [Int] = []
    var scores: [Double] = []
    for example in 0..<count {
      let base = 100 + example * 20
      var label = draw(base) % classes
      switch number % 6 {
      case 1: label = label / 2 * 2
      case 2: label = draw(2) % classes
      case 3: label = classes / 2 + label % (classes - classes / 2)
      case 4: label = (draw(2) + label % 2) % classes
      case 5: label = label * (draw(base + 1) % classes) / classes
      default: break
      }
      labels.append(label)
      let place = kind == 3 ? 90_000 + draw(base + 2) % 3 * 20 : base + 3
      scores += (0..<classes).map { index in
        let word = draw(place + index)
        var units = kind == 1 ? word % 41 - 20 : word % (1 << 20) - (1 << 19)
        if isRaised, index == label, kind != 3 { units += kind == 1 ? 5 : 1 << 18 }
        return Double(units) * step
      }
    }
    predictions = PooledPredictions(
      labels: labels, predictions: ScoreLink.largest(scores, classes: classes), scores: scores,
      link: kind == 4 ? .sigmoid : .softmax, classes: classes)
  }
}
