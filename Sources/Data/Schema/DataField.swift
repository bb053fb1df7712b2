/// What one field holds of every example.
package enum FieldKind: Hashable, Sendable {
  /// Pixels as bytes, all images of one size.
  case image(ImageSize)
  /// So many numbers.
  case vector(Int)
  /// One of these classes, by name; its value is the place in this list.
  case category([String])
  /// One number of each of these.
  case numbers([Quantity])
  /// Any of these labels, by name; its value is 1 or 0 for each.
  case labelSet([String])
}

extension FieldKind {
  /// Whether values of this kind can be held against those of `other`: as many classes, numbers or labels.
  package func fits(_ other: FieldKind) -> Bool {
    switch (self, other) {
    case (.category(let a), .category(let b)), (.labelSet(let a), .labelSet(let b)):
      a.count == b.count
    case (.numbers(let a), .numbers(let b)): a.count == b.count
    default: self == other
    }
  }
}

/// The size of an image.
package struct ImageSize: Hashable, Sendable {
  package var channels: Int
  /// In pixels.
  package var height: Int
  /// In pixels.
  package var width: Int

  package init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// Values of one image.
  package var count: Int { channels * height * width }
}

/// A number that is measured or predicted.
package struct Quantity: Hashable, Sendable, Codable {
  package var name: String
  /// Such as `degrees`; `nil` if it has none, or none is known.
  package var unit: String?

  package init(_ name: String, unit: String? = nil) {
    self.name = name
    self.unit = unit
  }
}

/// An input or a target of every example.
package struct DataField: Hashable, Sendable {
  package var name: String
  package var kind: FieldKind

  package init(_ name: String, _ kind: FieldKind) {
    self.name = name
    self.kind = kind
  }

  /// `10 classes`, `2 numbers`, `10 labels`.
  package var inWords: String {
    func count(_ count: Int, _ one: String, _ many: String) -> String {
      "\(count) \(count == 1 ? one : many)"
    }
    return switch kind {
    case .image(let size): "images of \(size.channels)×\(size.height)×\(size.width)"
    case .vector(let size): count(size, "value", "values")
    case .category(let names): count(names.count, "class", "classes")
    case .numbers(let quantities): count(quantities.count, "number", "numbers")
    case .labelSet(let names): count(names.count, "label", "labels")
    }
  }
}
