import DataSchema
import ExperimentConfig
import Files
import Tasks

/// Records that readers of Croissant cannot get from the data set's own files, such as the boxes of XML files or the
/// examples of binary arrays: written as JSON Lines beside the description, which they read.
struct CroissantRecords {
  /// The name of the set.
  private let name: String
  private let description: String
  private let fields: [Field]
  /// A record in each line.
  private let lines: [UInt8]
  /// What the records leave out.
  private(set) var notes: [String] = []

  private struct Field {
    var name: String
    var type: String
    var description: String
    var isRepeated = false
  }

  /// Files of more numbers would take readers longer than they are worth.
  private static let mostNumbers = 1 << 22

  /// `nil` if there is nothing to record.
  ///
  /// - Throws: ``DataError`` if an example cannot be read.
  init?(
    _ target: DataField, _ sources: [(split: DataSplit, source: any ExampleSource)]
  ) throws {
    switch target.kind {
    case .boxes(let classes): try self.init(boxes: classes, sources)
    case .category, .numbers, .labelSet: try self.init(examples: target, sources)
    default: return nil
    }
    if lines.isEmpty { return nil }
  }

  /// What the split of an example is called.
  private static func split(
    _ split: DataSplit, _ source: any ExampleSource, _ index: Int
  ) -> JSONValue {
    .string(source.isValidation?[index] == true ? "validation" : split.rawValue)
  }

  private static let splitField = Field(
    name: "split", type: "sc:Text", description: "train, validation or test.")

  /// Whether names stay texts: readers take those that look like numbers for numbers.
  private static func areWords(_ names: [String]) -> Bool {
    names.allSatisfy { Double($0) == nil }
  }

  // MARK: Boxes

  private init(
    boxes classes: BoxClasses, _ sources: [(split: DataSplit, source: any ExampleSource)]
  ) throws {
    name = "boxes"
    description =
      "The boxes of all images, one a record: left and upper edge, width and height, in pixels of the image file."
    let hasNames = Self.areWords(classes.names)
    fields =
      [
        Field(
          name: "image", type: "sc:Text", description: "The path of the image, as the run calls it."
        ),
        Self.splitField,
        Field(name: "label", type: "sc:Integer", description: "The number of the class, from 0."),
      ]
      + (hasNames
        ? [Field(name: "class", type: "sc:Text", description: "The name of the class.")] : [])
      + [
        Field(name: "box", type: "cr:BoundingBox", description: "x, y, width, height."),
        Field(
          name: "crowd", type: "sc:Boolean",
          description: "Whether it holds many objects that were not annotated one by one."),
        Field(
          name: "difficult", type: "sc:Boolean",
          description: "Whether missing the object is no mistake."),
      ]
    var lines: [UInt8] = []
    for (split, source) in sources {
      for index in 0..<source.count {
        let image = source.name(of: index) ?? "\(index)"
        for item in ImageBoxes(source.targets[index]).items {
          var record: [String: JSONValue] = [
            "image": .string(image), "split": Self.split(split, source, index),
            "label": .integer(item.label),
            "box": .array(
              [item.x, item.y, item.width, item.height].map { .number($0.asWritten) }),
            "crowd": .boolean(item.traits.contains(.crowd)),
            "difficult": .boolean(item.traits.contains(.difficult)),
          ]
          if hasNames { record["class"] = .string(classes.names[item.label]) }
          lines += try JSONText.encode(JSONValue.object(record)) + [UInt8(ascii: "\n")]
        }
      }
    }
    self.lines = lines
  }

  // MARK: Examples

