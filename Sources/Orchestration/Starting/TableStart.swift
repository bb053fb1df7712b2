import DataSchema
import Datasets
import Diagnostics
import Tables

/// An experiment for a table.
struct TableStart {
  let index: TableIndex
  let target: ColumnSummary
  let name: String

  /// Reads the table once.
  ///
  /// - Parameters:
  ///   - path: from the root.
  ///   - target: the column to predict; `nil` if the user has not said.
  /// - Throws: `DataError` if it cannot be read or has no such column; `InputError` with all columns if the
  ///   target is not known, and for a target that cannot be predicted.
  init(path: String, target: String?, name: String) throws {
    index = try TableIndex(reading: path)
    self.name = name
    guard let target else { throw Self.question(index, name: name) }
    self.target = try index.column(target)
    if !self.target.type.isEncodable {
      throw InputError(
        "column '\(InitText.oneLine(target))' cannot be predicted: it is of type "
          + "\(self.target.type.rawValue), \(self.target.reason)",
        hint: "choose a column of numbers or of a few different values")
    }
  }

  // MARK: Asking for the target

  /// Columns that are listed before the rest is counted.
  private static let mostListed = 40

  private static func question(_ index: TableIndex, name: String) -> InputError {
    var notes = index.columns.prefix(mostListed).map { Diagnostic.note(description($0), at: nil) }
    if index.columns.count > mostListed {
      notes.append(.note("and \(index.columns.count - mostListed) more", at: nil))
    }
    let hint = likelyTarget(index).map { "perhaps --target \(ShellWord.quoted($0.name))" }
    return InputError([
      Diagnostic(
        .error,
        "which column of '\(InitText.oneLine(name))' should be predicted? Give it with --target",
        at: nil, hint: hint, notes: notes)
    ])
  }

  /// `species: category, 3 different values such as Adelie`.
  static func description(_ column: ColumnSummary) -> String {
    var text = "\(InitText.oneLine(column.name)): \(column.type.rawValue)"
    if let range = column.range {
      text += ", \(short(range.minimum)) to \(short(range.maximum))"
    } else if let distinct = column.distinct {
      text += ", \(distinct) different value\(distinct == 1 ? "" : "s")"
      if let example = column.mostFrequent?.first {
        text += " such as \(InitText.oneLine(String(example.value.prefix(30))))"
      }
    }
    if column.missing > 0, column.type != .missing { text += ", \(column.missing) missing" }
    return text
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(Float(value))
  }

  /// A column with a name that targets usually have, or the last one that could be a target.
  private static func likelyTarget(_ index: TableIndex) -> ColumnSummary? {
    let usual = ["target", "label", "class", "species", "outcome", "category", "y", "price"]
    let possible = index.columns.filter {
      $0.type.isEncodable && !$0.isConstant && !index.isIdentifier($0)
    }
    return usual.lazy.compactMap { word in possible.first { $0.name.lowercased() == word } }.first
      ?? possible.last { $0.type != .number } ?? possible.last
  }

  // MARK: The data set

  /// A column that says which part a row belongs to.
  private var split: ColumnSummary? {
    let parts: Set = ["train", "training", "val", "valid", "validation", "dev", "test", "testing"]
    return others.first { column in
      guard let values = column.categories, values.count > 1 else { return false }
      return values.allSatisfy { parts.contains($0.lowercased()) }
    }
  }

  private var others: [ColumnSummary] { index.columns.filter { $0.name != target.name } }

  /// Columns that are no features, each with the reason.
  private var ignored: [(name: String, reason: String)] {
    others.compactMap { column in
      if column.name == split?.name { return nil }
      switch column.type {
      case .text: return (column.name, "free text or names")
      case .date: return (column.name, "dates")
      case .missing: return nil
      case .number, .boolean, .category:
        return index.isIdentifier(column) ? (column.name, "a different value in every row") : nil
      }
    }
  }

  /// - Parameter path: of the file, as the experiment writes it.
  func dataset(path: String) -> CommentedLines {
    let ignored = ignored
    let unused = Set(ignored.map(\.name) + [split?.name].compactMap(\.self))
    let features = others.filter { !unused.contains($0.name) && $0.type.isEncodable }
    var lines = CommentedLines()
    lines.add("table:")
    lines.add("  file: \(path)")
    lines.add("  target: \(InitText.value(target.name))", "the column to predict")
    if !ignored.isEmpty {
      let reasons = ignored.prefix(6).map { "\(InitText.oneLine($0.name)): \($0.reason)" }
      let more = ignored.count > 6 ? "; and \(ignored.count - 6) more" : ""
      let names = ignored.map { InitText.value($0.name) }.joined(separator: ", ")
      lines.add("  # No features are " + reasons.joined(separator: "; ") + more)
      lines.add("  ignore: [\(names)]")
    }
    if let split {
      lines.add("  split: \(InitText.value(split.name))", "marks each row as train, val or test")
    }
    let numbers = features.contains { $0.missing > 0 && $0.type != .category }
    let categories = features.contains { $0.missing > 0 && $0.type == .category }
    if numbers || categories {
      let parts = [numbers ? "numbers: mean" : nil, categories ? "categories: own" : nil]
      lines.add(
        "  impute: {\(parts.compactMap(\.self).joined(separator: ", "))}",
        "what replaces missing values, from the training rows")
    }
    if target.missing > 0 {
      lines.add("  on_error: skip", "\(target.missing) rows without a target are left out")
    }
    return lines
  }

  // MARK: The experiment

  /// - Parameter schema: what the data set of ``dataset(path:)`` holds.
  func draft(path: String, _ schema: DataSchema) -> ExperimentDraft {
    let train = schema.counts[.train] ?? 0
    let isNumbers = if case .numbers = schema.target.kind { true } else { false }
    let kind = isNumbers ? "a number (regression)" : "\(schema.target.kind) (classification)"
    var found = [
      "\(InitText.oneLine(name)): \(index.rowCount) rows, \(index.columns.count) columns",
      "to predict: \(InitText.oneLine(target.name)), \(kind); from \(schema.input.kind)",
    ]
    found += ignored.prefix(12).map { "left out: \(InitText.oneLine($0.name)) (\($0.reason))" }
    return ExperimentDraft(
      found: found, dataset: dataset(path: path), transforms: nil,
      hasValidation: schema.validationCount != nil, trainCount: train,
      epochs: train < 2000 ? 50 : train < 20_000 ? 20 : 10,
      learningRate: train < 500 || isNumbers ? "1e-2" : "1e-3",
      model: Self.model(isNumbers: isNumbers, trainCount: train))
  }

  /// A linear model for few rows, else one with a hidden layer.
  static func model(isNumbers: Bool, trainCount: Int) -> CommentedLines {
    let isSmall = trainCount < 500
    let outputs = isNumbers ? "${data.targets}" : "${data.classes}"
    var model = CommentedLines()
    if !isSmall {
      model.add(
        "- linear: \(trainCount < 10_000 ? 64 : 128)", "a hidden layer: combinations of features")
      model.add("- relu")
      model.add("- dropout: 0.2", "reduces overfitting")
    }
    model.add(
      "- linear: \(outputs)",
      isSmall
        ? "few rows: start with a linear model, hard to beat here"
        : isNumbers ? "the predicted number" : "one output for each class")
    return model
  }
}
