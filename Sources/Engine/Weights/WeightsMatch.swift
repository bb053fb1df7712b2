import Files

/// The user's choice of where to find the model's tensors in a file. What is left out is found automatically.
package struct WeightsSelection: Sendable, Equatable {
  /// The key of the state dict in a checkpoint, or several joined by dots.
  package var key: String?
  /// The prefix that the file's names have before the model's names.
  package var prefix: String?

  package init(key: String? = nil, prefix: String? = nil) {
    self.key = key
    self.prefix = prefix
  }
}

/// The tensors of a file that a model loads.
package struct WeightsMatch: Sendable {
  /// A tensor of the model and the location of its values.
  package struct Loaded: Sendable {
    package let name: String
    package let shape: [Int]
    package let type: SafeTensors.ElementType
    /// The tensor in the file.
    package let found: StateDictFile.Tensor
    let source: StateDict.Source
  }

  /// A tensor of the head that has another shape in the file.
  package struct Replaced: Sendable, Equatable {
    package let name: String
    package let shape: [Int]
    package let shapeInFile: [Int]
  }

  /// The keys that lead to the state dict, joined by dots; empty if it is the whole file.
  package let key: String
  /// Removed prefixes of the names; empty if there were none.
  package let prefixes: [String]
  /// Parts that were removed anywhere in a name, such as `_orig_mod`.
  package let removedParts: [String]
  /// In the model's order.
  package let loaded: [Loaded]
  /// Head tensors of another shape. If there are any, the whole head keeps its initialisation.
  package let replacedHead: [Replaced]
  /// Counters missing from the file, as in files written before PyTorch 0.4.1; they start from 0.
  package let absentCounters: [String]
  /// Extra values of the file, with a description of those that are not tensors.
  package let skipped: [String]
  /// Other keys of the file whose state dicts also fit.
  package let otherKeys: [String]
  /// The head, if the file calls it otherwise; `nil` if all names agree.
  package let renamedLayer: RenamedLayer?

  /// Notes for the user, one sentence each.
  package var notes: [String] {
    var notes: [String] = []
    if !otherKeys.isEmpty {
      notes.append(
        "using the weights under \(FileError.quoted(key)); "
          + "\(Self.list(otherKeys.map { FileError.quoted($0) })) would match as well (choose with "
          + "key:)"
      )
    } else if !key.isEmpty, !StateDict.usualKeys.contains(key) {
      notes.append("using the weights under the key \(FileError.quoted(key))")
    }
    let front = prefixes.filter { !$0.isEmpty }
    if !front.isEmpty {
      notes.append(
        "removed the \(front.count == 1 ? "prefix" : "prefixes") "
          + Self.list(front.map { FileError.quoted($0) }) + " from the names")
    }
    if !removedParts.isEmpty {
      notes.append("removed \(Self.list(removedParts.map { "'\($0)'" })) from the names")
    }
    if let renamedLayer {
      notes.append(
        "the head '\(renamedLayer.name)' is \(FileError.quoted(renamedLayer.nameInFile)) in the file"
      )
    }
    if let first = replacedHead.first {
      let others = replacedHead.count > 1 ? " and \(replacedHead.count - 1) more" : ""
      notes.append(
        "the head starts from random values: \(first.name)\(others) has a different shape in the "
          + "file (\(first.shapeInFile), not \(first.shape))")
    }
    if !skipped.isEmpty {
      notes.append("skipped tensors that the model does not need: \(Self.list(skipped))")
    }
    return notes
  }

  /// The same tensors for a part of a larger model.
  ///
  /// - Parameters:
  ///   - path: the part's path, such as `backbone`.
  ///   - omitted: names of tensors in the file that the larger model lacks.
  package func placed(at path: String, without omitted: Set<String> = []) -> WeightsMatch {
    WeightsMatch(
      key: key, prefixes: prefixes, removedParts: removedParts,
      loaded: loaded.filter { !omitted.contains($0.name) }.map {
        Loaded(
          name: "\(path).\($0.name)", shape: $0.shape, type: $0.type, found: $0.found,
          source: $0.source)
      },
      replacedHead: replacedHead.filter { !omitted.contains($0.name) }.map {
        Replaced(name: "\(path).\($0.name)", shape: $0.shape, shapeInFile: $0.shapeInFile)
      },
      absentCounters: absentCounters.filter { !omitted.contains($0) }.map { "\(path).\($0)" },
      skipped: skipped, otherKeys: otherKeys,
      renamedLayer: renamedLayer.map {
        RenamedLayer(name: "\(path).\($0.name)", nameInFile: $0.nameInFile)
      })
  }

  private static func list(_ words: [String]) -> String {
    words.prefix(5).joined(separator: ", ")
      + (words.count > 5 ? " and \(words.count - 5) more" : "")
  }
}