  private init(
    examples target: DataField, _ sources: [(split: DataSplit, source: any ExampleSource)]
  ) throws {
    name = "examples"
    description = "The examples of both files, one a record."
    let count = sources.reduce(0) { $0 + $1.source.count }
    let schema = sources.first?.source.schema
    let hasNames = sources.contains { ($0.source.count > 0 && $0.source.name(of: 0) != nil) }
    var fields = [
      Field(name: "index", type: "sc:Integer", description: "The place in its file, from 0."),
      Self.splitField,
    ]
    if hasNames {
      fields.append(
        Field(
          name: "example", type: "sc:Text",
          description: "The path of its file, as the run calls it."))
    }
    let names = target.kind.names
    let isWords = Self.areWords(names)
    switch target.kind {
    case .category:
      fields.append(
        Field(
          name: "label", type: "sc:Integer",
          description: "The number of \(target.name), from 0: a place in the set of classes."))
      if isWords {
        fields.append(
          Field(name: "class", type: "sc:Text", description: "The name of \(target.name)."))
      }
    case .labelSet:
      fields.append(
        Field(
          name: "labels", type: "sc:Integer",
          description: "0 or 1 for each label, in the order of the set of classes.",
          isRepeated: true))
    default:
      fields.append(
        Field(
          name: "numbers", type: "sc:Float",
          description: "\(target.name): " + names.joined(separator: ", ") + ".", isRepeated: true))
    }
    // Files of images and columns of tables are read from where they are.
    let input = schema?.input
    let width = hasNames || schema == nil ? nil : Self.width(sources.map(\.source))
    let hasInputs = width.map { $0 <= Self.mostNumbers / max(count, 1) } ?? false
    if let width, let input {
      if hasInputs {
        fields.append(
          Field(
            name: "input",
            type: schema?.image == nil ? "sc:Float" : "sc:Integer",
            description: "\(width) numbers of \(input.kind), channel by channel and row by row.",
            isRepeated: true))
      } else {
        notes.append(
          "the records have no inputs: \(NumberText.grouped(count)) examples of \(NumberText.grouped(width)) numbers "
            + "each are more than \(NumberText.grouped(Self.mostNumbers)) numbers")
      }
    }
    self.fields = fields
    var lines: [UInt8] = []
    for (split, source) in sources {
      for start in stride(from: 0, to: source.count, by: 256) {
        let range = Array(start..<min(start + 256, source.count))
        let inputs = hasInputs ? try Self.inputs(source, range) : nil
        for (place, index) in range.enumerated() {
          let values = source.targets[index]
          var record: [String: JSONValue] = [
            "index": .integer(index), "split": Self.split(split, source, index),
          ]
          if hasNames { record["example"] = .string(source.name(of: index) ?? "\(index)") }
          switch target.kind {
          case .category:
            let label = Int(values.first ?? 0)
            record["label"] = .integer(label)
            if isWords { record["class"] = .string(names[label]) }
          case .labelSet: record["labels"] = .array(values.map { .integer(Int($0)) })
          default:
            record["numbers"] = .array(
              values.map { $0.isFinite ? .number($0.asWritten) : .null })
          }
          if let inputs { record["input"] = .array(inputs[place]) }
          lines += try JSONText.encode(JSONValue.object(record)) + [UInt8(ascii: "\n")]
        }
      }
    }
    self.lines = lines
  }

  /// The numbers of an example's input, if all examples have as many and no other program could name them.
  private static func width(_ sources: [any ExampleSource]) -> Int? {
    guard sources.allSatisfy({ $0.columnNames.isEmpty }) else { return nil }
    switch sources.first?.schema.input.kind {
    case .image(let size): return size.count
    case .vector(let width): return width
    default: return nil
    }
  }

  private static func inputs(
    _ source: any ExampleSource, _ indices: [Int]
  ) throws(DataError) -> [[JSONValue]] {
    var batch = ExampleBatch()
    try source.read(indices, into: &batch)
    func rows<Value>(_ values: [Value], _ number: (Value) -> JSONValue) -> [[JSONValue]] {
      let width = values.count / max(indices.count, 1)
      return indices.indices.map { row in
        values[(row * width)..<((row + 1) * width)].map(number)
      }
    }
    switch batch.take(source.schema.input.name) {
    case .bytes(let bytes): return rows(bytes) { .integer(Int($0)) }
    case .pictures(let pictures): return rows(pictures.bytes) { .integer(Int($0)) }
    case .numbers(let numbers):
      return rows(numbers) { $0.isFinite ? .number($0.asWritten) : .null }
    case nil: throw DataError(path: source.schema.input.name, reason: "was not read")
    }
  }

  // MARK: Writing

  /// The path of the records of a description: `digits.records.jsonl` beside `digits.json`.
  static func path(of description: String) -> String {
    (description.hasSuffix(".json") ? String(description.dropLast(5)) : description)
      + ".records.jsonl"
  }

  /// Writes the records.
  func write(to path: String) throws {
    try ExportRequest.check(path)
    try AtomicFile.write([lines], to: path)
  }

  /// - Parameter file: the id of the file that was written.
  func recordSet(_ file: String) -> JSONValue {
    [
      "@type": "cr:RecordSet", "@id": .string(name), "name": .string(name),
      "description": .string(description),
      "field": .array(
        fields.map { field in
          var object: [String: JSONValue] = [
            "@type": "cr:Field", "@id": .string("\(name)/\(field.name)"),
            "name": .string(field.name), "description": .string(field.description),
            "dataType": .string(field.type),
            "source": [
              "fileObject": ["@id": .string(file)], "extract": ["column": .string(field.name)],
            ],
          ]
          if field.isRepeated { object["repeated"] = true }
          return .object(object)
        }),
    ]
  }
}
