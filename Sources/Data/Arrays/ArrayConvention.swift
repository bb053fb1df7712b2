import DataSchema
import Files

/// Which arrays of a file hold what, by the names that people give them: `x_train` and `y_train` as Keras has
/// it, `train_images` and `train_labels` as in MedMNIST, `X` and `y`.
package struct ArrayConvention: Hashable, Sendable {
  /// The parts that arrays come in.
  package enum Split: String, Sendable, CaseIterable {
    case train, validation, test
  }

  /// The arrays of one split.
  package struct Pair: Hashable, Sendable {
    package let inputs: String
    package let targets: String

    package init(inputs: String, targets: String) {
      self.inputs = inputs
      self.targets = targets
    }
  }

  /// The arrays of each split; there is always one to train with.
  package let splits: [Split: Pair]
  /// Arrays that nothing is known about, in the file's order.
  package let unused: [String]

  /// Finds the arrays among `names`.
  ///
  /// A name is taken apart at `_`, `-`, `.`, `/` and spaces. One part says what it holds, another, if there are
  /// splits, which one.
  ///
  /// - Parameter path: the file, for errors.
  /// - Throws: ``DataError`` with what was found, if it cannot be decided.
  package init(names: [String], path: String) throws(DataError) {
    var found: [Key: [String]] = [:]
    var unused: [String] = []
    for name in names {
      if let key = Key(name) { found[key, default: []].append(name) } else { unused.append(name) }
    }
    func fail(_ problem: String) -> DataError {
      DataError(
        path: path,
        reason: "\(problem); it holds \(ArrayFile.list(names)). Say which arrays are the inputs "
          + "and targets, or name them like x_train and y_train, or train_images and train_labels")
    }
    for (key, names) in found.sorted(by: { $0.key.description < $1.key.description })
    where names.count > 1 {
      throw fail("has \(names.count) arrays for the \(key): \(ArrayFile.list(names))")
    }
    // Without any split in the names, everything is to train with.
    let isSplit = found.keys.contains { $0.split != nil }
    if isSplit, let whole = found.keys.filter({ $0.split == nil }).compactMap({ found[$0] }).first {
      throw fail("has splits, but \(ArrayFile.list(whole)) belongs to none")
    }
    var splits: [Split: Pair] = [:]
    for split in Split.allCases {
      let wanted = isSplit ? split : nil
      guard isSplit || split == .train else { continue }
      let inputs = found[Key(split: wanted, role: .inputs)]?.first
      let targets = found[Key(split: wanted, role: .targets)]?.first
      switch (inputs, targets) {
      case (let inputs?, let targets?): splits[split] = Pair(inputs: inputs, targets: targets)
      case (let inputs?, nil):
        throw fail("has no targets for its inputs \(FileError.quoted(inputs))")
      case (nil, let targets?):
        throw fail("has no inputs for its targets \(FileError.quoted(targets))")
      case (nil, nil) where split == .train: throw fail("has no inputs and targets to train with")
      case (nil, nil): break
      }
    }
    self.splits = splits
    self.unused = unused
  }

  /// Those of `names` that say that they hold inputs, of any split.
  package static func inputs(among names: [String]) -> [String] {
    names.filter { Key($0)?.role == .inputs }
  }
}

/// What an array holds by its name.
private struct Key: Hashable, CustomStringConvertible {
  enum Role: String {
    case inputs, targets
  }

  /// `nil` if the name has none.
  let split: ArrayConvention.Split?
  let role: Role

  init(split: ArrayConvention.Split?, role: Role) {
    self.split = split
    self.role = role
  }

  /// - Returns: `nil` if nothing is known about the name.
  init?(_ name: String) {
    var split: ArrayConvention.Split?
    var role: Role?
    for part in Self.parts(of: name) {
      if let found = Self.splits[part], split == nil {
        split = found
      } else if let found = Self.roles[part], role == nil {
        role = found
      } else {
        return nil
      }
    }
    guard let role else { return nil }
    self.init(split: split, role: role)
  }

  var description: String { split.map { "\($0.rawValue) \(role.rawValue)" } ?? role.rawValue }

  private static let splits: [String: ArrayConvention.Split] = [
    "train": .train, "training": .train, "tr": .train,
    "val": .validation, "valid": .validation, "validation": .validation, "dev": .validation,
    "test": .test, "testing": .test, "te": .test,
  ]

  private static let roles: [String: Role] = [
    "x": .inputs, "images": .inputs, "image": .inputs, "imgs": .inputs, "inputs": .inputs,
    "input": .inputs, "data": .inputs, "features": .inputs, "vectors": .inputs,
    "y": .targets, "labels": .targets, "label": .targets, "targets": .targets,
    "target": .targets, "classes": .targets,
  ]

  /// The words of a name in lower case: `X_train`, `xtrain`, `trainX` and `train/images` have two.
  private static func parts(of name: String) -> [String] {
    let parts = name.lowercased().split { "_-./ ".contains($0) }.map(String.init)
    guard parts.count == 1, let word = parts.first else { return parts }
    for split in splits.keys.sorted(by: { $0.utf8.count > $1.utf8.count }) {
      for role in roles.keys where word == role + split || word == split + role {
        return [split, role]
      }
    }
    return parts
  }
}
