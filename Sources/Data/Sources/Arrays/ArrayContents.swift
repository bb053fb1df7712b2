import Arrays
import DataSchema
import Files

/// The arrays of a data set: which examples belong to which split, and what is to be predicted of them.
struct ArrayContents: SplitContents {
  /// What decides about the contents.
  struct Key: Hashable, Sendable {
    let path: String
    let stamps: [FileStamp?]
    let reading: ArrayReading
  }

  /// The examples of a pair of arrays.
  struct Part: Sendable {
    let inputs: ArrayInputs
    let targets: Targets
    let index: ArrayIndex

    func hash(_ row: Int) -> ArraySlice<UInt8> {
      index.hashes[(row * ArrayIndex.size)..<((row + 1) * ArrayIndex.size)]
    }
  }

  /// Some examples of a part.
  struct Piece: Sendable {
    let part: Part
    let rows: [Int]
    let isValidation: Bool
  }

  let schema: DataSchema
  /// What is worth knowing about how the arrays are read.
  let notes: [String]
  /// Arrays that are not used.
  private let unused: [String]
  private let path: String
  private let train: [Piece]
  private let test: [Piece]

  /// - Throws: ``ArrayProblem`` if something cannot be read or used.
  init(
    _ reading: ArrayReading, _ collection: ArrayCollection, in folder: IndexFolder
  ) throws(ArrayProblem) {
    path = collection.path
    let splits = try Self.splits(reading, collection)
    let used = Set(splits.values.flatMap { [$0.inputs, $0.targets] })
    unused = collection.names.filter { !used.contains($0) }
    let order = ArrayConvention.Split.allCases.filter { splits[$0] != nil }
    let pairs = order.compactMap { splits[$0] }
    let opened = try Self.open(order, pairs, reading, collection)
    let targets = try ArrayTargetReading(opened.map(\.labels), reading)
    var parts: [ArrayConvention.Split: Part] = [:]
    for (place, split) in order.enumerated() {
      let inputs = opened[place].inputs
      let index = try Self.index(pairs[place].inputs, inputs, split, reading, collection, folder)
      parts[split] = Part(inputs: inputs, targets: targets.targets[place], index: index)
    }
    (train, test) = Self.pieces(parts, reading, targets.field.kind)
    var schema = DataSchema(
      inputs: [opened[0].inputs.field], targets: [targets.field],
      counts: [.train: Self.count(train), .test: Self.count(test)])
    schema.validationCount = parts[.validation].map(\.targets.count)
    self.schema = schema
    notes = Self.notes(opened[0].inputs, targets, opened[0].labels)
    try check(opened[0].labels)
  }

  private static func splits(
    _ reading: ArrayReading, _ collection: ArrayCollection
  ) throws(ArrayProblem) -> [ArrayConvention.Split: ArrayConvention.Pair] {
    if reading.splits.isEmpty {
      return try ArrayProblem.at("file") { () throws(DataError) in
        if collection.isSingle {
          throw DataError(
            path: collection.path,
            reason:
              "holds one array; name the folder that the arrays of inputs and targets are in, "
              + "and the two with 'inputs' and 'targets'")
        }
        return try ArrayConvention(names: collection.names, path: collection.path).splits
      }
    }
    return reading.splits.mapValues { pair in
      // All are there: the experiment's names have been checked.
      .init(
        inputs: collection.name(pair.inputs) ?? pair.inputs,
        targets: collection.name(pair.targets) ?? pair.targets)
    }
  }

  /// Opens the arrays of all splits, and checks that they fit each other.
  private static func open(
    _ order: [ArrayConvention.Split], _ pairs: [ArrayConvention.Pair], _ reading: ArrayReading,
    _ collection: ArrayCollection
  ) throws(ArrayProblem) -> [(inputs: ArrayInputs, labels: NumericArray)] {
    var opened: [(inputs: ArrayInputs, labels: NumericArray)] = []
    for (split, pair) in zip(order, pairs) {
      let keys = ArrayNames.arguments(of: split)
      let array = try ArrayProblem.at(keys.inputs) { () throws(DataError) in
        try collection[pair.inputs]
      }
      let inputs = try reading.inputs(array, argument: keys.inputs)
      if let first = opened.first, inputs.field.kind != first.inputs.field.kind {
        throw ArrayProblem(
          argument: keys.inputs,
          error: array.error(
            "holds \(inputs.field.kind), but the training examples are \(first.inputs.field.kind)"))
      }
      let labels = try ArrayProblem.at(keys.targets) { () throws(DataError) in
        let labels = try collection[pair.targets]
        guard labels.rowCount == inputs.count else {
          throw labels.error(
            "holds \(labels.rowCount) targets for the \(inputs.count) examples of "
              + FileError.quoted(pair.inputs))
        }
        return labels
      }
      guard inputs.count > 0 else {
        throw ArrayProblem(argument: keys.inputs, error: array.error("holds no examples"))
      }
      opened.append((inputs, labels))
    }
    return opened
  }

