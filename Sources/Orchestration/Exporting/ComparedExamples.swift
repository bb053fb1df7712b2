import DataSchema
import Diagnostics
import ExperimentConfig
import Export
import Files
import PNGImage
import RunRecord
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
  private let pipeline: TransformPipeline?

  /// A file with the inputs of some examples.
  struct Group: Codable {
    let file: String
    /// As NumPy calls it.
    let type: String
    let shape: [Int]
    /// The examples, by their position.
    let rows: [Int]
  }

  /// - Parameters:
  ///   - limitBytes: the most bytes that are read.
  ///   - pipeline: the transforms; `nil` for vectors.
  init(
    _ source: any ExampleSource, record: RunInfo.Dataset,
    split: PredictionRequest.Examples.Split, pipeline: TransformPipeline?, limitBytes: Int
  ) throws(DataError) {
    self.record = record
    self.split = split
    self.pipeline = pipeline
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
      return Group(
        file: name, type: "uint8", shape: [rows.count, size.height, size.width, size.channels],
        rows: rows)
    }
  }

  private func write(
    _ values: [Float], _ name: String, shape: [Int], to folder: ScratchFolder
  ) throws -> Group {
    try folder.write(values.withUnsafeBytes { Array($0) }, to: name)
    return Group(file: name, type: "float32", shape: shape, rows: Array(0..<count))
  }

  /// [row, column, channel] of [channel, row, column].
  private static func interleaved(_ bytes: ArraySlice<UInt8>, _ size: ImageSize) -> [UInt8] {
    let plane = size.height * size.width
    let start = bytes.startIndex
    return (0..<bytes.count).map { place in
      bytes[start + place % size.channels * plane + place / size.channels]
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
