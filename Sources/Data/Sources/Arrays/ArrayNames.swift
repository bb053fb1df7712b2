import Arrays
import DataSchema
import Diagnostics
import ExperimentConfig
import Files

/// The arrays that an experiment names, with their places in it.
struct ArrayNames {
  /// The arguments that name the inputs and targets of a split.
  static func arguments(of split: ArrayConvention.Split) -> ArrayConvention.Pair {
    switch split {
    case .train: .init(inputs: "inputs", targets: "targets")
    case .validation: .init(inputs: "validation_inputs", targets: "validation_targets")
    case .test: .init(inputs: "test_inputs", targets: "test_targets")
    }
  }

  /// As they are written; empty if the names in the file decide.
  let splits: [ArrayConvention.Split: ArrayConvention.Pair]
  private let arguments: Arguments

  /// - Throws: `InputError` with the place of a name that has no counterpart, or occurs twice.
  init(_ arguments: Arguments) throws {
    self.arguments = arguments
    var splits: [ArrayConvention.Split: ArrayConvention.Pair] = [:]
    var keys: [String: String] = [:]
    for split in ArrayConvention.Split.allCases {
      let wanted = Self.arguments(of: split)
      let given = [wanted.inputs, wanted.targets].filter(arguments.has)
      for key in given {
        let name = try arguments.string(key)
        if let other = keys.updateValue(key, forKey: name) {
          throw InputError(
            "the array \(FileError.quoted(name)) is named in '\(other)' and in '\(key)'",
            at: arguments.range(key))
        }
      }
      if given.count == 1 {
        let other = given[0] == wanted.inputs ? wanted.targets : wanted.inputs
        throw InputError("'\(given[0])' needs '\(other)' too", at: arguments.range(given[0]))
      }
      guard given.count == 2 else { continue }
      if split != .train, splits[.train] == nil {
        throw InputError(
          "'\(given[0])' needs 'inputs' and 'targets' too", at: arguments.range(given[0]),
          hint: "name either all arrays, or none and let their own names decide")
      }
      splits[split] = .init(
        inputs: try arguments.string(wanted.inputs), targets: try arguments.string(wanted.targets))
    }
    self.splits = splits
  }

  /// Checks that all of them are there.
  ///
  /// - Throws: `InputError` with the place of each that is not.
  func check(against collection: ArrayCollection) throws {
    var diagnostics: [Diagnostic] = []
    for split in ArrayConvention.Split.allCases {
      guard let pair = splits[split] else { continue }
      let keys = Self.arguments(of: split)
      for (key, name) in [(keys.inputs, pair.inputs), (keys.targets, pair.targets)]
      where collection.name(name) == nil {
        // A name of one letter is near every other.
        let near =
          name.count > 1 ? Suggestion.nearest(to: name, among: collection.names) : nil
        diagnostics.append(
          Diagnostic(
            .error, "\(collection.path) has no array \(FileError.quoted(name))",
            at: arguments.range(key),
            hint: near.map { "did you mean '\($0)'?" }
              ?? "it holds \(ArrayFile.list(collection.names))"))
      }
    }
    if !diagnostics.isEmpty { throw InputError(diagnostics) }
  }
}
