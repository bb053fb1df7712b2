import Arrays
import DataSchema
import Files

/// What the examples in an array are: SHA-256 of the values of each, as a model is given them.
struct ArrayIndex: Equatable, Sendable {
  /// 32 bytes an example.
  let hashes: [UInt8]

  init(hashes: [UInt8]) { self.hashes = hashes }

  /// Reads all examples, which finds what cannot be learned from.
  ///
  /// - Throws: ``DataError`` with the place of a value that is not a number or out of range.
  init(_ inputs: ArrayInputs) throws(DataError) {
    var hashes: [UInt8] = []
    hashes.reserveCapacity(Self.size * inputs.count)
    for rows in inputs.chunks(of: 0..<inputs.count) {
      Self.append(try inputs.read(Array(rows)), inputs.exampleSize, to: &hashes)
    }
    self.hashes = hashes
  }

  /// The size of a hash in bytes.
  static let size = 32

  /// The hashes of examples of `exampleSize` bytes each.
  static func hashes(_ column: ExampleBatch.Column, _ exampleSize: Int) -> [UInt8] {
    var hashes: [UInt8] = []
    append(column, exampleSize, to: &hashes)
    return hashes
  }

  private static func append(
    _ column: ExampleBatch.Column, _ exampleSize: Int, to hashes: inout [UInt8]
  ) {
    column.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: exampleSize) {
        hashes += Digest.bytes(
          of: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + exampleSize)]))
      }
    }
  }

  // MARK: In the cache

  private static let version = Array("runner array index 1\n".utf8)

  /// The contents of a file: a line with the version, the hashes, and SHA-256 of everything before it.
  var encoded: [UInt8] {
    let bytes = Self.version + hashes
    return bytes + Digest.bytes(of: bytes)
  }

  /// - Returns: `nil` if the bytes are not those of an index of `count` examples.
  init?(_ bytes: [UInt8], count: Int) {
    let start = Self.version.count
    let (size, overflow) = count.multipliedReportingOverflow(by: Self.size)
    guard !overflow, bytes.count - start - 32 == size, bytes.starts(with: Self.version),
      bytes.suffix(32).elementsEqual(Digest.bytes(of: bytes.dropLast(32)))
    else { return nil }
    hashes = Array(bytes[start..<(start + size)])
  }

  /// The index of the examples in an array, from the cache if the file has not changed.
  ///
  /// - Parameter reopen: gives the same examples to be read once, so that what is unpacked for that is dropped.
  /// - Throws: whatever `reopen` does, or with the place of a value that cannot be learned from.
  static func of(
    _ inputs: ArrayInputs, in folder: IndexFolder,
    reopen: () throws(ArrayProblem) -> ArrayInputs, argument: String
  ) throws(ArrayProblem) -> ArrayIndex {
    let array = inputs.array
    let text = "array index 1\n\(array.path)\n\(array.name)\n\(inputs.reading)\n\(array.shape)\n"
    let key = Digest.hex(of: text.utf8)
    let stamp = FileStamp(array.path)?.text
    if let stamp, let bytes = folder.read(key, stamp: stamp),
      let index = ArrayIndex(bytes, count: inputs.count)
    {
      return index
    }
    let opened = try reopen()
    let index = try ArrayProblem.at(argument) { () throws(DataError) in try ArrayIndex(opened) }
    if let stamp { folder.write(key, stamp: stamp) { index.encoded } }
    return index
  }
}

extension ArrayInputs {
  /// `rows` in parts that take about 4 MB each.
  func chunks(of rows: Range<Int>) -> [Range<Int>] {
    let step = max(1, (1 << 22) / max(exampleSize, 1))
    return stride(from: rows.lowerBound, to: rows.upperBound, by: step).map {
      $0..<min($0 + step, rows.upperBound)
    }
  }
}

extension ExampleBatch.Column {
  /// Calls `body` with the bytes of images of one size, or of numbers.
  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .bytes(let bytes): bytes.withUnsafeBytes(body)
    case .pictures(let pictures): pictures.bytes.withUnsafeBytes(body)
    case .numbers(let numbers): numbers.withUnsafeBytes(body)
    }
  }
}
