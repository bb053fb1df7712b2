import DataSchema

/// The contents of `data.json`: what the data of a run hold. Class names belong to the model, and travel
/// with it.
package struct DataRecord: Codable, Sendable, Equatable {
  package static let name = "data.json"

  package struct Image: Codable, Sendable, Equatable {
    package var channels: Int
    package var height: Int
    package var width: Int
  }

  package struct Target: Codable, Sendable, Equatable {
    package var name: String
    /// `category`, `numbers` or `label_set`.
    package var kind: String
    /// In the order of their numbers.
    package var classes: [String]?
    package var numbers: [Quantity]?
    package var labels: [String]?
  }

  package var image: Image
  package var target: Target

  package init(_ schema: DataSchema) {
    image = Image(channels: schema.channels, height: schema.height, width: schema.width)
    target = Target(name: schema.target.name, kind: "")
    switch schema.target.kind {
    case .category(let names): (target.kind, target.classes) = ("category", names)
    case .numbers(let quantities): (target.kind, target.numbers) = ("numbers", quantities)
    case .labelSet(let names): (target.kind, target.labels) = ("label_set", names)
    case .image: target.kind = "image"
    case .vector: target.kind = "vector"
    }
  }

  /// What is to be predicted; `nil` if this version does not know the kind.
  package var field: DataField? {
    switch target.kind {
    case "category": target.classes.map { DataField(target.name, .category($0)) }
    case "numbers": target.numbers.map { DataField(target.name, .numbers($0)) }
    case "label_set": target.labels.map { DataField(target.name, .labelSet($0)) }
    default: nil
    }
  }
}
