/// What one field holds of every example.
package enum FieldKind: Hashable, Sendable {
  /// Pixels as bytes, all images of one size.
  case image(ImageSize)
  /// Pixels as bytes, images of several sizes.
  case mixedImages(MixedSizes)
  /// A fixed number of values.
  case vector(Int)
  /// One of these classes, by name; its value is the place in this list.
  case category([String])
  /// One number of each of these.
  case numbers([Quantity])
  /// Any of these labels, by name; its value is 1 or 0 for each.
  case labelSet([String])
  /// A class, by name, for each pixel of the image; pixels of the value `ignore` have none.
  case mask([String], ignore: Int?)
  /// Any number of boxes in the image, each with one of these classes.
  case boxes(BoxClasses)
}

extension FieldKind {
  /// The value of a pixel without a class in the masks that a source reads, whatever the files say.
  package static let ignoredPixel: UInt8 = 255

  package var isMask: Bool { if case .mask = self { true } else { false } }

  package var areBoxes: Bool { if case .boxes = self { true } else { false } }

  /// Whether values of this kind can be held against those of `other`: as many classes, numbers or labels.
  package func fits(_ other: FieldKind) -> Bool {
    switch (self, other) {
    case (.category(let a), .category(let b)), (.labelSet(let a), .labelSet(let b)),
      (.mask(let a, _), .mask(let b, _)):
      a.count == b.count
    case (.boxes(let a), .boxes(let b)): a.names.count == b.names.count
    case (.numbers(let a), .numbers(let b)): a.count == b.count
    default: self == other
    }
  }

  /// Whether a model for inputs of `other` can be given inputs of this kind.
  package func isCompatible(with other: FieldKind) -> Bool {
    switch (self, other) {
    case (.mixedImages(let a), .mixedImages(let b)): a.channels == b.channels
    case (.image(let a), .mixedImages(let b)): a.channels == b.channels
    default: self == other
    }
  }

  /// As `data.json` calls it.
  package var name: String {
    switch self {
    case .image: "image"
    case .mixedImages: "images"
    case .vector: "vector"
    case .category: "category"
    case .numbers: "numbers"
    case .labelSet: "label_set"
    case .mask: "mask"
    case .boxes: "boxes"
    }
  }
}

extension FieldKind: CustomStringConvertible {
  /// `10 classes`, `2 numbers`, `10 labels`.
  package var description: String {
    func count(_ count: Int, _ one: String, _ many: String) -> String {
      "\(count) \(count == 1 ? one : many)"
    }
    return switch self {
    case .image(let size): "images of \(size)"
    case .mixedImages(let sizes): "images of \(sizes)"
    case .vector(let size): count(size, "value", "values")
    case .category(let names): count(names.count, "class", "classes")
    case .numbers(let quantities): count(quantities.count, "number", "numbers")
    case .labelSet(let names): count(names.count, "label", "labels")
    case .mask(let names, _): "masks of " + count(names.count, "class", "classes")
    case .boxes(let classes): "boxes of " + count(classes.names.count, "class", "classes")
    }
  }
}

/// The size of an image.
package struct ImageSize: Hashable, Sendable, CustomStringConvertible {
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

  /// `1×28×28`: channels, height, width.
  package var description: String { "\(channels)×\(height)×\(width)" }
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
