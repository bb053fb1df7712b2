import Arrays
import DataSchema
import TestSupport

extension FuzzedReaders {
  private static let numPyWords =
    words(
      "(", ")", "[", "{", "}", "'", "\"", ",", "-1", "99999999999999999999", "<f8", "|O", ">u2",
      "True", "False", "'shape': ", "(0,)", "fortran_order")

  static let npy = FuzzedReader("npy", words: numPyWords) {
    try fixtures(in: "arrays", ["npy"]) + [
      npyFile("<f8", "(4, 3)", fortran: true, Array(0..<96)),
      npyFile("|b1", "(2, 2, 1)", [0, 1, 1, 0]),
      npyFile(">u2", "(2, 2, 2, 1)", Array(0..<16)), npyFile("<f2", "()", [0, 60]),
      npyFile("<i8", "(0, 5)", []),
    ]
  } read: { bytes, path in
    try readArrays(bytes, path)
  }

  static let npz = FuzzedReader("npz", words: numPyWords + zipWords) {
    try ["compressed", "images", "medmnist", "types"].map { try fixture("arrays/\($0).npz") } + [
      ZipText([
        .init("x_train.npy", npyFile("<f4", "(2, 2)", Array(0..<16))),
        .init("y_train.npy", npyFile("|b1", "(2, 2, 1)", [0, 1, 1, 0])),
      ]).bytes
    ]
  } read: { bytes, path in
    try readArrays(bytes, path)
  }

  static let safeTensors = FuzzedReader(
    "safetensors",
    words: words(
      "{", "}", "[", "]", ":", ",", "\"", "\"F32\"", "\"BF16\"", "\"BOOL\"", "\"F4\"", "\"dtype\"",
      "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "null", "\\u0000", "\\uD800", "\\",
      "18446744073709551616", " ")
  ) {
    try [fixture("safetensors/sample.safetensors"), fixture("arrays/types.safetensors")]
  } read: { bytes, path in
    try readArrays(bytes, path)
    try readWeights(bytes, path)
  }

  /// A `.npy` file of version 1.
  private static func npyFile(
    _ type: String, _ shape: String, fortran: Bool = false, _ values: [UInt8]
  ) -> [UInt8] {
    let text =
      "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
      + values
  }

  private static let limit = 1 << 20

  /// Reads every array in every way; arrays of a kind that cannot be read are refused one by one.
  private static func readArrays(_ bytes: [UInt8], _ path: String) throws {
    let file = try ArrayFile(path, limit: limit)
    var refusal: DataError?
    var isAnyRead = false
    for name in file.names {
      do throws(DataError) {
        let array = try file[name]
        let size = array.rowCount.multipliedReportingOverflow(by: array.rowSize)
        guard !size.overflow, size.partialValue <= max(bytes.count, limit) else {
          throw DataError(path: "", reason: "\(array.shape) of \(array.elementType)")
        }
        // The rows of an empty shape are many and take no memory.
        if size.partialValue == 0 {
          isAnyRead = true
          continue
        }
        let all = try array.bytes(0..<array.rowCount)
        let last = try array.bytes((array.rowCount - 1)..<array.rowCount)
        guard all.count == size.partialValue, all.suffix(array.rowSize).elementsEqual(last) else {
          throw DataError(path: "", reason: "the last row is two different ones")
        }
        use(array)
        isAnyRead = true
      } catch {
        // The checks above have no path.
        if error.path.isEmpty { throw FuzzViolation(error.reason) }
        refusal = error
      }
    }
    if let refusal, !isAnyRead { throw refusal }
  }

  /// Reads an array as what it may be meant to be; each may be refused.
  private static func use(_ array: NumericArray) {
    for order in array.shape.count == 3 ? ["HWN", "NHW"] : ["NHWC", "NCHW"] {
      _ = Result { () throws(DataError) in
        guard let axes = AxisOrder(order) else { return }
        let images = try ArrayImages(array, axes: axes, range: 0...255)
        _ = try images.read([images.count - 1])
      }
    }
    _ = Result { () throws(DataError) in
      let vectors = try ArrayVectors(array)
      _ = try vectors.read([vectors.count - 1])
    }
    _ = Result { () throws(DataError) in _ = try ArrayTargets.classes(array) }
  }
}
