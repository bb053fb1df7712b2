import SafeTensorsFormat
import TestSupport
import Testing
import Weights

struct WeightsComparisonTests {
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

  private func compare(
    _ expected: [ExpectedTensor], head: Set<String> = []
  ) throws -> WeightsComparison {
    try StateDictFile(reading: path).compare(with: expected, head: head)
  }

  private static let fitting = [
    ExpectedTensor(name: "2.count", shape: [], type: .int64),
    ExpectedTensor(name: "1.weight", shape: [2], type: .float32),
    ExpectedTensor(name: "1.bias", shape: [], type: .float32),
  ]

  @Test func nothingDiffers() throws {
    let comparison = try compare(Self.fitting)
    #expect(comparison.fits)
    #expect(comparison == WeightsComparison(loaded: ["2.count", "1.weight", "1.bias"]))
  }

  @Test func everythingDiffers() throws {
    let expected = [
      ExpectedTensor(name: "0.weight", shape: [4, 3], type: .float32),
      ExpectedTensor(name: "1.weight", shape: [2, 1], type: .float32),
      ExpectedTensor(name: "2.count", shape: [], type: .float32),
    ]
    let comparison = try compare(expected)
    #expect(!comparison.fits)
    #expect(
      comparison.problems == [
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
      try StateDictFile(reading: path).compare(with: []).problems
        == ["not in the model: \u{FFFD}[2J [1]"])
  }

  @Test func aHeadOfAnotherShapeIsReplacedAsAWhole() throws {
    var expected = Self.fitting
    expected[1] = ExpectedTensor(name: "1.weight", shape: [7], type: .float32)
    let comparison = try compare(expected, head: ["1.weight", "1.bias"])
    #expect(comparison == WeightsComparison(replacedHead: ["1.weight"], loaded: ["2.count"]))
  }

  @Test func aHeadThatFitsIsLoaded() throws {
    let comparison = try compare(Self.fitting, head: ["1.weight", "1.bias"])
    #expect(comparison == WeightsComparison(loaded: ["2.count", "1.weight", "1.bias"]))
  }

  /// A file without the head's tensors is of another model.
  @Test func aMissingHeadIsAProblem() throws {
    let expected = Self.fitting + [ExpectedTensor(name: "9.bias", shape: [4], type: .float32)]
    let comparison = try compare(expected, head: ["9.bias"])
    #expect(comparison.problems == ["missing: 9.bias [4]"])
    #expect(comparison.replacedHead == [])
  }

  @Test func oldFilesHaveNoCounters() throws {
    let expected =
      Self.fitting + [
        ExpectedTensor(name: "3.num_batches_tracked", shape: [], type: .int64),
        ExpectedTensor(name: "3.other", shape: [], type: .int64),
        ExpectedTensor(name: "4.num_batches_tracked", shape: [], type: .float32),
      ]
    let comparison = try compare(expected)
    #expect(comparison.absentCounters == ["3.num_batches_tracked"])
    #expect(
      comparison.problems == ["missing: 3.other []", "missing: 4.num_batches_tracked []"])
    #expect(comparison.loaded == ["2.count", "1.weight", "1.bias"])
  }

  /// Half precision and doubles become floats, short counters long ones, and neither the other.
  @Test func otherSizesOfANumberFit() throws {
    let file = try StateDictFile(reading: PyTorchFileTests.fixture("types.pth"))
    let expected = file.tensors.map {
      ExpectedTensor(
        name: $0.name, shape: $0.shape, type: $0.name.contains("int") ? .int64 : .float32)
    }
    #expect(
      file.compare(with: expected).problems == [
        "bool: type BOOL, the model has F32",
        "num_batches_tracked: type I64, the model has F32",
      ])
  }
}
