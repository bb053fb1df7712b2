import Files

/// How one state dict of a file fits a model.
struct WeightsFit {
  let dict: StateDict
  private let head: Set<String>
  let prefixes: [String]
  let removedParts: [String]
  /// Other prefixes that fit equally well and lead to other values.
  var rivalPrefixes: [String] = []
  var loaded: [WeightsMatch.Loaded] = []
  var replacedHead: [WeightsMatch.Replaced] = []
  var absentCounters: [String] = []
  var skipped: [String] = []
  /// The number of names in the file with one of the prefixes.
  var inside = 0
  /// The number of tensors whose names and shapes match.
  var matchCount = 0
  // What does not fit.
  var missing: [ExpectedTensor] = []
  var otherKinds: [(expected: ExpectedTensor, kind: String)] = []
  var otherShapes: [(expected: ExpectedTensor, found: StateDictFile.Tensor)] = []
  var otherTypes: [(expected: ExpectedTensor, found: StateDictFile.Tensor)] = []
  var extra: [StateDictFile.Tensor] = []
  /// Tensors whose names have none of the prefixes; they are skipped if the rest fits.
  var outside: [StateDictFile.Tensor] = []
  /// The layer that has another name in the file; `nil` if all names agree.
  var renamedLayer: RenamedLayer?

  init(dict: StateDict, head: Set<String>, prefixes: [String], removedParts: [String]) {
    self.dict = dict
    self.head = head
    self.prefixes = prefixes
    self.removedParts = removedParts
  }

  var fits: Bool {
    missing.isEmpty && otherKinds.isEmpty && otherShapes.isEmpty && otherTypes.isEmpty
      && extra.isEmpty
  }

  /// Whether both fits load the same values, for instance if two names refer to one module.
  func holdsTheSame(as other: WeightsFit) -> Bool {
    loaded.count == other.loaded.count
      && zip(loaded, other.loaded).allSatisfy { $0.name == $1.name && $0.source == $1.source }
  }

  func match(otherKeys: [String]) -> WeightsMatch {
    WeightsMatch(
      key: dict.keyPath, prefixes: prefixes.filter { !$0.isEmpty }, removedParts: removedParts,
      loaded: loaded, replacedHead: replacedHead, absentCounters: absentCounters,
      skipped: skipped, otherKeys: otherKeys, renamedLayer: renamedLayer)
  }

  /// The head under another name, if nothing else is wrong: the file has everything but the head, and one layer
  /// that the model lacks, with tensors of the head's shapes.
  var renamedHead: RenamedLayer? {
    guard otherKinds.isEmpty, otherShapes.isEmpty, otherTypes.isEmpty, !missing.isEmpty,
      missing.allSatisfy({ head.contains($0.name) })
    else { return nil }
    let wanted = RenamedLayer.shapes(missing.map { ($0.name, $0.shape) })
    let found = RenamedLayer.shapes(
      extra.map { tensor in
        let prefix = prefixes.first { tensor.name.hasPrefix($0) } ?? ""
        return (String(tensor.name.dropFirst(prefix.count)), tensor.shape)
      })
    guard wanted.count == 1, found.count == 1, let name = wanted.first, let other = found.first,
      name.value == other.value
    else { return nil }
    return RenamedLayer(name: name.key, nameInFile: other.key)
  }

  // MARK: Problems

  private typealias Pair = (expected: ExpectedTensor, found: StateDictFile.Tensor)

  /// - Parameters:
  ///   - path: the file's path, whose name may be a clue.
  ///   - expected: the model's tensors.
  func mismatch(path: String, _ expected: [ExpectedTensor]) -> WeightsMismatch {
    let (pairs, lonely, rest) = pairs()
    var details: [String] = []
    for (tensor, kind) in otherKinds {
      details.append("\(tensor.name): \(kind) in the file, a tensor \(tensor.shape) in the model")
    }
    for (tensor, found) in otherShapes {
      details.append(
        "\(tensor.name): shape \(found.shape) in the file, \(tensor.shape) in the model")
    }
    for (tensor, found) in otherTypes {
      details.append(
        "\(tensor.name): type \(found.type) in the file, \(tensor.type.rawValue) in the model")
    }
    for (tensor, found) in pairs {
      details.append(
        "the model has \(tensor.name) \(tensor.shape), the file "
          + "\(FileError.printable(found.name)) \(found.shape)")
    }
    details += lonely.map { "missing in the file: \($0.name) \($0.shape)" }
    details += rest.map { "not in the model: \(FileError.printable($0.name)) \($0.shape)" }
    let front = prefixes.filter { !$0.isEmpty }
    if !front.isEmpty {
      details.append(
        "compared without the prefix "
          + front.map { FileError.quoted($0) }.joined(separator: ", "))
    }
    if !dict.key.isEmpty {
      details.append("compared with the tensors under \(FileError.quoted(dict.keyPath))")
    }
    let (cause, hint) = cause(path, pairs, expected)
    return WeightsMismatch(
      .file, "does not match the model: \(cause)", hint: hint, details: details)
  }

