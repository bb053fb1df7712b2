/// What one part of the data holds.
package struct PartFindings: Codable, Hashable, Sendable {
  package var name: String
  package var examples: Int
  /// Examples of each class, in the order of the classes; `nil` if the target is no class.
  package var classes: [ClassCount]?
  /// Examples that carry each label; `nil` if the target is no set of labels.
  package var labels: [ClassCount]?
  /// `nil` if the target is not made of numbers.
  package var numbers: [NumberSummary]?
  /// `nil` if the targets are no masks.
  package var masks: MaskSummary?
  /// `nil` if the targets are no boxes.
  package var boxes: BoxSummary?
  /// `nil` if the inputs are no pictures, or none can be read.
  package var pictures: PictureSummary?
  /// Examples that cannot be read.
  package var unreadable: CappedList<FileProblem>
}

/// How many examples have a class or a label.
package struct ClassCount: Codable, Hashable, Sendable {
  package var name: String
  package var count: Int
  /// Of the examples of the part, 0 to 1.
  package var share: Double
}

/// The pixels of masks.
package struct MaskSummary: Codable, Hashable, Sendable {
  /// Pixels of each class; the shares are of those that have a class.
  package var pixels: [ClassCount]
  /// Images in which each class occurs.
  package var images: [ClassCount]
  /// The share of all pixels that have no class, 0 to 1.
  package var ignored: Double
}

/// The values of a number that is to be predicted.
package struct NumberSummary: Codable, Hashable, Sendable {
  package var name: String
  package var unit: String?
  package var minimum: Double
  package var mean: Double
  package var maximum: Double
  /// With n − 1 in the denominator; `nil` for a single value.
  package var standardDeviation: Double?

  enum CodingKeys: String, CodingKey {
    case name, unit, minimum, mean, maximum
    case standardDeviation = "standard_deviation"
  }
}

/// The sizes and the brightness of pictures.
package struct PictureSummary: Codable, Hashable, Sendable {
  /// A size in pixels.
  package struct Size: Codable, Hashable, Sendable, CustomStringConvertible {
    package var height: Int
    package var width: Int

    /// `480 × 640`: height, width.
    package var description: String { "\(height) × \(width)" }
  }

  /// One channel over all pixels of all pictures.
  package struct Channel: Codable, Hashable, Sendable {
    /// 0 to 1.
    package var mean: Double
    /// Of values of 0 to 1.
    package var standardDeviation: Double

    enum CodingKeys: String, CodingKey {
      case mean
      case standardDeviation = "standard_deviation"
    }
  }

  package var count: Int
  package var distinctSizes: Int
  /// By area, as the median and the largest.
  package var smallest: Size
  package var median: Size
  package var largest: Size
  package var channels: [Channel]

  enum CodingKeys: String, CodingKey {
    case count, smallest, median, largest, channels
    case distinctSizes = "distinct_sizes"
  }
}
