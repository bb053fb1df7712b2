import Files
import Foundation
import SafeTensorsFormat
import TestSupport
import Testing
import Weights

/// An index and the files that it lists.
struct ShardIndexTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ names: [String], _ file: String) throws {
    let entries = names.map {
      SafeTensors.Entry(name: $0, type: .float32, shape: [1], bytes: [0, 0, 128, 63])
    }
    _ = try folder.write(SafeTensors.encode(entries).flatMap { $0 }, file)
  }

  private func index(_ map: String) throws -> String {
    try folder.write(Array("{\"metadata\": {}, \"weight_map\": {\(map)}}".utf8), "index.json")
  }

  @Test func holdsTheTensorsOfAllFiles() throws {
    try write(["b"], "2.safetensors")
    try write(["a", "c"], "1.safetensors")
    let path = try index("\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"")
    let file = try StateDictFile(reading: path)
    #expect(file.tensors.map(\.name) == ["a", "b"])
    #expect(try file.entries(named: ["b"])[0].bytes == [0, 0, 128, 63])
    let expected = ["a", "b"].map { ExpectedTensor(name: $0, shape: [1], type: .float32) }
    #expect(
      try file.match(expected).notes
        == [
          "skipped tensors that the model does not need: c (a tensor of 1.safetensors that the "
            + "index does not list)"
        ])
  }

  /// A changed value in any of the files is other weights.
  @Test func theHashIsThatOfAllFiles() throws {
    try write(["a"], "1.safetensors")
    try write(["b"], "2.safetensors")
    let path = try index("\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"")
    let before = try StateDictFile(reading: path).sha256()
    #expect(try StateDictFile(reading: path).sha256() == before)
    #expect(before.count == 64)
    let second = folder.path + "/2.safetensors"
    var bytes = try FileReading.bytes(of: second)
    bytes[bytes.count - 1] ^= 1
    try Data(bytes).write(to: URL(filePath: second))
    #expect(try StateDictFile(reading: path).sha256() != before)
  }

  @Test(arguments: [
    (
      "\"a\": \"../1.safetensors\"",
      "names the file '../1.safetensors', which is outside the index's folder"
    ),
    (
      "\"a\": \"/etc/passwd\"",
      "names the file '/etc/passwd', which is outside the index's folder"
    ),
    (
      "\"a\": \"x/../1.safetensors\"",
      "names the file 'x/../1.safetensors', which is outside the index's folder"
    ),
    ("\"a\": \"\"", "names the file '', which is outside the index's folder"),
    ("\"z\": \"1.safetensors\"", "lists 'z' in '1.safetensors', which does not have it"),
    ("", "is a weights index that lists no tensors"),
    ("\"a\": \"1.safetensors\", \"a\": \"1.safetensors\"", "its header has the key 'a' twice"),
    ("\"a\": 1", "is not the JSON of a weights index: expected '\"' at byte 37"),
  ])
  func isRefused(_ map: String, _ reason: String) throws {
    try write(["a"], "1.safetensors")
    let path = try index(map)
    #expect(throws: FileError(path: path, reason: reason)) { try StateDictFile(reading: path) }
  }

  @Test func aMissingFileIsNamed() throws {
    let path = try index("\"a\": \"gone.safetensors\"")
    let error = #expect(throws: FileError.self) { try StateDictFile(reading: path) }
    #expect(error?.path == folder.path + "/gone.safetensors")
    #expect(error?.reason.contains("a part of the weights listed in") == true)
  }

  /// Or an index could list itself.
  @Test func anIndexInAnIndexIsRefused() throws {
    let path = try index("\"a\": \"index.json\"")
    let error = #expect(throws: FileError.self) { try StateDictFile(reading: path) }
    #expect(error?.reason.contains("is a text file, not weights") == true)
  }

  @Test func deepJSONTakesNoStack() throws {
    let deep = String(repeating: "[", count: 100_000)
    let path = try folder.write(Array("{\"metadata\": \(deep)".utf8), "index.json")
    #expect(throws: FileError(path: path, reason: "its JSON is nested too deeply")) {
      try StateDictFile(reading: path)
    }
  }
}