  private static func index(
    _ name: String, _ inputs: ArrayInputs, _ split: ArrayConvention.Split,
    _ reading: ArrayReading, _ collection: ArrayCollection, _ folder: IndexFolder
  ) throws(ArrayProblem) -> ArrayIndex {
    let argument = ArrayNames.arguments(of: split).inputs
    return try ArrayIndex.of(
      inputs, in: folder,
      reopen: { () throws(ArrayProblem) in
        let array = try ArrayProblem.at(argument) { () throws(DataError) in
          let again = try ArrayCollection(collection.path)
          try again.verify(name)
          return try again[name]
        }
        let opened = try reading.inputs(array, argument: argument)
        guard opened.count == inputs.count, opened.field == inputs.field else {
          throw ArrayProblem(
            argument: argument, error: array.error("has changed while it was read"))
        }
        return opened
      }, argument: argument)
  }

  // MARK: Splits

  /// The examples to train with, those for validation last, and those to test on.
  private static func pieces(
    _ parts: [ArrayConvention.Split: Part], _ reading: ArrayReading, _ target: FieldKind
  ) -> (train: [Piece], test: [Piece]) {
    func all(_ split: ArrayConvention.Split) -> [Piece] {
      parts[split].map { part in
        [Piece(part: part, rows: Array(0..<part.targets.count), isValidation: split == .validation)]
      } ?? []
    }
    let validation = all(.validation)
    guard let part = parts[.train], parts[.test] == nil else {
      return (all(.train) + validation, all(.test))
    }
    let classes: [Float]? = if case .category = target { part.targets.values } else { nil }
    let rows = Array(0..<part.targets.count)
    let test = RowChoice.fraction(
      reading.testFraction, of: rows, classes: classes, hash: part.hash)
    let chosen = Set(test)
    let train = Piece(
      part: part, rows: rows.filter { !chosen.contains($0) }, isValidation: false)
    return ([train] + validation, [Piece(part: part, rows: test, isValidation: false)])
  }

  private static func count(_ pieces: [Piece]) -> Int { pieces.reduce(0) { $0 + $1.rows.count } }

  /// Checks that there is something to learn from.
  private func check(_ labels: NumericArray) throws(ArrayProblem) {
    func fail(_ argument: String, _ reason: String) -> ArrayProblem {
      ArrayProblem(argument: argument, error: DataError(path: path, reason: reason))
    }
    guard let first = train.first, !first.rows.isEmpty else {
      throw fail(
        "file",
        "has too few different examples: none are left to train on besides those to test on")
    }
    guard case .category(let names) = schema.target.kind else { return }
    guard names.count > 1 else {
      throw fail("targets", "has examples of one class; expected at least two")
    }
    let trained = Set(first.rows.map { first.part.targets.values[$0] })
    guard let missing = names.indices.first(where: { !trained.contains(Float($0)) }) else { return }
    let count = (train + test).reduce(0) { sum, piece in
      sum + piece.rows.count { piece.part.targets.values[$0] == Float(missing) }
    }
    throw fail(
      "targets",
      "leaves no training examples of the class '\(names[missing])', which has \(count) "
        + "example\(count == 1 ? "" : "s") in all"
        + (missing == 0 && count == 0
          ? "; class numbers start at 0: subtract 1 if these start at 1"
          : "; if the targets are numbers to predict, write kind: numbers"))
  }

  private static func notes(
    _ inputs: ArrayInputs, _ targets: ArrayTargetReading, _ labels: NumericArray
  ) -> [String] {
    var notes: [String] = []
    if case .images(let images) = inputs, let range = images.range {
      notes.append(
        "the images are \(images.array.elementType) and are read as bytes: \(range.lowerBound) is "
          + "black, \(range.upperBound) is white, and numbers in between are rounded to the "
          + "nearest of 256 steps")
    }
    if targets.isOneHot {
      notes.append(
        "each row of '\(FileError.printable(labels.name))' has a single 1, whose position is read "
          + "as the class; kind: labels reads rows as sets of labels")
    }
    return notes
  }

  // MARK: Reading

  private func pieces(_ split: DataSplit) -> [Piece] { split == .train ? train : test }

  /// Names and places of files and arrays are not part of it.
  func fingerprint(_ split: DataSplit) -> String {
    var digest = RunningDigest()
    func add(_ text: String) { digest.add("\(text.utf8.count) \(text)\n".utf8) }
    add("arrays 1")
    add("\(schema.input.kind)")
    add(schema.target.kind.name)
    for name in schema.target.kind.valueNames { add(name) }
    for piece in pieces(split) {
      for row in piece.rows {
        digest.add(piece.part.hash(row))
        piece.part.targets[row].withUnsafeBytes { digest.add($0) }
        digest.add([piece.isValidation ? 1 : 0])
      }
    }
    return digest.hex
  }

  var omissions: DatasetOmissions {
    DatasetOmissions(
      skipped: unused.map { (path: $0, reason: "is an array that is neither inputs nor targets") })
  }

  func source(_ split: DataSplit) -> any ExampleSource {
    let pieces = pieces(split)
    let isValidation = pieces.flatMap { piece in piece.rows.map { _ in piece.isValidation } }
    return ArraySource(
      pieces.map { ($0.part.inputs, $0.rows) }, schema: schema,
      targets: Targets(
        pieces.flatMap { $0.part.targets.selecting($0.rows).values },
        width: pieces.first?.part.targets.width ?? 1),
      isValidation: isValidation.contains(true) ? isValidation : nil,
      hashes: pieces.flatMap { piece in piece.rows.flatMap { piece.part.hash($0) } },
      fingerprint: fingerprint(split), notes: notes)
  }
}
