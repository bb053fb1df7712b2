import Tasks

/// Counts of examples by true and predicted class; the basis of all metrics of hard predictions.
package struct ConfusionMatrix: Sendable, Equatable {
  package let classes: Int
  /// Row-major; rows are true classes, columns predicted ones.
  private var counts: [Int]

  package init(classes: Int) {
    self.classes = classes
    counts = Array(repeating: 0, count: classes * classes)
  }

  /// Counts pairs of class indices below `classes`.
  package init(labels: [Int], predictions: [Int], classes: Int) {
    self.init(classes: classes)
    precondition(labels.count == predictions.count)
    for (label, prediction) in zip(labels, predictions) {
      add(label: label, prediction: prediction)
    }
  }

  /// Counts examples by cell index, `label * classes + prediction`, each as often as `times` says,
  /// or once if `times` is `nil`.
  init(classes: Int, cells: [Int32], times: [Int32]?) {
    self.init(classes: classes)
    counts.withUnsafeMutableBufferPointer { counts in
      cells.withUnsafeBufferPointer { cells in
        if let times {
          times.withUnsafeBufferPointer { times in
            for index in cells.indices { counts[Int(cells[index])] &+= Int(times[index]) }
          }
        } else {
          for cell in cells { counts[Int(cell)] &+= 1 }
        }
      }
    }
  }

  package mutating func add(label: Int, prediction: Int) {
    // An out-of-range prediction would otherwise be counted in the next row.
    precondition((0..<classes).contains(label) && (0..<classes).contains(prediction))
    counts[label * classes + prediction] += 1
  }

  package subscript(label: Int, prediction: Int) -> Int { counts[label * classes + prediction] }

  package var total: Int { counts.reduce(0, +) }
  package var correct: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

  /// The number of examples of each true class, and of each predicted class.
  var totals: (labels: [Int], predictions: [Int]) {
    var labels = [Int](repeating: 0, count: classes)
    var predictions = labels
    for label in 0..<classes {
      for prediction in 0..<classes {
        let count = counts[label * classes + prediction]
        labels[label] += count
        predictions[prediction] += count
      }
    }
    return (labels, predictions)
  }

  /// The classes without examples: those that were predicted anyway, and those that do not occur at
  /// all and are therefore excluded from the averages.
  package var withoutExamples: (predicted: [Int], absent: [Int]) {
    let totals = totals
    let missing = totals.labels.indices.filter { totals.labels[$0] == 0 }
    return (
      missing.filter { totals.predictions[$0] > 0 }, missing.filter { totals.predictions[$0] == 0 }
    )
  }

  /// The number of examples of a true class.
  package func support(_ label: Int) -> Int {
    (0..<classes).reduce(0) { $0 + self[label, $1] }
  }

  /// The number of examples predicted as a class.
  package func predicted(_ prediction: Int) -> Int {
    (0..<classes).reduce(0) { $0 + self[$1, prediction] }
  }

  /// CSV with a header; rows are true classes, columns predicted ones. `names` holds one name per
  /// class.
  package func csv(names: [String]) -> String {
    let names = names.map(CSVCell.quoted)
    let heading = "true\\predicted," + names.joined(separator: ",") + "\n"
    return heading
      + (0..<classes).map { label in
        names[label] + "," + (0..<classes).map { String(self[label, $0]) }.joined(separator: ",")
          + "\n"
      }.joined()
  }
}
