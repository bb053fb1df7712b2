import Tasks

/// The classes that two models predicted for the same examples, in the same row order.
package struct PairedClasses {
  package let a: PooledPredictions
  package let b: PooledPredictions

  /// `nil` if the predictions belong to another task.
  package init?(_ pairs: PairedPredictions) {
    guard let a = pairs.a.classes, let b = pairs.b.classes, a.classes == b.classes else {
      return nil
    }
    self.a = a
    self.b = b
  }

  package var count: Int { a.count }

  package func isRight(_ table: PooledPredictions, _ row: Int) -> Bool {
    table.labels[row] == table.predictions[row]
  }

  /// The number of examples that only A and only B gets right.
  package var discordant: (onlyA: Int, onlyB: Int) {
    (0..<count).reduce(into: (0, 0)) { counts, row in
      let right = (isRight(a, row), isRight(b, row))
      if right.0 && !right.1 { counts.0 += 1 }
      if right.1 && !right.0 { counts.1 += 1 }
    }
  }

  /// The same per true class.
  package var discordantByClass: [(onlyA: Int, onlyB: Int)] {
    var counts = [(onlyA: Int, onlyB: Int)](repeating: (0, 0), count: a.classes)
    for row in 0..<count {
      let right = (isRight(a, row), isRight(b, row))
      if right.0 && !right.1 { counts[a.labels[row]].onlyA += 1 }
      if right.1 && !right.0 { counts[a.labels[row]].onlyB += 1 }
    }
    return counts
  }
}
