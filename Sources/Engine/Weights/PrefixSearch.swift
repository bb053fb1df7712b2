import Files

/// Finds the prefixes that turn the names of a state dict into those of a model.
///
/// Wrappers and larger modules add their own names: `module.`, `_orig_mod.`, `backbone.`. Instead of a list
/// of such prefixes, the search picks the one with which the most names and shapes match.
struct PrefixSearch {
  private let dict: StateDict
  private let expected: [ExpectedTensor]
  private let head: Set<String>
  private let places: [String: Int]

  init(_ dict: StateDict, _ expected: [ExpectedTensor], _ head: Set<String>) {
    self.dict = dict
    self.expected = expected
    self.head = head
    places = Dictionary(expected.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// Name components that only PyTorch's wrappers add, at any depth of the model.
  private static let wrappers = [
    "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_fpw_module",
  ]
  /// The deepest nesting of names; real layers stay below it.
  private static let deepest = 32

  /// The matches for one prefix.
  private struct Tally {
    let prefix: String
    /// For each index in the model, the index in the file.
    var found: [Int: Int] = [:]
    var shapes = 0
  }

  /// - Parameter prefix: the only prefix to try; `nil` to search for one.
  func fit(prefix: String?) -> WeightsFit {
    let names = dict.tensors.map(\.name)
    let best = fit(names, prefix)
    guard !best.fits, let layer = best.renamedHead else { return best }
    var renamed = fit(names.map { layer.renaming($0) }, prefix)
    guard renamed.fits else { return best }
    renamed.renamedLayer = layer
    return renamed
  }

  private func fit(_ names: [String], _ prefix: String?) -> WeightsFit {
    let plain = fit(names, removing: [], prefix)
    if plain.fits { return plain }
    var best = plain
    for parts in [Self.wrappers, Self.wrappers + ["module"]] {
      let used = parts.filter { part in
        names.contains { $0.split(separator: ".").contains { $0 == part } }
      }
      let shorter = names.map { name in
        name.split(separator: ".", omittingEmptySubsequences: false)
          .filter { !used.contains(String($0)) }.joined(separator: ".")
      }
      guard !used.isEmpty, Set(shorter).count == names.count else { continue }
      let fitted = fit(shorter, removing: used, prefix)
      if fitted.fits { return fitted }
      if fitted.matchCount > best.matchCount { best = fitted }
    }
    return best
  }

  private func fit(_ names: [String], removing parts: [String], _ given: String?) -> WeightsFit {
    let fixed = given.map { Self.complete($0, names) }
    let tallies = tallies(names, fixed)
    let best = tallies.first ?? Tally(prefix: fixed ?? "")
    var chosen = [best]
    func result(_ chosen: [Tally]) -> WeightsFit {
      compare(
        names, parts, chosen, copies: tallies.filter { $0.shapes == best.shapes && best.shapes > 0 }
      )
    }
    var fitted = result(chosen)
    if fitted.fits {
      // Names without a prefix are preferred.
      if !best.prefix.isEmpty {
        fitted.rivalPrefixes = tallies.dropFirst()
          .filter { $0.shapes == best.shapes && $0.found.count == best.found.count }
          .filter { rival in
            rival.found.contains { place, tensor in
              best.found[place].map { dict.sources[$0] != dict.sources[tensor] } ?? true
            }
          }
          .map(\.prefix)
      }
      return fitted
    }
    // The head may have a different prefix from the rest.
    while fixed == nil, chosen.count < 8 {
      let missing = Set(expected.indices).subtracting(chosen.flatMap(\.found.keys))
      guard let next = next(tallies, missing) else { break }
      chosen.append(next)
      fitted = result(chosen)
      if fitted.fits { return fitted }
    }
    return result([best])
  }

  /// The prefix that matches most of the missing tensors; `nil` if there is none, or a tie.
  private func next(_ tallies: [Tally], _ missing: Set<Int>) -> Tally? {
    var best: Tally?
    var isUnique = true
    for tally in tallies {
      let found = tally.found.filter { place, tensor in
        missing.contains(place)
          && (agrees(place, tensor) || head.contains(expected[place].name))
      }
      guard !found.isEmpty, found.count >= best?.found.count ?? 0 else { continue }
      isUnique =
        found.count > best?.found.count ?? 0
        || Set(found.keys).isDisjoint(with: best?.found.keys.map { $0 } ?? [])
      if found.count > best?.found.count ?? 0 {
        best = Tally(prefix: tally.prefix, found: found, shapes: found.count)
      }
    }
    return isUnique ? best : nil
  }

  /// A tally for every prefix before a name of the model, best first.
  private func tallies(_ names: [String], _ fixed: String?) -> [Tally] {
    var tallies: [String: Int] = [:]
    var result: [Tally] = []
    func count(_ prefix: String, _ place: Int, _ tensor: Int) {
      let index =
        tallies[prefix]
        ?? {
          tallies[prefix] = result.count
          result.append(Tally(prefix: prefix))
          return result.count - 1
        }()
      result[index].found[place] = tensor
      if agrees(place, tensor) { result[index].shapes += 1 }
    }
    for (tensor, name) in names.enumerated() {
      if let fixed {
        guard name.hasPrefix(fixed) else { continue }
        if let place = places[String(name.dropFirst(fixed.count))] { count(fixed, place, tensor) }
        continue
      }
      var start = name.startIndex
      for _ in 0..<Self.deepest {
        if let place = places[String(name[start...])] {
          count(String(name[..<start]), place, tensor)
        }
        guard let dot = name[start...].firstIndex(of: ".") else { break }
        start = name.index(after: dot)
      }
    }
    return result.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if a.shapes != b.shapes { return a.shapes > b.shapes }
      if a.found.count != b.found.count { return a.found.count > b.found.count }
      if a.prefix.isEmpty != b.prefix.isEmpty { return a.prefix.isEmpty }
      return left.offset < right.offset
    }.map(\.element)
  }

  private func agrees(_ place: Int, _ tensor: Int) -> Bool {
    Self.isShape(dict.tensors[tensor].shape, expected[place].shape)
  }

  /// PyTorch 0.3 had no zero-dimensional tensors.
  static func isShape(_ found: [Int], _ expected: [Int]) -> Bool {
    found == expected || expected.isEmpty && found == [1]
  }

  /// Completes `module` to `module.` if names continue like that.
  private static func complete(_ prefix: String, _ names: [String]) -> String {
    if prefix.isEmpty || prefix.hasSuffix(".") { return prefix }
    return names.contains { $0.hasPrefix(prefix + ".") } ? prefix + "." : prefix
  }

  // MARK: Comparison

  /// Tensors that tools leave in a state dict and that belong to no layer.
  private static let harmless: Set<String> = [
    "total_ops", "total_params", "_extra_state", "n_averaged",
  ]

  private func compare(
    _ names: [String], _ parts: [String], _ chosen: [Tally], copies: [Tally]
  ) -> WeightsFit {
    var fit = WeightsFit(
      dict: dict, head: head, prefixes: chosen.map(\.prefix), removedParts: parts)
    var taken: Set<Int> = []
    let others = Dictionary(dict.others.map { ($0.name, $0.kind) }) { first, _ in first }
    for (place, tensor) in expected.enumerated() {
      guard let index = chosen.lazy.compactMap({ $0.found[place] }).first else {
        if tensor.type == .int64, tensor.isCounter {
          fit.absentCounters.append(tensor.name)
        } else if let kind = chosen.lazy.compactMap({ others[$0.prefix + tensor.name] }).first {
          fit.otherKinds.append((tensor, kind))
        } else {
          fit.missing.append(tensor)
        }
        continue
      }
      taken.insert(index)
      fit.matchCount += agrees(place, index) ? 1 : 0
      let found = dict.tensors[index]
      if !agrees(place, index) {
        if head.contains(tensor.name) {
          fit.replacedHead.append(
            WeightsMatch.Replaced(
              name: tensor.name, shape: tensor.shape, shapeInFile: found.shape))
        } else {
          fit.otherShapes.append((tensor, found))
        }
      } else if !tensor.takes(found.type) {
        fit.otherTypes.append((tensor, found))
      } else {
        fit.loaded.append(
          WeightsMatch.Loaded(
            name: tensor.name, shape: tensor.shape, type: tensor.type, found: found,
            source: dict.sources[index]))
      }
    }
    if !fit.replacedHead.isEmpty { fit.loaded.removeAll { head.contains($0.name) } }
    let copied = Set(copies.flatMap(\.found.values))
    for (index, name) in names.enumerated() {
      let isInside = fit.prefixes.contains { name.hasPrefix($0) }
      if isInside { fit.inside += 1 }
      if taken.contains(index) { continue }
      let last = name.split(separator: ".").last.map(String.init) ?? name
      if !isInside || Self.harmless.contains(last) || copied.contains(index) {
        if !isInside { fit.outside.append(dict.tensors[index]) }
        fit.skipped.append(FileError.printable(dict.tensors[index].name))
      } else {
        fit.extra.append(dict.tensors[index])
      }
    }
    let wanted = Set(
      fit.otherKinds.flatMap { kind in fit.prefixes.map { $0 + kind.expected.name } })
    for other in dict.others where !wanted.contains(other.name) {
      fit.skipped.append("\(FileError.printable(other.name)) (\(other.kind))")
    }
    return fit
  }
}

extension ExpectedTensor {
  /// Whether values of a file's type can be converted to this tensor. State dicts that were converted to half
  /// precision as a whole have their counters in it too.
  fileprivate func takes(_ found: String) -> Bool {
    guard let converted = SafeTensors.ElementType(converting: found) else { return false }
    return converted == type || type == .int64 && isCounter
  }

  var isCounter: Bool { isNameOfCounter(name) }
}

extension StateDictFile.Tensor {
  var isCounter: Bool { isNameOfCounter(name) }
}

private func isNameOfCounter(_ name: String) -> Bool {
  name.split(separator: ".").last == "num_batches_tracked"
}
