import DataSchema

/// What a loss needs to know about the targets of the training examples.
package struct LossTargets: Sendable {
  /// The operation that yields the target of the outputs.
  package var operation: Objective.Operation
  /// The distribution of each target column over the training examples; for classes, those of their
  /// one-hot encoding, and for masks the same over their pixels that have a class.
  package var columns: [TargetDistribution]
  /// What the targets are.
  package var kind: FieldKind

  package init(
    _ operation: Objective.Operation, _ columns: [TargetDistribution], _ kind: FieldKind
  ) {
    self.operation = operation
    self.columns = columns
    self.kind = kind
  }

  /// The name of each class, label or number.
  var names: [String] { kind.names }

  /// The number of classes, labels or numbers.
  var width: Int { names.count }

  var areClasses: Bool { if case .category = kind { true } else { false } }

  /// Weights with which the mean over the pixels that have a class is taken, where no others are given; empty for
  /// targets that are no masks.
  var pixelWeights: [Double] { kind.isMask ? Array(repeating: 1, count: width) : [] }

  /// How many training examples have each class or label; of masks, how many pixels.
  var counts: [Double] { columns.map { ($0.mean * Double($0.count)).rounded() } }
}

extension Task {
  /// - Parameter targets: those of the training examples.
  package func lossTargets(_ targets: Targets) -> LossTargets {
    LossTargets(lossTarget, lossColumns(targets), target.kind)
  }
}

extension FieldKind {
  /// The names of classes, labels or numbers; empty for other kinds.
  package var names: [String] {
    switch self {
    case .category(let names), .labelSet(let names), .mask(let names, _): names
    case .boxes(let classes): classes.names
    case .numbers(let quantities): quantities.map(\.name)
    default: []
    }
  }
}
