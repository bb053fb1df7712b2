import DataSchema
import Tasks

/// What the loss of an optimizer step is divided by: the examples of all its batches, and their weights.
package struct LossStep: Sendable, Equatable {
  package let examples: Int
  /// The sum of the examples' class weights, for each term of the objective; 0 for a term without weights.
  package let weights: [Double]
  /// The number of points with a box; `nil` for those of the step's only batch, and without boxes.
  package var points: Double?

  /// - Parameters:
  ///   - indices: the examples of each batch.
  ///   - targets: those of the whole data set. The pixels of masks count as they are there.
  package init(_ objective: Objective, _ indices: [[Int]], of targets: Targets) {
    examples = indices.reduce(0) { $0 + $1.count }
    weights = objective.terms.map { term in
      if term.classWeights.isEmpty { return 0 }
      return indices.reduce(0) { sum, batch in
        batch.reduce(sum) {
          $0
            + (targets.width == 1
              ? term.classWeights[Int(targets.values[$1])]
              : Self.weight(term, targets[$1].map { Int($0) }))
        }
      }
    }
  }
}

extension LossStep {
  /// A step on masks.
  ///
  /// - Parameters:
  ///   - examples: the images of all batches.
  ///   - pixels: how many pixels have each class, over all batches.
  package init(_ objective: Objective, examples: Int, pixels: [Int]) {
    self.examples = examples
    weights = objective.terms.map { LossStep.weight($0, pixels) }
  }

  /// The weight of the pixels of masks in a term; 0 for a term without weights.
  static func weight(_ term: Objective.Term, _ pixels: [Int]) -> Double {
    zip(term.classWeights, pixels).reduce(0) { $0 + $1.0 * Double($1.1) }
  }
}

/// The sums over a data set from which its loss is computed.
package struct LossSums: Sendable {
  /// For each term of the objective, the sum of the examples' losses, and of their weights, which are numbers of points
  /// in the losses of a detector.
  package var terms: [(sum: Double, weight: Double)]
  private let scales: [Double]
  private let names: [String]

  package init(_ objective: Objective) {
    terms = objective.terms.map { _ in (0, 0) }
    scales = objective.terms.map(\.scale)
    names = objective.terms.map(\.name)
  }

  /// The loss; 0 without examples.
  package var value: Double {
    terms.indices.reduce(0) { $0 + scales[$1] * mean($1) }
  }

  /// The value of each loss of a sum, before it is multiplied by its scale, by name; empty for a single loss.
  package var parts: [String: Double] {
    if terms.count < 2 { return [:] }
    return Dictionary(terms.indices.map { (names[$0], mean($0)) }) { first, _ in first }
  }

  private func mean(_ place: Int) -> Double {
    let (sum, weight) = terms[place]
    // Of images without boxes the sum is not 0; it is divided by at least one point.
    return weight == 0 ? sum : sum / weight
  }
}
