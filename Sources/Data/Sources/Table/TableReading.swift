import DataSchema
import Diagnostics
import ExperimentConfig
import Tables

/// How an experiment wants a table to be read.
struct TableReading: Hashable, Sendable {
  /// What the targets are.
  enum Kind: String, Sendable, CaseIterable {
    case category, numbers, labels
  }

  let roles: TableRoles
  /// `nil`: what the target columns look like.
  let kind: Kind?
  /// Between the labels in the target column; `nil` if it holds no lists.
  let labelSeparator: String?
  let unit: String?
  let options: TableOptions
  let encoding: EncodingOptions
  /// Of the training rows, if no row is marked as test.
  let testFraction: Double
  let skipsErrors: Bool
  /// `nil`: the model is given the values of columns.
  let images: ImageColumn?

  /// - Throws: `InputError` with the place of an argument that does not fit the others.
  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    func names(_ key: String) throws -> [String] {
      if !arguments.has(key) { return [] }
      if let word = arguments.word(key) { return [word] }
      return try arguments.list(key).map { try $0.string() }
    }
    var roles = TableRoles(targets: try names("target"))
    if arguments.has("features") { roles.features = try names("features") }
    roles.ignore = try names("ignore")
    roles.split = arguments.word("split")
    images = try ImageColumn(arguments, in: environment)
    roles.image = images?.name
    self.roles = roles
    kind = arguments.word("kind").flatMap(Kind.init)
    labelSeparator = arguments.word("label_separator")
    unit = arguments.word("unit")
    testFraction = try arguments.number("test")
    skipsErrors = arguments.word("on_error") == "skip"
    options = TableOptions(
      format: try Self.format(arguments, names: arguments.has("columns") ? names("columns") : nil),
      decimal: arguments.word("decimal").flatMap(TableOptions.DecimalMark.init),
      missing: .standard(adding: try names("missing")),
      types: Self.types(
        roles, kind, isList: labelSeparator != nil, numbers: try names("numbers"),
        categories: try names("categories")))
    encoding = try Self.encoding(arguments)
    try check(arguments)
  }

  private static func format(
    _ arguments: Arguments, names: [String]?
  ) throws -> DelimitedFormat {
    guard let text = arguments.word("delimiter") else { return DelimitedFormat(names: names) }
    guard let delimiter = Delimiter(text) else {
      throw InputError(
        "'\(text)' cannot be a delimiter", at: arguments.range("delimiter"),
        hint: "write one character such as ';', or tab")
    }
    return DelimitedFormat(delimiter: delimiter, names: names)
  }

  private static func types(
    _ roles: TableRoles, _ kind: Kind?, isList: Bool, numbers: [String], categories: [String]
  ) -> [String: ColumnType] {
    var types = roles.types
    for name in roles.targets where kind == .category || isList { types[name] = .category }
    for name in roles.targets where kind == .numbers { types[name] = .number }
    for name in categories { types[name] = .category }
    for name in numbers { types[name] = .number }
    return types
  }

  private static func encoding(_ arguments: Arguments) throws -> EncodingOptions {
    let impute = try arguments.record("impute")
    let numbers: EncodingOptions.NumberImputation =
      switch impute.word("numbers") {
      case "mean": .mean
      case "median": .median
      case "mode": .mostFrequent
      default: .error
      }
    let categories: EncodingOptions.CategoryImputation =
      switch impute.word("categories") {
      case "mode": .mostFrequent
      case "own": .ownCategory
      default: .error
      }
    return EncodingOptions(
      numbers: numbers, categories: categories,
      standardize: try arguments.boolean("standardize"))
  }

  private func check(_ arguments: Arguments) throws {
    let isList = labelSeparator != nil
    if isList, labelSeparator?.isEmpty == true {
      throw InputError(
        "'label_separator' is empty", at: arguments.range("label_separator"),
        hint: "write the text between two labels, such as ';'")
    }
    if isList, kind == .category || kind == .numbers {
      throw InputError(
        "'label_separator' is for labels, not for kind: \(kind?.rawValue ?? "")",
        at: arguments.range("label_separator"))
    }
    if isList || kind == .category, roles.targets.count > 1 {
      throw InputError(
        "expected one target column, found \(roles.targets.count)", at: arguments.range("target"),
        hint: isList
          ? "without 'label_separator', each column is a label"
          : "several columns can be numbers or labels")
    }
    if unit != nil, isList || kind == .category || kind == .labels {
      throw InputError("only numbers have a unit", at: arguments.range("unit"))
    }
  }
}