  /// Missing and extra tensors that probably belong together, because they have the same shape and similar
  /// name endings.
  private func pairs() -> (pairs: [Pair], missing: [ExpectedTensor], extra: [StateDictFile.Tensor])
  {
    var rest = Array(extra.prefix(2000)) + outside.prefix(2000)
    var pairs: [Pair] = []
    var lonely: [ExpectedTensor] = []
    for tensor in missing.prefix(200) {
      let name = tensor.name.split(separator: ".")
      let scores = rest.map { found -> Int in
        let other = found.name.split(separator: ".")
        let alike = zip(name.reversed(), other.reversed()).prefix { $0 == $1 }.count
        let hasShape = PrefixSearch.isShape(found.shape, tensor.shape)
        guard hasShape || alike > 0 && found.shape.count == tensor.shape.count else { return 0 }
        return (hasShape ? 100 : 0) + min(alike, 9)
      }
      if let best = scores.max(), best > 0, let place = scores.firstIndex(of: best) {
        pairs.append((tensor, rest.remove(at: place)))
      } else {
        lonely.append(tensor)
      }
    }
    pairs =
      pairs.filter { $0.expected.shape == $0.found.shape }
      + pairs.filter { $0.expected.shape != $0.found.shape }
    let isOutside = Set(outside.map(\.name))
    return (
      pairs, lonely + missing.dropFirst(200),
      rest.filter { !isOutside.contains($0.name) } + extra.dropFirst(2000)
    )
  }

  /// The likely cause and how to fix it.
  private func cause(
    _ path: String, _ pairs: [Pair], _ expected: [ExpectedTensor]
  ) -> (cause: String, hint: String?) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if !missing.isEmpty, name.contains("-of-0") {
      return (
        "it is one of several files that together hold the weights",
        "give their index, such as model.safetensors.index.json"
      )
    }
    if missing.isEmpty, extra.isEmpty {
      if let first = otherKinds.first { return ("\(first.expected.name) is \(first.kind)", nil) }
      let layers = Set(otherShapes.map { Self.layer($0.expected.name) })
      if otherShapes.isEmpty { return ("its numbers have a different type", nil) }
      return layers.count == 1
        ? (
          "the layer '\(layers.first ?? "")' has a different size", "give the layer the file's size"
        )
        : ("it has the same layers in different sizes", "give the layers the file's sizes")
    }
    // A missing counter is not a problem, and its counterpart is not a clue.
    let extra = extra.filter { !$0.isCounter }
    if !missing.isEmpty, missing.count == extra.count, pairs.count == missing.count,
      zip(missing, extra).allSatisfy({ PrefixSearch.isShape($1.shape, $0.shape) }),
      let first = pairs.first
    {
      return (
        "the shapes are the same in the same order, only the names differ",
        "give the layers the file's names: name: \(FileError.printable(Self.layer(first.found.name)))"
      )
    }
    if let prefix = prefixOfModel(expected) {
      return (
        "the model's names begin with '\(prefix)', those of the file do not",
        "rename the tensors in the file, or remove the block's name"
      )
    }
    if matchCount == 0, otherShapes.isEmpty {
      return ("it has a different architecture: no tensor matches", nil)
    }
    if extra.isEmpty, !missing.isEmpty, missing.allSatisfy({ head.contains($0.name) }) {
      return ("it has no head: the tensors of the last layer are missing", nil)
    }
    if extra.isEmpty, !missing.isEmpty {
      return ("it lacks \(Self.count(missing.count)) of the model", nil)
    }
    if missing.isEmpty {
      return ("it has \(Self.count(extra.count)) that the model lacks", nil)
    }
    return (
      "it has a different architecture: \(matchCount) of \(expected.count) tensors match", nil
    )
  }

  /// A prefix such that all the model's names under it are in the file without it; `nil` if there is none.
  private func prefixOfModel(_ expected: [ExpectedTensor]) -> String? {
    guard let first = missing.first?.name else { return nil }
    let names = Set(dict.tensors.map(\.name))
    var start = first.startIndex
    while let dot = first[start...].firstIndex(of: ".") {
      start = first.index(after: dot)
      let prefix = String(first[..<start])
      let inside = expected.filter { $0.name.hasPrefix(prefix) }
      if inside.count > 1,
        inside.allSatisfy({ names.contains(String($0.name.dropFirst(prefix.count))) })
      {
        return prefix
      }
    }
    return nil
  }

  private static func layer(_ name: String) -> String {
    name.split(separator: ".").dropLast().joined(separator: ".")
  }

  private static func count(_ tensors: Int) -> String {
    tensors == 1 ? "one tensor" : "\(tensors) tensors"
  }
}
