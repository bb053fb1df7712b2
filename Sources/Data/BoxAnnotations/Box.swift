/// A rectangle in a picture, in pixels: the upper left pixel covers 0 to 1 in both directions.
package struct Box: Hashable, Sendable {
  /// The left edge.
  package var x: Double
  /// The upper edge.
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  package var area: Double { width * height }

  package var isFinite: Bool {
    x.isFinite && y.isFinite && width.isFinite && height.isFinite
  }

  /// Whether a part of more than a pixel lies beyond the edges of a picture. Rounding, and formats that count
  /// pixels from 1, lead to less.
  ///
  /// - Parameters:
  ///   - imageWidth: in pixels, as `imageHeight`; 0 if unknown.
  package func isOutside(_ imageWidth: Int, _ imageHeight: Int) -> Bool {
    x < -1 || y < -1 || imageWidth > 0 && x + width > Double(imageWidth) + 1
      || imageHeight > 0 && y + height > Double(imageHeight) + 1
  }
}

/// What a file calls an image or a category. Numbers come before texts.
package enum ItemID: Hashable, Sendable, Comparable, CustomStringConvertible {
  case number(Int)
  case text(String)

  package static func < (one: ItemID, other: ItemID) -> Bool {
    switch (one, other) {
    case (.number(let one), .number(let other)): one < other
    case (.number, .text): true
    case (.text, .number): false
    case (.text(let one), .text(let other)): one.utf8.lexicographicallyPrecedes(other.utf8)
    }
  }

  package var description: String {
    switch self {
    case .number(let number): String(number)
    case .text(let text): text
    }
  }
}