/// Why no state dict of a file fits a model.
package struct WeightsMismatch: Error {
  /// The key of the experiment that it is about.
  package enum Subject: Sendable {
    case file, key, prefix, part
  }

  package let subject: Subject
  /// Without the path, without a full stop.
  package let reason: String
  package var hint: String?
  /// Whether several candidates match equally well, so that the user has to choose.
  package private(set) var isAmbiguous = false
  /// Problems, one line each, the most informative first.
  package var details: [String] = []

  init(
    _ subject: Subject, _ reason: String, hint: String? = nil, details: [String] = [],
    isAmbiguous: Bool = false
  ) {
    self.isAmbiguous = isAmbiguous
    self.subject = subject
    self.reason = reason
    self.hint = hint
    self.details = details
  }

  /// A part that is to take the weights and that the model lacks.
  package init(noPart path: String, hint: String?) {
    self.init(.part, "the model has no part '\(path)' with parameters", hint: hint)
  }
}

extension StateDictFile {
  /// The same as ``match(_:head:_:)`` with the model's names as they are.
  func matchWholeNames(
    _ expected: [ExpectedTensor], head: Set<String>, _ selection: WeightsSelection
  ) throws(WeightsMismatch) -> WeightsMatch {
    let fits = try candidates(selection).map {
      PrefixSearch($0, expected, head).fit(prefix: selection.prefix)
    }
    if let prefix = selection.prefix, fits.allSatisfy({ $0.inside == 0 }) {
      throw unknown(prefix: prefix, in: fits.map(\.dict))
    }
    var fitting = fits.filter(\.fits)
    let most = fitting.map(\.loaded.count).max() ?? 0
    fitting = fitting.filter { $0.loaded.count == most }
    guard var best = fitting.first else {
      let closest = fits.max { ($0.matchCount, $1.dict.rank()) < ($1.matchCount, $0.dict.rank()) }
      throw (closest ?? fits[0]).mismatch(path: path, expected)
    }
    var others: [String] = []
    if fitting.count > 1 {
      let areSiblings = Set(fitting.map { $0.dict.key.dropLast() }).count == 1
      func rank(_ fit: WeightsFit) -> Int { fit.dict.rank(areSiblings: areSiblings) }
      fitting.sort { rank($0) < rank($1) }
      best = fitting[0]
      let rivals = fitting.dropFirst().filter { !$0.holdsTheSame(as: best) }
      let unusual = StateDict.usualKeys.count + 1
      if rivals.contains(where: { rank(best) == unusual || rank($0) == rank(best) }) {
        throw ambiguous(fitting.map(\.dict))
      }
      others = rivals.map(\.dict.keyPath)
    }
    if !best.rivalPrefixes.isEmpty {
      let prefixes = (best.prefixes + best.rivalPrefixes).map { FileError.quoted($0) }
      throw WeightsMismatch(
        .file,
        "the model matches under several prefixes of the names: "
          + prefixes.joined(separator: ", "),
        hint: "choose one: weights: {file: …, prefix: \(FileError.printable(best.prefixes[0]))}",
        isAmbiguous: true)
    }
    return best.match(otherKeys: others)
  }

  private func candidates(
    _ selection: WeightsSelection
  ) throws(WeightsMismatch) -> [StateDict] {
    guard let key = selection.key, !key.isEmpty else { return dicts }
    do throws(FileError) {
      if let found = try dict(underKey: key) { return [found] }
    } catch {
      throw WeightsMismatch(.key, error.reason)
    }
    let known = dicts.map(\.keyPath).filter { !$0.isEmpty }
    throw WeightsMismatch(
      .key,
      keys.isEmpty
        ? "it is not a checkpoint with keys, so there is no '\(key)'"
        : "it has no key '\(key)'; it has \(keys.joined(separator: ", "))",
      hint: known.isEmpty ? nil : "there are weights under \(known.joined(separator: ", "))")
  }

  private func unknown(prefix: String, in dicts: [StateDict]) -> WeightsMismatch {
    var prefixes: [String] = []
    for name in dicts.flatMap(\.tensors).map(\.name) {
      let first = String(name.prefix { $0 != "." })
      if !prefixes.contains(first), prefixes.count < 12 { prefixes.append(first) }
    }
    return WeightsMismatch(
      .prefix,
      "no tensor in it has a name that begins with '\(prefix)'; the names begin with "
        + prefixes.map { FileError.quoted($0) }.joined(separator: ", "))
  }

  private func ambiguous(_ dicts: [StateDict]) -> WeightsMismatch {
    let keys = dicts.map { $0.key.isEmpty ? "the file itself" : FileError.quoted($0.keyPath) }
    let first = dicts.first { !$0.key.isEmpty }?.keyPath ?? ""
    return WeightsMismatch(
      .file,
      "several state dicts in it match the model equally well: "
        + keys.joined(separator: ", "),
      hint: "choose one: weights: {file: …, key: \(FileError.printable(first))}",
      isAmbiguous: true)
  }
}
