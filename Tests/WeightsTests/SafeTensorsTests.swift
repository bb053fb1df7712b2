import Files
import Foundation
import SafeTensorsFormat
import TestSupport
import Testing
import Weights

struct SafeTensorsTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let entries = [
    SafeTensors.Entry(name: "1.weight", type: .float32, shape: [2, 1], bytes: Array(1...8)),
    SafeTensors.Entry(name: "count", type: .int64, shape: [], bytes: Array(11...18)),
    SafeTensors.Entry(name: "empty", type: .float32, shape: [3, 0], bytes: []),
    SafeTensors.Entry(name: "a/\"\\\n\u{1}é🙂", type: .float32, shape: [1], bytes: Array(21...24)),
  ]

  private func write(
    _ entries: [SafeTensors.Entry], metadata: [String: String] = [:]
  ) throws -> String {
    let bytes = try SafeTensors.encode(entries, metadata: metadata).flatMap { $0 }
    return try folder.write(bytes, "file.safetensors")
  }

  @Test(arguments: [[:], ["format": "pt", "note": "\"quoted\"\n"]])
  func readsWhatItWrites(_ metadata: [String: String]) throws {
    let path = try write(Self.entries, metadata: metadata)
    let file = try SafeTensors.File(reading: path)
    let entries = try file.entries()
    #expect(entries.map(\.name) == Self.entries.map(\.name))
    #expect(entries.map(\.type) == Self.entries.map(\.type))
    #expect(entries.map(\.shape) == Self.entries.map(\.shape))
    #expect(entries.map(\.bytes) == Self.entries.map(\.bytes))
    #expect(file.sha256 == Digest.hex(of: try FileReading.bytes(of: path)))
    #expect(try SafeTensors.Header(reading: path).tensors == file.tensors)
  }

  @Test func writesNothing() throws {
    let path = try write([])
    #expect(try folder.read("file.safetensors") == file("{}      "))
    #expect(try SafeTensors.File(reading: path).tensors.isEmpty)
  }

  @Test func writesTheFormat() throws {
    let bytes = try SafeTensors.encode([Self.entries[0]], metadata: ["b": "2", "a": "1"])
    let header =
      "{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\"},\"1.weight\":{\"dtype\":\"F32\","
      + "\"shape\":[2,1],\"data_offsets\":[0,8]}}"
    #expect(String(decoding: bytes[0].dropFirst(8), as: UTF8.self).hasPrefix(header))
    #expect(bytes[0].count % 8 == 0)
    #expect(bytes[1] == Array(1...8))
  }

  @Test func refusesToWriteWhatNobodyCanRead() {
    let weight = Self.entries[0]
    var short = weight
    short.bytes.removeLast()
    var negative = weight
    negative.shape = [-2, -1]
    var reserved = weight
    reserved.name = "__metadata__"
    for entries in [[weight, weight], [short], [negative], [reserved]] {
      #expect(throws: SafeTensors.EncodingFault.self) { try SafeTensors.encode(entries) }
    }
  }

  /// An empty tensor may begin where the next one does, whatever their names.
  @Test func takesEmptyTensorsAnywhere() throws {
    for (first, second) in [("a", "b"), ("b", "a")] {
      let header =
        "{\(tensor(first, "[0]", "[0,0]")),\(tensor(second)),\(tensor("c", "[0,7]", "[4,4]"))}"
      let path = try folder.write(file(header, values: 4), "file.safetensors")
      #expect(try SafeTensors.File(reading: path).tensors.map(\.name) == [first, second, "c"])
    }
  }

  @Test func takesSpaceAndAnyOrder() throws {
    let header = """
      {\n "a" : { "data_offsets" : [ 4 , 8 ],\t"shape" : [ 1 ], "dtype" : "F32" } ,\r
        \(tensor("b", "[1,1]")), "__metadata__" : { } }
      \n
      """
    let path = try folder.write(file(header, values: 8), "file.safetensors")
    #expect(try SafeTensors.File(reading: path).tensors.map(\.name) == ["b", "a"])
  }

  @Test func readsEscapes() throws {
    let name = #"\"\\\/\b\f\n\r\t\u00E9\ud83d\ude42\u0000"#
    let path = try folder.write(file("{\(tensor(name))}", values: 4), "file.safetensors")
    #expect(
      try SafeTensors.File(reading: path).tensors.map(\.name) == [
        "\"\\/\u{8}\u{C}\n\r\té🙂\0"
      ])
  }

  @Test func readsManyTensorsQuickly() throws {
    let entries = (0..<20_000).map {
      SafeTensors.Entry(
        name: "layer.\($0).weight", type: .float32, shape: [1], bytes: [0, 0, 0, 0])
    }
    let path = try write(entries)
    let clock = ContinuousClock()
    var count = 0
    let time = try clock.measure { count = try SafeTensors.File(reading: path).tensors.count }
    #expect(count == 20_000)
    #expect(time < .seconds(10))
  }
}

/// A file written by the format's own implementation; Tests/Fixtures/safetensors/make.py made it.
struct PythonFileTests {
  private struct Sample: Decodable {
    struct Tensor: Decodable {
      let dtype: String
      let shape: [Int]
      let values: [Value]
    }
    struct Value: Decodable {
      let double: Double
      let integer: Int64?

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
          double = flag ? 1 : 0
          integer = nil
        } else {
          double = try container.decode(Double.self)
          integer = try? container.decode(Int64.self)
        }
      }
    }
    let tensors: [String: Tensor]
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/safetensors")

  private static func numbers<Number: BitwiseCopyable>(
    _ bytes: ArraySlice<UInt8>, _ type: Number.Type
  ) -> [Number] {
    bytes.withUnsafeBytes { buffer in
      (0..<(buffer.count / MemoryLayout<Number>.size)).map {
        buffer.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Number>.size, as: type)
      }
    }
  }

  @Test func isReadWithEqualValues() throws {
    let file = try SafeTensors.File(
      reading: Self.folder.appending(path: "sample.safetensors").path(percentEncoded: false))
    let sample = try JSONDecoder().decode(
      Sample.self, from: Data(contentsOf: Self.folder.appending(path: "sample.json")))
    #expect(sample.tensors.count == 12)
    #expect(Set(file.tensors.map(\.name)) == Set(sample.tensors.keys).union(["complex"]))
    for tensor in file.tensors where tensor.name != "complex" {
      let expected = try #require(sample.tensors[tensor.name])
      #expect(tensor.shape == expected.shape)
      let bytes = file.bytes(of: tensor)
      let values = expected.values
      switch tensor.type {
      case "F32":
        #expect(expected.dtype == "float32")
        #expect(
          Self.numbers(bytes, UInt32.self) == values.map { Float($0.double).bitPattern })
      case "F64":
        #expect(Self.numbers(bytes, Double.self) == values.map(\.double))
      case "F16":
        #expect(Self.numbers(bytes, UInt16.self) == [0x3800, 0x7BFF])
      case "I64":
        #expect(expected.dtype == "int64")
        #expect(Self.numbers(bytes, Int64.self) == values.map(\.integer))
      case "U8", "BOOL": #expect(bytes.map(Double.init) == values.map(\.double))
      default: Issue.record("the type \(tensor.type)")
      }
    }
  }

  @Test func holdsTypesThatCannotBeComputedWith() throws {
    let path = Self.folder.appending(path: "sample.safetensors").path(percentEncoded: false)
    let error = #expect(throws: FileError.self) { try SafeTensors.File(reading: path).entries() }
    #expect(
      error?.reason == "the tensor 'double' has the type F64, which is not supported")
  }
}
