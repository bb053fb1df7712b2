import CZlib
import Files
import TestSupport
import Testing
import Weights

/// Files of torch.save that another program has put into a compressed zip file.
struct PackedStorageTests {
  /// A deflated storage that does not unpack to what its header says is found when it is read.
  @Test(arguments: [
    (
      [0x4B, 0x4C, 0x4A, 0x06, 0x00], 24,
      "its entry 'x/data/0' is damaged: it does not unpack to 24 bytes"
    ),
    (
      [UInt8](repeating: 0xFF, count: 24), 24,
      "its entry 'x/data/0' is damaged: it cannot be unpacked"
    ),
  ])
  func aDamagedPackedStorageIsFoundWhenItIsRead(
    _ contents: [UInt8], _ size: UInt64, _ reason: String
  ) throws {
    let folder = try TemporaryFolder()
    var text = ZipText(pickle: PickleText.stateDict(PickleText.tensor()))
    text["data/0"].pack(contents, size: size)
    let path = try folder.write(text.bytes, "damaged.pth")
    #expect(throws: FileError(path: path, reason: reason)) {
      try StateDictFile(reading: path).entries(named: ["a"])
    }
  }

  @Test func theLikeIsReadWhereItIsRight() throws {
    let folder = try TemporaryFolder()
    var text = ZipText(pickle: PickleText.stateDict(PickleText.tensor()))
    // 24 bytes of 1: a literal, and a match of 23 bytes at a distance of 1.
    let deflated: [UInt8] = [0x63, 0x64, 0xC4, 0x0E, 0x00]
    let sum = [UInt8](repeating: 1, count: 24).withUnsafeBufferPointer {
      crc32(0, $0.baseAddress, UInt32($0.count))
    }
    text["data/0"].pack(deflated, size: 24, checksum: UInt64(sum))
    let path = try folder.write(text.bytes, "right.pth")
    let entry = try StateDictFile(reading: path).entries(named: ["a"])[0]
    #expect(entry.bytes == [UInt8](repeating: 1, count: 24))
  }
}
