import TestSupport
import Testing
import Weights

struct StateDictCheckTests {
  private let path: String
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let entries = [
      SafeTensors.Entry(name: "1.weight", type: .float32, shape: [2], bytes: Array(1...8)),
      SafeTensors.Entry(name: "1.bias", type: .float32, shape: [], bytes: Array(1...4)),
      SafeTensors.Entry(name: "2.count", type: .int64, shape: [], bytes: Array(1...8)),
    ]
    path = try folder.write(SafeTensors.encode(entries).flatMap { $0 }, "file.safetensors")
  }

  private func differences(_ expected: [ExpectedTensor]) throws -> [String] {
    let lines = try SafeTensors.Header(reading: path).differences(from: expected)
    #expect(try SafeTensors.File(reading: path).differences(from: expected) == lines)
    return lines
  }

  @Test func nothingDiffers() throws {
    let expected = [
      ExpectedTensor(name: "2.count", shape: [], type: .int64),
      ExpectedTensor(name: "1.weight", shape: [2], type: .float32),
      ExpectedTensor(name: "1.bias", shape: [], type: .float32),
    ]
    #expect(try differences(expected) == [])
  }

  @Test func everythingDiffers() throws {
    let expected = [
      ExpectedTensor(name: "0.weight", shape: [4, 3], type: .float32),
      ExpectedTensor(name: "1.weight", shape: [2, 1], type: .float32),
      ExpectedTensor(name: "2.count", shape: [], type: .float32),
    ]
    #expect(
      try differences(expected) == [
        "missing: 0.weight [4, 3]",
        "1.weight: shape [2], the model has [2, 1]",
        "2.count: type I64, the model has F32",
        "not in the model: 1.bias []",
      ])
  }

  /// The names come from a file that a stranger may have made.
  @Test func namesCannotSteerTheTerminal() throws {
    let path = try folder.write(file("{\(tensor("\\u001b[2J"))}", values: 4), "other.safetensors")
    #expect(
      try SafeTensors.Header(reading: path).differences(from: [])
        == ["not in the model: \u{FFFD}[2J [1]"])
  }
}
