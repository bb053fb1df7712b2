import DataSchema
import Diagnostics
import ExperimentConfig
import Export
import Files
import PNGImage
import RunRecord
import Tables
import Tasks
import Transforms
import WorkerProtocol

/// The examples that an exported file is compared on, with their inputs.
struct ComparedExamples {
  let record: RunInfo.Dataset
  let split: PredictionRequest.Examples.Split
  let count: Int
  /// `nil` if the inputs are vectors.
  private let pictures: Pictures?
  private let vectors: [Float]
  /// The texts of the columns of a table; empty if the graph takes none.
  private let columns: [(column: FittedColumn, texts: [String])]
  private let pipeline: TransformPipeline?

  /// The inputs of some examples, in files.
  struct Group: Codable {
    struct Input: Codable {
      /// The name of the graph's input; `nil` for the only one.
      var name: String?
      let file: String
      /// As NumPy calls it; `str` for a JSON file of strings.
      let type: String
      let shape: [Int]
    }

    let inputs: [Input]
    /// The examples, by their position.
    let rows: [Int]
  }

  /// - Parameters:
  ///   - limitBytes: the most bytes that are read.
  ///   - pipeline: the transforms; `nil` for vectors.
  ///   - columns: the columns of a table that the graph takes; empty if it takes none.
  init(
    _ source: any ExampleSource, record: RunInfo.Dataset,
    split: PredictionRequest.Examples.Split, pipeline: TransformPipeline?,
    columns: [FittedColumn], limitBytes: Int
  ) throws(DataError) {
    self.record = record
    self.split = split
    self.pipeline = pipeline
    var texts: [(FittedColumn, [String])] = []
    for column in columns { texts.append((column, try source.column(column.name))) }
    self.columns = texts
    if !columns.isEmpty {
      (vectors, pictures, count) = ([], nil, source.count)
      return
    }
    guard pipeline != nil else {
      var batch = ExampleBatch()
      let name = source.schema.input.name
      try source.read(Array(0..<source.count), into: &batch)
      guard case .numbers(let values)? = batch.take(name) else {
        throw DataError(path: name, reason: "holds no vectors")
      }
      vectors = values
      pictures = nil
      count = source.count
      return
    }
    var pictures = Pictures()
    for row in 0..<source.count where pictures.bytes.count < limitBytes {
      let one = try source.pictures([row])
      pictures.bytes += one.bytes
      pictures.sizes += one.sizes
    }
    self.pictures = pictures
    vectors = []
    count = pictures.count
  }

  /// Writes the inputs, a file for each size of pictures.
  func write(to folder: ScratchFolder, _ input: ONNXExport.Input) throws -> [Group] {
    if case .columns(_, let missing) = input { return [try writeColumns(to: folder, missing)] }
    guard let pictures, let pipeline else {
      return [
        try write(vectors, "vectors", shape: [count, vectors.count / max(count, 1)], to: folder)
      ]
    }
    if input == .tensor {
      let batch = try pipeline.apply(
        pictures, sampleIndices: Array(0..<count), augmenting: nil, threads: 1)
      let type = pipeline.output
      return [
        try write(
          batch.floats, "tensors", shape: [count, type.channels, type.height, type.width],
          to: folder)
      ]
    }
    let offsets = pictures.offsets
    var rows: [ImageSize: [Int]] = [:]
    for (row, size) in pictures.sizes.enumerated() { rows[size, default: []].append(row) }
    return try rows.sorted { $0.value[0] < $1.value[0] }.enumerated().map { number, item in
      let (size, rows) = item
      let bytes = rows.flatMap { row in
        Self.interleaved(pictures.bytes[offsets[row]..<offsets[row + 1]], size)
      }
      let name = "pictures-\(number)"
      try folder.write(bytes, to: name)
      let shape = [rows.count, size.height, size.width, size.channels]
      return Group(inputs: [.init(file: name, type: "uint8", shape: shape)], rows: rows)
    }
  }

  /// Writes the columns as a program would read them: numbers as floats, everything else as it is written.
  private func writeColumns(to folder: ScratchFolder, _ missing: [String]) throws -> Group {
    let missing = Set(missing)
    let inputs = try columns.enumerated().map { place, item -> Group.Input in
      let name = "column-\(place)"
      let isNumber = item.column.type == .number
      if isNumber {
        let numbers = item.texts.map { Self.number($0, missing) }
        try folder.write(numbers.withUnsafeBytes { Array($0) }, to: name)
      } else {
        try folder.write(JSONText.encode(item.texts), to: name)
      }
      return Group.Input(
        name: item.column.name, file: name, type: isNumber ? "float32" : "str", shape: [count, 1])
    }
    return Group(inputs: inputs, rows: Array(0..<count))
  }

  /// A number as a table writes it, with a point or a comma before the decimals; not a number if it is missing.
  private static func number(_ text: String, _ missing: Set<String>) -> Float {
    if missing.contains(text) { return .nan }
    return Float(text) ?? Float(text.replacing(",", with: ".")) ?? .nan
  }

  private func write(
    _ values: [Float], _ name: String, shape: [Int], to folder: ScratchFolder
  ) throws -> Group {
    try folder.write(values.withUnsafeBytes { Array($0) }, to: name)
    return Group(
      inputs: [.init(file: name, type: "float32", shape: shape)], rows: Array(0..<count))
  }

  /// [row, column, channel] of [channel, row, column].
  private static func interleaved(_ bytes: ArraySlice<UInt8>, _ size: ImageSize) -> [UInt8] {
    let plane = size.height * size.width
    let start = bytes.startIndex
    return (0..<bytes.count).map { place in
      bytes[start + place % size.channels * plane + place / size.channels]
    }
  }

  /// Rows of boxes in pixels of the model's input as such in pixels of the pictures.
  ///
  /// - Parameter rows: as in ``FoundBoxes``, one after the other.
  func original(_ rows: [Double]) throws -> [Double] {
    guard let pictures, let pipeline else { return rows }
    let width = rows.count / max(count, 1)
    let most = FoundBoxes.most(rowWidth: width) ?? 0
    return try pictures.sizes.prefix(count).enumerated().flatMap { row, size -> [Double] in
      let placement = try pipeline.forBoxes.placement(height: size.height, width: size.width)
      func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let place = placement.original(x: x, y: y)
        return (
          min(max(place.x, 0), Double(size.width)), min(max(place.y, 0), Double(size.height))
        )
      }
      let boxes = FoundBoxes.boxes(rows[(row * width)..<((row + 1) * width)]).map { box in
        let a = place(box.x, box.y)
        let b = place(box.x + box.width, box.y + box.height)
        return FoundBox(
          score: box.score, label: box.label, x: min(a.x, b.x), y: min(a.y, b.y),
          width: abs(b.x - a.x), height: abs(b.y - a.y))
      }
      return FoundBoxes.row(boxes, most: most)
    }
  }

  /// Writes the pictures as PNG files and returns their paths.
  func writePictures(to folder: ScratchFolder) throws -> [String] {
    guard let pictures else { return [] }
    let offsets = pictures.offsets
    return try pictures.sizes.enumerated().map { row, size in
      let bytes = Array(pictures.bytes[offsets[row]..<offsets[row + 1]])
      let picture = PixelImage(
        planar: bytes, width: size.width, height: size.height, channels: size.channels)
      guard let picture else { throw ProgramFault("a picture of \(size) cannot be written") }
      try folder.write(try picture.png(), to: "\(row).png")
      return folder.file("\(row).png")
    }
  }
}
