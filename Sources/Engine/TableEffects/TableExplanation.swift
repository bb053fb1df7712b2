/// How models use the columns of a table.
package struct TableExplanation: Codable, Sendable, Equatable {
  /// The examples that importances and dependences rest on.
  package var examples: Int
  /// How many there were to choose from.
  package var available: Int
  /// The primary score of the models on these examples.
  package var score: ExplainedTable.Score
  package var repeats: Int
  /// Every column, the most important first.
  package var importances: [PermutationImportance]
  /// Pairs of columns that say much about each other.
  package var associations: [ColumnAssociation]
  /// Of the most important columns that take several values.
  package var dependences: [PartialDependence]
  /// The rows of files, explained one by one.
  package var rows: [RowExplanation]

  package init(
    examples: Int, available: Int, score: ExplainedTable.Score, repeats: Int,
    importances: [PermutationImportance], associations: [ColumnAssociation],
    dependences: [PartialDependence], rows: [RowExplanation] = []
  ) {
    self.examples = examples
    self.available = available
    self.score = score
    self.repeats = repeats
    self.importances = importances
    self.associations = associations
    self.dependences = dependences
    self.rows = rows
  }
}

/// What each column contributes to a model's answer to a row: the answer minus its mean while the column takes the
/// values of background examples. The contributions need not add up to the answer.
package struct RowExplanation: Codable, Sendable, Equatable {
  package var file: String
  /// From 1.
  package var row: Int
  /// What the answer is for: a class, a label or a number.
  package var output: String
  /// The probability or the number.
  package var value: Double
  package var contributions: [Contribution]
  /// The examples whose values the columns take.
  package var background: Int

  package struct Contribution: Codable, Sendable, Equatable {
    package var column: String
    package var value: Double

    package init(column: String, value: Double) {
      (self.column, self.value) = (column, value)
    }
  }

  package init(
    file: String, row: Int, output: String, value: Double, contributions: [Contribution],
    background: Int
  ) {
    self.file = file
    self.row = row
    self.output = output
    self.value = value
    self.contributions = contributions
    self.background = background
  }
}

extension ExplainedTable {
  /// Importances of all columns, then the dependences on the most important ones.
  ///
  /// - Parameters:
  ///   - available: the examples that these ones were chosen from.
  ///   - progress: is given the number of columns that have been permuted.
  package func explanation(
    repeats: Int, dependences most: Int, lines: Int, available: Int,
    progress: (_ done: Int) throws -> Void
  ) throws -> TableExplanation {
    var importances: [PermutationImportance] = []
    for column in columns.indices {
      importances.append(try importance(of: column, repeats: repeats))
      try progress(column + 1)
    }
    let order = importances.indices.sorted {
      (-importances[$0].mean, $0) < (-importances[$1].mean, $1)
    }
    var dependences: [PartialDependence] = []
    for column in order where dependences.count < most {
      if let found = try dependence(on: column, lines: lines) { dependences.append(found) }
    }
    return TableExplanation(
      examples: count, available: available, score: try score(), repeats: repeats,
      importances: order.map { importances[$0] },
      associations: ColumnAssociation.strongPairs(columns), dependences: dependences)
  }
}
