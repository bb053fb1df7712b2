import Arrays
import DataSchema
import Files
import Synchronization

/// Examples in arrays. Small ones are read into memory at once, large ones from the file whenever they are asked
/// for; either way each is verified by its hash.
final class ArraySource: ExampleSource {
  /// Rows of an array.
  typealias Piece = (inputs: ArrayInputs, rows: [Int])

  let schema: DataSchema
  let targets: Targets
  let isValidation: [Bool]?
  let fingerprint: String
  let notes: [String]
  let isInMemory: Bool
  /// 32 bytes an example; `nil` if they are not known.
  private let hashes: [UInt8]?
  /// The size of an example in bytes.
  private let exampleSize: Int
  private let state: Mutex<State>

  private enum State: Sendable {
    case files([Piece])
    case images([UInt8])
    case vectors([Float])
  }

  /// Up to this size in bytes, all examples are read into memory: 512 MB.
  static let memoryLimit = 1 << 29

  /// - Parameters:
  ///   - pieces: the examples one after the other, of one shape.
  ///   - hashes: of each example as ``ArrayIndex`` has it; `nil` to read them without verification.
  ///   - limit: the most bytes of examples that are kept in memory.
  /// - Precondition: there are as many targets as examples.
  init(
    _ pieces: [Piece], schema: DataSchema, targets: Targets, isValidation: [Bool]? = nil,
    hashes: [UInt8]?, fingerprint: String, notes: [String] = [],
    limit: Int = ArraySource.memoryLimit
  ) {
    precondition(pieces.reduce(0) { $0 + $1.rows.count } == targets.count)
    self.schema = schema
    self.targets = targets
    self.isValidation = isValidation
    self.hashes = hashes
    self.fingerprint = fingerprint
    self.notes = notes
    exampleSize = pieces.first?.inputs.exampleSize ?? 0
    isInMemory = targets.count <= limit / max(exampleSize, 1)
    state = Mutex(.files(pieces))
  }

  var count: Int { targets.count }

  var bytes: [UInt8]? {
    if case .images(let bytes) = state.withLock({ $0 }) { bytes } else { nil }
  }

  var isReadAtOnce: Bool { isInMemory }

  func readAll() throws(DataError) -> ExampleBatch.Column {
    var all = state.withLock { $0 }
    if case .files(let pieces) = all { all = try load(pieces) }
    switch all {
    case .images(let bytes): return .bytes(bytes)
    case .vectors(let numbers): return .numbers(numbers)
    case .files: throw DataError(path: schema.input.name, reason: "holds no inputs")
    }
  }

  /// The first 8 bytes of the hashes: equal inputs have equal ones.
  func duplicateKeys(_ indices: [Int]) throws(DataError) -> [UInt64]? {
    guard let hashes, schema.image != nil else { return nil }
    return indices.map { index in
      hashes[(index * ArrayIndex.size)...].prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  func prepare() throws(DataError) { _ = try prepared() }

  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    batch[schema.input.name] =
      switch try prepared() {
      case .files(let pieces): try read(indices, from: pieces)
      case .images(let bytes):
        .bytes(Self.gather(indices, from: bytes, count: exampleSize))
      case .vectors(let numbers):
        .numbers(
          Self.gather(indices, from: numbers, count: exampleSize / MemoryLayout<Float>.size))
      }
  }

  /// The rows of `values`, `count` values each, at these places.
  private static func gather<Value>(
    _ indices: [Int], from values: [Value], count: Int
  ) -> [Value] {
    var rows: [Value] = []
    rows.reserveCapacity(indices.count * count)
    for index in indices { rows += values[(index * count)..<((index + 1) * count)] }
    return rows
  }

  // MARK: Files

  /// The examples in memory, or the files if they are too large.
  private func prepared() throws(DataError) -> State {
    let result = state.withLock { state in
      Result { () throws(DataError) -> State in
        guard case .files(let pieces) = state else { return state }
        if isInMemory {
          // The files, and what has been unpacked from them, are not needed any more.
          state = try load(pieces)
        } else {
          for piece in pieces { try piece.inputs.prepare() }
        }
        return state
      }
    }
    return try result.get()
  }

  private func load(_ pieces: [Piece]) throws(DataError) -> State {
    var bytes: [UInt8] = []
    var numbers: [Float] = []
    let step = max(1, (1 << 22) / max(exampleSize, 1))
    for start in stride(from: 0, to: count, by: step) {
      switch try read(Array(start..<min(start + step, count)), from: pieces) {
      case .numbers(let part): numbers += part
      case .bytes(let part): bytes += part
      case .pictures(let pictures): bytes += pictures.bytes
      }
    }
    return schema.image == nil ? .vectors(numbers) : .images(bytes)
  }

  /// Reads examples from the files. Neighbours that are in the same array are read together.
  private func read(
    _ indices: [Int], from pieces: [Piece]
  ) throws(DataError) -> ExampleBatch.Column {
    var bytes: [UInt8] = []
    var numbers: [Float] = []
    var place = 0
    while place < indices.count {
      guard let (piece, start) = Self.piece(of: indices[place], pieces) else {
        throw DataError(path: schema.input.name, reason: "holds no example \(indices[place])")
      }
      let range = start..<(start + pieces[piece].rows.count)
      let end = indices[place...].firstIndex { !range.contains($0) } ?? indices.count
      let rows = indices[place..<end].map { pieces[piece].rows[$0 - start] }
      let column = try pieces[piece].inputs.read(rows)
      try verify(column, indices[place..<end], pieces[piece].inputs.array)
      switch column {
      case .numbers(let part): numbers += part
      case .bytes(let part): bytes += part
      case .pictures(let pictures): bytes += pictures.bytes
      }
      place = end
    }
    return schema.image == nil ? .numbers(numbers) : .bytes(bytes)
  }

  /// The piece that an example is in, and the index of its first example; `nil` if there is no such example.
  private static func piece(of index: Int, _ pieces: [Piece]) -> (piece: Int, start: Int)? {
    var start = 0
    for (number, piece) in pieces.enumerated() {
      if index < start + piece.rows.count { return (number, start) }
      start += piece.rows.count
    }
    return nil
  }

  private func verify(
    _ column: ExampleBatch.Column, _ indices: ArraySlice<Int>, _ array: NumericArray
  ) throws(DataError) {
    guard let hashes else { return }
    let found = ArrayIndex.hashes(column, exampleSize)
    for (place, index) in indices.enumerated() {
      let known = hashes[(index * ArrayIndex.size)..<((index + 1) * ArrayIndex.size)]
      guard known.elementsEqual(found[(place * ArrayIndex.size)..<((place + 1) * ArrayIndex.size)])
      else { throw array.error("has changed since this run began (example \(index))") }
    }
  }
}
