import DataSchema

/// A part of the data that is looked at by itself, such as `train`, `validation` or `test`.
package struct DataPart: Sendable {
  package let name: String
  package let source: any ExampleSource
  /// The examples of the part, as indices of ``source``.
  package let indices: [Int]
  /// The group of each example, in the order of ``indices``; `nil` if there are no groups.
  package let groups: [String]?

  /// - Precondition: there are as many groups as indices, which are examples of the source.
  package init(
    _ name: String, _ source: any ExampleSource, _ indices: [Int], groups: [String]? = nil
  ) {
    precondition(groups.map { $0.count == indices.count } ?? true)
    precondition(indices.allSatisfy { 0..<source.count ~= $0 })
    self.name = name
    self.source = source
    self.indices = indices
    self.groups = groups
  }

  /// All examples of a source.
  package init(_ name: String, _ source: any ExampleSource) {
    self.init(name, source, Array(0..<source.count))
  }
}

/// An example, by the part it is in.
package struct ExamplePlace: Codable, Hashable, Sendable {
  package var part: String
  /// In the source of the part.
  package var index: Int
  /// What the user calls it, such as the path of its file; `nil` if it has no name.
  package var name: String?
  /// What is to be predicted of it, as text.
  package var label: String?

  package init(part: String, index: Int, name: String? = nil, label: String? = nil) {
    self.part = part
    self.index = index
    self.name = name
    self.label = label
  }

  package init(_ part: DataPart, _ index: Int) {
    self.init(
      part: part.name, index: index, name: part.source.name(of: index),
      label: TargetText.text(part.source.targets[index], part.source.schema.target.kind))
  }

  /// `train/cat/1.jpg`, `train line 7`, or `train 5` for an example without a name.
  package var title: String {
    guard let name else { return "\(part) \(index)" }
    return name.hasPrefix("\(part)/") ? name : "\(part) \(name)"
  }
}

/// A file or an example that cannot be used, and why.
package struct FileProblem: Codable, Hashable, Sendable {
  package var path: String
  package var reason: String

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}

/// The first entries of a list that may be long.
package struct CappedList<Element: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  /// How many there are.
  package var total: Int
  /// The first of them.
  package var shown: [Element]

  package init(_ all: [Element], limit: Int) {
    total = all.count
    shown = Array(all.prefix(limit))
  }

  package var isEmpty: Bool { total == 0 }
}
