import YAMLSyntax

/// Finds the value that the path of an override refers to.
enum YAMLPath {
  /// - Parameters:
  ///   - path: keys, indices of lists, and names of list items that have a `name`. The last key may
  ///     be the main argument of a component written without it, as in `linear: 128`.
  ///   - emptyArguments: whether a component without arguments (`optimizer: adam`) has an empty
  ///     value under its name.
  /// - Returns: `nil` if there is no such value.
  static func node(at path: [String], in root: YAMLNode, emptyArguments: Bool) -> YAMLNode? {
    var node = root
    for (offset, key) in path.enumerated() {
      if let next = node[key] {
        node = next
      } else if let items = node.sequence,
        let index = Int(key) ?? items.firstIndex(where: { $0["name"]?.scalar?.text == key }),
        items.indices.contains(index)
      {
        node = items[index]
      } else if emptyArguments, node.scalar?.text == key {
        node = YAMLNode(scalar: "", at: node.range)
      } else if node.scalar != nil, !node.isNull, offset == path.count - 1,
        offset > 0 || !emptyArguments
      {
        return node
      } else {
        return nil
      }
    }
    return node
  }
}
