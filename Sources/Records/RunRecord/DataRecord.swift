import DataSchema

/// The contents of `data.json`: the inputs, targets and sizes of a run's data. Class names belong to the
/// model, and travel with it.
package struct DataRecord: Codable, Sendable, Equatable {
  package static let name = "data.json"

  /// An input or a target.
  package struct Field: Codable, Sendable, Equatable {
    package var name: String
    /// See ``FieldKind/name``.
    package var kind: String
    /// The size, for an image.
    package var channels: Int?
    package var height: Int?
    package var width: Int?
    /// Of images that differ in size: height and width of each size, once.
    package var sizes: [[Int]]?
    /// Values of a vector.
    package var size: Int?
    /// The class names, for a category, a mask or boxes, in order of their numbers.
    package var classes: [String]?
    package var numbers: [Quantity]?
    package var labels: [String]?
    /// The value of pixels without a class, for a mask.
    package var ignore: Int?
    /// The ids of the classes, for boxes; see ``BoxClasses/ids``.
    package var categoryIDs: [Int]?
    /// For boxes: see ``BoxClasses/most``.
    package var mostBoxes: Int?

    private enum CodingKeys: String, CodingKey {
      case name, kind, channels, height, width, sizes, size, classes, numbers, labels, ignore
      case categoryIDs = "category_ids"
      case mostBoxes = "most_boxes"
    }
  }

  package var inputs: [Field]
  package var targets: [Field]
  /// The number of examples in each split, by its name, before any limit.
  package var counts: [String: Int]?
  /// The fingerprint of the data's files; see `run.json`.
  package var fingerprint: String?
  /// What the run used the examples for; `nil` in records of earlier versions, as are the following.
  package var sets: [ExampleSet]?
  /// Faults of the data that make scores misleading, a sentence each.
  package var warnings: [String]?
  /// What is worth knowing about how the examples were read, a sentence each.
  package var notes: [String]?
  /// Files that were left out because they cannot be read.
  package var leftOut: LeftOut?
  /// Whether an image that is scored has exactly the pixels of a training image; `nil` if the inputs are no images.
  package var hasCopies: Bool?

  package init(_ schema: DataSchema, counts: [DataSplit: Int], fingerprint: String) {
    inputs = schema.inputs.map(Field.init)
    targets = schema.targets.map(Field.init)
    self.counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    if let reserved = schema.validationCount { self.counts?["validation"] = reserved }
    self.fingerprint = fingerprint
  }

  /// The first target; `nil` if this version does not know its kind.
  package var target: DataField? { targets.first?.field }

  /// All of it; `nil` if the record does not list inputs, or this version does not know a kind.
  package var schema: DataSchema? {
    let (inputs, targets) = (inputs.compactMap(\.field), targets.compactMap(\.field))
    guard !inputs.isEmpty, !targets.isEmpty, inputs.count == self.inputs.count,
      targets.count == self.targets.count
    else { return nil }
    var known: [DataSplit: Int] = [:]
    for split in DataSplit.allCases { known[split] = counts?[split.rawValue] }
    var schema = DataSchema(inputs: inputs, targets: targets, counts: known)
    schema.validationCount = counts?["validation"]
    return schema
  }
}

extension DataRecord: CheckedRecord {
  package func check() throws(RecordProblem) {
    for (key, fields) in [("inputs", inputs), ("targets", targets)] {
      for (index, field) in fields.enumerated() {
        let sizes = [field.channels, field.height, field.width, field.size].compactMap(\.self)
        let pairs = field.sizes ?? []
        guard sizes.allSatisfy({ $0 > 0 }),
          pairs.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 > 0 } })
        else { throw RecordProblem("\(key).\(index)", "expected sizes above 0") }
      }
    }
  }
}

extension DataRecord.Field {
  init(_ field: DataField) {
    self.init(name: field.name, kind: field.kind.name)
    switch field.kind {
    case .image(let size): (channels, height, width) = (size.channels, size.height, size.width)
    case .mixedImages(let mixed):
      channels = mixed.channels
      sizes = mixed.sizes.map { [$0.height, $0.width] }
    case .vector(let size): self.size = size
    case .category(let names): classes = names
    case .numbers(let quantities): numbers = quantities
    case .labelSet(let names): labels = names
    case .mask(let names, let ignore): (classes, self.ignore) = (names, ignore)
    case .boxes(let boxes):
      classes = boxes.names
      categoryIDs = boxes.ids
      mostBoxes = boxes.most
    }
  }

  /// `nil` if this version does not know the kind, or if the record is incomplete.
  var field: DataField? {
    let kind: FieldKind? =
      switch self.kind {
      case "image":
        channels.flatMap { channels in
          height.flatMap { height in
            width.map { .image(ImageSize(channels: channels, height: height, width: $0)) }
          }
        }
      case "images":
        if let channels, let sizes, !sizes.isEmpty {
          .mixedImages(
            MixedSizes(
              channels: channels,
              sizes: sizes.map { MixedSizes.Size(height: $0[0], width: $0[1]) }))
        } else {
          nil
        }
      case "vector": size.map { .vector($0) }
      case "category": classes.map { .category($0) }
      case "numbers": numbers.map { .numbers($0) }
      case "label_set": labels.map { .labelSet($0) }
      case "mask": classes.map { .mask($0, ignore: ignore) }
      case "boxes":
        if let classes, let categoryIDs, let mostBoxes,
          categoryIDs.isEmpty || categoryIDs.count == classes.count,
          mostBoxes >= 0
        {
          .boxes(BoxClasses(classes, ids: categoryIDs, most: mostBoxes))
        } else {
          nil
        }
      default: nil
      }
    return kind.map { DataField(name, $0) }
  }
}

extension DataRecord {
  private enum CodingKeys: String, CodingKey {
    case inputs, targets, counts, fingerprint, sets, warnings, notes
    case leftOut = "left_out"
    case hasCopies = "has_copies"
    /// Keys of the first directories of format 2, which had one image and one target.
    case image, target
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if values.contains(.target) {
      inputs = []
      targets = [try values.decode(Field.self, forKey: .target)]
    } else {
      inputs = try values.decode([Field].self, forKey: .inputs)
      targets = try values.decode([Field].self, forKey: .targets)
    }
    counts = try values.decodeIfPresent([String: Int].self, forKey: .counts)
    fingerprint = try values.decodeIfPresent(String.self, forKey: .fingerprint)
    sets = try values.decodeIfPresent([ExampleSet].self, forKey: .sets)
    warnings = try values.decodeIfPresent([String].self, forKey: .warnings)
    notes = try values.decodeIfPresent([String].self, forKey: .notes)
    leftOut = try values.decodeIfPresent(LeftOut.self, forKey: .leftOut)
    hasCopies = try values.decodeIfPresent(Bool.self, forKey: .hasCopies)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(inputs, forKey: .inputs)
    try values.encode(targets, forKey: .targets)
    try values.encodeIfPresent(counts, forKey: .counts)
    try values.encodeIfPresent(fingerprint, forKey: .fingerprint)
    try values.encodeIfPresent(sets, forKey: .sets)
    try values.encodeIfPresent(warnings, forKey: .warnings)
    try values.encodeIfPresent(notes, forKey: .notes)
    try values.encodeIfPresent(leftOut, forKey: .leftOut)
    try values.encodeIfPresent(hasCopies, forKey: .hasCopies)
  }
}
