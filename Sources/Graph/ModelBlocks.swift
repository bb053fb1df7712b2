/// The blocks of a model in order of computation, for learning rates that fall from the head to the input.
///
/// - Blocks are the entries of the model's list that have parameters.
/// - An entry that is a sequence of numbered blocks is replaced by these: `layer1` by `layer1.0` and
///   `layer1.1`, `denseblock1` by its `denselayer1` and so on, `encoder.layers` by its `encoder_layer_0` and so
///   on. An entry with a name that has no number, such as `encoder` or `features`, is also opened if it holds
///   such a sequence, or at least two numbered blocks, beside other layers.
/// - The layers before the first block are one: the stem. A model without blocks has as many as layers.
/// - Normalisation belongs to what comes before it.
/// - The head is the last block.
struct ModelBlocks {
  /// The block of each parameter, from 0.
  private(set) var indices: [String: Int] = [:]
  private(set) var count = 0

  init(_ graph: Graph) {
    var root = Part(name: "", level: 0)
    for parameter in graph.parameters where parameter.spec.role == .parameter {
      let isHead = graph.headParameters.contains(parameter.name)
      if isHead { continue }
      let node = graph.nodes[parameter.node]
      let path = node.moduleFile == nil ? node.path : "\(node.path).\(parameter.spec.module)"
      root.add(
        parameter.name, path: path.split(separator: ".").map(String.init),
        isNormalisation: graph.isOfNormalisation(parameter))
    }
    var isBeforeBlocks = true
    let units = root.children.flatMap(\.units)
    let hasBlocks = units.contains { !$0.isLayer }
    for unit in units {
      let isInStem = hasBlocks && isBeforeBlocks && unit.isLayer
      let joins = count > 0 && (unit.isNormalisation || isInStem)
      if !joins { count += 1 }
      if !unit.isLayer { isBeforeBlocks = false }
      for name in unit.parameters { indices[name] = count - 1 }
    }
    if !graph.headParameters.isEmpty { count += 1 }
    for name in graph.headParameters { indices[name] = count - 1 }
  }

  /// A node, or the part of the model under a common path.
  private struct Part {
    let name: String
    /// The number of components in its path.
    let level: Int
    var children: [Part] = []
    /// The parameters in this part.
    var parameters: [String] = []
    /// Whether all of them belong to normalisation layers.
    var isNormalisation = true

    init(name: String, level: Int) {
      self.name = name
      self.level = level
    }

    mutating func add(_ parameter: String, path: [String], isNormalisation isNorm: Bool) {
      parameters.append(parameter)
      isNormalisation = isNormalisation && isNorm
      guard level < path.count else { return }
      let name = path[level]
      // The nodes of a part need not follow each other, but nearly always do.
      let index = children.lastIndex { $0.name == name } ?? children.count
      if index == children.count { children.append(Part(name: name, level: level + 1)) }
      children[index].add(parameter, path: path, isNormalisation: isNorm)
    }

    var isLayer: Bool { children.isEmpty }
    /// The name without the digits at its end.
    private var word: Substring {
      var word = name[...]
      while word.last?.isNumber == true { word.removeLast() }
      return word
    }
    private var isNumbered: Bool { word.count < name.count }

    /// The number of blocks among the children with the most common name before the number.
    private var numberedBlocks: Int {
      Dictionary(grouping: children.filter { !$0.isLayer && $0.isNumbered }, by: \.word)
        .values.map(\.count).max() ?? 0
    }

    private var isSequence: Bool {
      guard children.count >= 2, numberedBlocks == children.count else { return false }
      // `0` in `stage2.0` is a block; its `branch1` and `branch2` are not.
      return !(isNumbered && word.isEmpty) || children.allSatisfy(\.word.isEmpty)
    }

    private var isOpened: Bool {
      isSequence || (!isNumbered && (numberedBlocks >= 2 || children.contains(where: \.isOpened)))
    }

    var units: [Part] { isOpened ? children.flatMap(\.units) : [self] }
  }
}
