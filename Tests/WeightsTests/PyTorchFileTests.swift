import Files
import Foundation
import SafeTensorsFormat
import TestSupport
import Testing
import Weights

/// Files that torch.save wrote; Tests/Fixtures/weights/make.py made them.
struct PyTorchFileTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/weights")

  static func fixture(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  @Test(arguments: [
    "types", "legacy", "views", "views-legacy", "protocol4", "protocol5", "model", "checkpoint",
    "parameters", "python2", "empty", "large",
  ])
  func holdsWhatTheSameSafeTensorsHold(_ name: String) throws {
    let file = try StateDictFile(reading: Self.fixture(name + ".pth"))
    let reference = try StateDictFile(reading: Self.fixture(name + ".safetensors"))
    #expect(
      file.tensors.sorted { $0.name < $1.name } == reference.tensors.sorted { $0.name < $1.name })
    let names = file.tensors.filter { $0.type != "BOOL" }.map(\.name)
    for (found, wanted) in zip(
      try file.entries(named: names), try reference.entries(named: names))
    {
      #expect(found.name == wanted.name)
      #expect(found.type == wanted.type)
      #expect(found.shape == wanted.shape)
      #expect(found.bytes == wanted.bytes, "\(found.name)")
    }
  }

  /// Order matters to those who show a file.
  @Test func keepsTheOrder() throws {
    let file = try StateDictFile(reading: Self.fixture("checkpoint.pth"))
    #expect(
      file.tensors.map(\.name) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked", "3.weight", "3.bias",
      ])
    #expect(file.tensors[0].shape == [3, 1, 3, 3])
    #expect(file.tensors[6].type == "I64")
  }

  /// As PyTorch's own conversions do, to the last bit; of a NaN only that it is one.
  @Test(arguments: ["types.pth", "legacy.pth", "types.safetensors"])
  func widensAsPyTorch(_ name: String) throws {
    let file = try StateDictFile(reading: Self.fixture(name))
    let reference = try StateDictFile(reading: Self.fixture("widened.safetensors"))
    #expect(reference.tensors.count == 13)
    for tensor in reference.tensors {
      let found = try #require(file.entries(named: [tensor.name]).first)
      let wanted = try #require(reference.entries(named: [tensor.name]).first)
      #expect(found.type == wanted.type)
      if found.type == .int64 {
        #expect(found.bytes == wanted.bytes)
      } else {
        let (left, right) = (Self.floats(found.bytes), Self.floats(wanted.bytes))
        #expect(left.count == right.count)
        for (left, right) in zip(left, right) {
          #expect(left.bitPattern == right.bitPattern || left.isNaN && right.isNaN)
        }
      }
    }
  }

  private static func floats(_ bytes: [UInt8]) -> [Float] {
    bytes.withUnsafeBytes { buffer in
      (0..<(buffer.count / 4)).map { buffer.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  @Test func theNameOfAFileSaysNothing() throws {
    let folder = try TemporaryFolder()
    let zip = try folder.write(
      FileReading.bytes(of: Self.fixture("model.pth")), "model.safetensors")
    let plain = try folder.write(
      FileReading.bytes(of: Self.fixture("model.safetensors")), "model.pth")
    #expect(try StateDictFile(reading: zip).tensors.count == 9)
    #expect(try StateDictFile(reading: plain).tensors.count == 9)
  }

  /// The sizes of these headers are the first bytes of the other forms.
  @Test(arguments: [0x80 + 2 << 8, 0x80 + 5 << 8])
  func aHeaderCanLookLikeAPickle(_ size: Int) throws {
    let header = "{\(tensor("a"))"
    let padding = String(repeating: " ", count: size - header.utf8.count - 1)
    let folder = try TemporaryFolder()
    let path = try folder.write(file(header + padding + "}", values: 4), "file")
    #expect(try StateDictFile(reading: path).tensors.map(\.name) == ["a"])
  }

  @Test func hashesTheFile() throws {
    let path = Self.fixture("views.pth")
    let sha256 = try StateDictFile(reading: path).sha256()
    #expect(sha256 == Digest.hex(of: try FileReading.bytes(of: path)))
  }

  @Test(arguments: [
    ("types.pth", "bool", "the tensor 'bool' has the type BOOL, which is not supported"),
    ("types.safetensors", "nothing", "has no tensor 'nothing'"),
  ])
  func refusesToGive(_ name: String, _ tensor: String, _ reason: String) throws {
    let path = Self.fixture(name)
    let file = try StateDictFile(reading: path)
    #expect(throws: FileError(path: path, reason: reason)) {
      try file.entries(named: ["scalar", tensor])
    }
  }

  @Test(arguments: [
    (
      "module.pth",
      "holds an object of torch.nn.modules.container.Sequential, not a state dict; save "
        + "model.state_dict()"
    ),
    ("script.pt", "is a TorchScript archive, which holds code; save model.state_dict()"),
    ("list.pth", "holds a list, not a state dict; save model.state_dict()"),
    ("make.py", "is a text file, not weights"),
  ])
  func refusesWhatPyTorchSavesToo(_ name: String, _ reason: String) throws {
    let path = Self.fixture(name)
    #expect(throws: FileError(path: path, reason: reason)) { try StateDictFile(reading: path) }
    #expect(!FileManager.default.fileExists(atPath: "executed"))
  }

  @Test func codeBesideTensorsIsSkippedAndNotExecuted() throws {
    let file = try StateDictFile(reading: Self.fixture("code.pth"))
    #expect(file.tensors.map(\.name) == ["weight"])
    #expect(
      file.dicts[0].others == [StateDict.Other(name: "code", kind: "an object of posix.system")])
    #expect(!FileManager.default.fileExists(atPath: "executed"))
  }
}
